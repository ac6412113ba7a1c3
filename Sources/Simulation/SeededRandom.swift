/// SplitMix64: the same seed gives the same numbers on every machine. No other source of chance is
/// used here, and nothing of the platform's mathematics library, which differs between them.
public struct SeededRandom: Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// A sequence of its own for one purpose, so that a change to one part of the traffic
    /// leaves the others as they were.
    public init(seed: UInt64, label: StaticString) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for i in 0..<label.utf8CodeUnitCount {
            hash = (hash ^ UInt64(label.utf8Start[i])) &* 0x100_0000_01b3
        }
        state = seed ^ hash
        _ = next()
    }

    /// As above, for one of several things of a name.
    init(seed: UInt64, name: String, number: Int) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var mixer = SeededRandom(seed: hash &+ UInt64(truncatingIfNeeded: number))
        state = seed ^ mixer.next()
        _ = next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// 0 up to and without `bound`; 0 where there is nothing to choose from.
    public mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    public mutating func between(_ low: Int, _ high: Int) -> Int {
        low + below(max(1, high - low + 1))
    }

    /// 0 up to and without 1.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    public mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    public mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

    public mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            withUnsafeBytes(of: next().littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Mean 1, falling off as waiting times do: von Neumann's method by comparisons alone (1951).
    public mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = unit()
            var last = first
            var isOdd = true
            while case let draw = unit(), draw < last {
                last = draw
                isOdd.toggle()
            }
            if isOdd { return whole + first }
            whole += 1
        }
    }

    /// How often something rare and independent happens, near enough to Poisson's law.
    public mutating func count(mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        if mean < 16 {
            let trials = 64
            return (0..<trials).count { _ in chance(mean / Double(trials)) }
        }
        let deviation = (0..<12).reduce(-6.0) { sum, _ in sum + unit() }
        return max(0, Int((mean + mean.squareRoot() * deviation).rounded()))
    }
}
