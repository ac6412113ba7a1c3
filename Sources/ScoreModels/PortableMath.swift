/// `exp` and `log` from arithmetic alone, so that results do not depend on the machine's libm (I3).
///
/// The algorithms and constants are those of Sun's fdlibm (`e_exp.c`, `e_log.c`); errors are below
/// one unit in the last place.
public enum PortableMath {
    private static let ln2High = 6.93147180369123816490e-01
    private static let ln2Low = 1.90821492927058770002e-10

    /// e to the power of x.
    public static func exp(_ x: Double) -> Double {
        if x.isNaN { return x }
        if x > 709.782712893383973096 { return .infinity }
        if x < -745.13321910194110842 { return 0 }
        let k = (x * 1.44269504088896338700).rounded(.toNearestOrEven)
        let high = x - k * ln2High
        let low = k * ln2Low
        let r = high - low
        let t = r * r
        let odd =
            -2.77777777770155933842e-03 + t
            * (6.61375632143793436117e-05 + t
                * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        let c = r - t * (1.66666666666666019037e-01 + t * odd)
        let y = 1 - ((low - (r * c) / (2 - c)) - high)
        // In two steps, for the power alone may be below the smallest normal number.
        let half = Int(k) / 2
        return scaled(scaled(y, by: half), by: Int(k) - half)
    }

    /// The natural logarithm; minus infinity at 0, not a number below.
    public static func log(_ x: Double) -> Double {
        if x.isNaN || x < 0 { return .nan }
        if x == 0 { return -.infinity }
        if x == .infinity { return x }
        var k = Double(x.exponent)
        var m = x.significand
        if m > 1.4142135623730951 {
            m /= 2
            k += 1
        }
        let f = m - 1
        let s = f / (2 + f)
        let z = s * s
        let w = z * z
        let even =
            w
            * (3.999999999940941908e-01 + w
                * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
        let odd =
            z
            * (6.666666666666735130e-01 + w
                * (2.857142874366239149e-01 + w
                    * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
        let half = 0.5 * f * f
        return k * ln2High - ((half - (s * (half + (even + odd)) + k * ln2Low)) - f)
    }

    /// log(1 + x), exact for small x (the correction is Kahan's).
    public static func log1p(_ x: Double) -> Double {
        let sum = 1 + x
        if sum == 1 { return x }
        if sum == .infinity || sum <= 0 { return log(sum) }
        return log(sum) * (x / (sum - 1))
    }

    /// 1 / (1 + e^-x).
    public static func logistic(_ x: Double) -> Double {
        if x >= 0 { return 1 / (1 + exp(-x)) }
        let e = exp(x)
        return e / (1 + e)
    }

    /// A half to the power of x; exact at 1, as decay after one half-life must be.
    public static func half(_ x: Double) -> Double { exp(-x * 0.693_147_180_559_945_3) }

    private static func scaled(_ y: Double, by power: Int) -> Double {
        y * Double(sign: .plus, exponent: power, significand: 1)
    }
}
