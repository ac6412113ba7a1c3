/// Elementary functions that give the same bits on every machine (I3): only operations that IEEE
/// 754 rounds exactly. Algorithms and constants: fdlibm, `e_exp.c` and `e_log.c` (Sun Microsystems,
/// 1993); errors below 1 unit in the last place.
public enum StableMath {
    private static let ln2High = 6.931_471_803_691_238_164_90e-01
    private static let ln2Low = 1.908_214_929_270_587_700_02e-10
    private static let inverseLn2 = 1.442_695_040_888_963_387_00

    /// e to the power of x; infinity above 709.78, 0 below -745.13.
    public static func exp(_ x: Double) -> Double {
        guard !x.isNaN else { return x }
        if x > 709.782712893384 { return .infinity }
        if x < -745.1332191019411 { return 0 }
        let k = (inverseLn2 * x + (x < 0 ? -0.5 : 0.5)).rounded(.towardZero)
        let high = x - k * ln2High
        let low = k * ln2Low
        let r = high - low
        let t = r * r
        let c =
            r - t
            * (1.666_666_666_666_660_190_37e-01 + t
                * (-2.777_777_777_701_559_338_42e-03 + t
                    * (6.613_756_321_437_934_361_17e-05 + t
                        * (-1.653_390_220_546_525_153_90e-06 + t
                            * 4.138_136_797_057_238_460_39e-08))))
        let y = 1 - ((low - (r * c) / (2 - c)) - high)
        return scale(y, Int(k))
    }

    /// The natural logarithm; not a number below 0, minus infinity at 0.
    public static func log(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
        var exponent = Int(x.exponent)
        var m = x.significand
        if m > 1.414_213_562_373_095_1 {
            m /= 2
            exponent += 1
        }
        let k = Double(exponent)
        let f = m - 1
        let s = f / (2 + f)
        let z = s * s
        let w = z * z
        let t1 =
            w
            * (3.999_999_999_940_941_908e-01 + w
                * (2.222_219_843_214_978_396e-01 + w * 1.531_383_769_920_937_332e-01))
        let t2 =
            z
            * (6.666_666_666_666_735_130e-01 + w
                * (2.857_142_874_366_239_149e-01 + w
                    * (1.818_357_216_161_805_012e-01 + w * 1.479_819_860_511_658_591e-01)))
        let r = t1 + t2
        let half = 0.5 * f * f
        return k * ln2High - ((half - (s * (half + r) + k * ln2Low)) - f)
    }

    /// log(1 + x), exact for small x too.
    public static func log1p(_ x: Double) -> Double {
        let u = 1 + x
        if u == 1 { return x }
        guard u > 0, u.isFinite else { return log(u) }
        return log(u) - ((u - 1) - x) / u
    }

    /// 1 / (1 + e^-x), between 0 and 1.
    public static func logistic(_ x: Double) -> Double {
        if x >= 0 { return 1 / (1 + exp(-x)) }
        let e = exp(x)
        return e / (1 + e)
    }

    /// A half to the power of x.
    public static func half(_ x: Double) -> Double { exp(-x * 0.693_147_180_559_945_3) }

    /// In two steps, so that results below the normal numbers are right.
    private static func scale(_ y: Double, _ k: Int) -> Double {
        func power(_ n: Int) -> Double {
            Double(sign: .plus, exponent: n, significand: 1)
        }
        if k > 1023 { return y * power(1023) * power(k - 1023) }
        if k < -1022 { return y * power(-1000) * power(k + 1000) }
        return y * power(k)
    }
}
