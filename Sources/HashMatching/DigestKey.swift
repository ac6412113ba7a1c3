import SafetyModel

/// A digest of any algorithm in fixed size, shorter ones padded with zeros.
struct DigestKey: Hashable {
    var words: (UInt64, UInt64, UInt64, UInt64)
    var algorithm: HashAlgorithm

    /// Nil where the length is not the algorithm's.
    init?(_ digest: MediaDigest) {
        let bytes = digest.bytes
        guard bytes.count == digest.algorithm.digestBytes else { return nil }
        func word(_ w: Int) -> UInt64 {
            var value: UInt64 = 0
            for i in 8 * w..<8 * w + 8 {
                value = value << 8 | (i < bytes.count ? UInt64(bytes[i]) : 0)
            }
            return value
        }
        words = (word(0), word(1), word(2), word(3))
        algorithm = digest.algorithm
    }

    static func == (a: DigestKey, b: DigestKey) -> Bool {
        a.words == b.words && a.algorithm == b.algorithm
    }

    // The words of a digest are evenly spread already; two of them do.
    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
