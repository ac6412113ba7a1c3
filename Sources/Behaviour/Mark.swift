public import SafetyModel

extension Subject {
    /// Equal for equal subjects, wherever and whenever (I3), and mixed, so that the smallest of some
    /// marks is a fair sample.
    public var mark: UInt64 { mixed(stableHash(id, from: fnvBasis ^ UInt64(kind.rawValue))) }
}

/// Where FNV-1a begins.
private let fnvBasis: UInt64 = 0xcbf2_9ce4_8422_2325

/// Equal for equal texts, wherever and whenever (I3): FNV-1a, 64 bits.
public func stableHash(_ text: String) -> UInt64 { stableHash(text, from: fnvBasis) }

private func stableHash(_ text: String, from start: UInt64) -> UInt64 {
    text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

/// The finaliser of SplitMix64: spreads what two numbers differ in over all bits.
public func mixed(_ number: UInt64) -> UInt64 {
    var z = number
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}
