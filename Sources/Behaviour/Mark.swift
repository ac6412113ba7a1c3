public import SafetyModel

extension Subject {
    /// Equal for equal subjects, wherever and whenever (I3): FNV-1a of 64 bits over kind and id,
    /// mixed by the finaliser of SplitMix64, so that the smallest of some marks is a fair sample.
    public var mark: UInt64 {
        var z = 0xcbf2_9ce4_8422_2325 ^ UInt64(kind.rawValue)
        for byte in id.utf8 { z = (z ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
