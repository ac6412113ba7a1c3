/// Approximate distinct counts. Flajolet, Fusy, Gandouet, Meunier: "HyperLogLog" (2007), with 128
/// registers of a byte; the estimate is Ertl's improved raw one, "New cardinality estimation
/// algorithms for HyperLogLog sketches" (2017), section 3, unbiased over the whole range without
/// tables.
enum HyperLogLog {
    /// Registers, a byte each.
    static let count = 128
    /// Words of the registers.
    static let words = count / 8
    /// 1.04 / √128.
    static let standardError = 0.092
    /// Bits of a hash that do not choose the register.
    private static let rankBits = 57

    /// Registers that are being merged.
    struct Registers {
        private var low = SIMD64<UInt8>()
        private var high = SIMD64<UInt8>()

        mutating func merge(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
            let a = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD64<UInt8>.self)
            let b = bytes.loadUnaligned(fromByteOffset: offset + 64, as: SIMD64<UInt8>.self)
            low.replace(with: a, where: a .> low)
            high.replace(with: b, where: b .> high)
        }

        /// How many registers have each rank.
        fileprivate var ranks: [Int] {
            var ranks = [Int](repeating: 0, count: rankBits + 2)
            for i in 0..<64 {
                ranks[min(Int(low[i]), rankBits + 1)] += 1
                ranks[min(Int(high[i]), rankBits + 1)] += 1
            }
            return ranks
        }
    }

    static func insert(_ token: UInt64, _ bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        let hash = mixed(token &+ 0x9e37_79b9_7f4a_7c15)
        let register = offset + Int(hash & UInt64(count - 1))
        let rank = UInt8(min((hash >> 7).trailingZeroBitCount, rankBits) + 1)
        if bytes[register] < rank { bytes[register] = rank }
    }

    /// - Parameter merge: merges all registers of interest.
    static func estimate(_ merge: (inout Registers) -> Void) -> Double {
        var registers = Registers()
        merge(&registers)
        let ranks = registers.ranks
        let m = Double(count)
        var z = m * tau(1 - Double(ranks[rankBits + 1]) / m)
        for rank in stride(from: rankBits, to: 0, by: -1) { z = 0.5 * (z + Double(ranks[rank])) }
        z += m * sigma(Double(ranks[0]) / m)
        return (0.721_347_520_444_481_7 * m * m / z).rounded()
    }

    private static func sigma(_ start: Double) -> Double {
        if start == 1 { return .infinity }
        var (x, y, z) = (start, 1.0, start)
        while true {
            x *= x
            let before = z
            z += x * y
            y += y
            if z == before { return z }
        }
    }

    private static func tau(_ start: Double) -> Double {
        if start == 0 || start == 1 { return 0 }
        var (x, y, z) = (start, 1.0, 1 - start)
        while true {
            x = x.squareRoot()
            let before = z
            y *= 0.5
            z -= (1 - x) * (1 - x) * y
            if z == before { return z / 3 }
        }
    }
}
