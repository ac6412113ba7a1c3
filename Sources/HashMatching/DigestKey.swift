internal import CHamming
internal import SafetyModel

/// A digest of any algorithm in fixed size, shorter ones padded with zeros: four words, the first
/// bytes in the first word's high bits.
struct DigestKey {
    var words: (UInt64, UInt64, UInt64, UInt64)
    var algorithm: HashAlgorithm

    /// Nil where the length is not the algorithm's.
    init?(_ digest: MediaDigest) {
        let count = digest.algorithm.digestBytes
        guard digest.bytes.count == count else { return nil }
        words = digest.bytes.withUnsafeBytes { bytes in
            func word(_ w: Int) -> UInt64 {
                if 8 * w + 8 <= count {
                    let raw = bytes.loadUnaligned(fromByteOffset: 8 * w, as: UInt64.self)
                    return UInt64(bigEndian: raw)
                }
                return (8 * w..<8 * w + 8).reduce(0) { word, at in
                    word << 8 | (at < count ? UInt64(bytes[at]) : 0)
                }
            }
            return (word(0), word(1), word(2), word(3))
        }
        algorithm = digest.algorithm
    }

    /// A near one as the index has it.
    var spread: chamming_digest {
        withUnsafeBytes(of: words) {
            chamming_spread($0.assumingMemoryBound(to: UInt64.self).baseAddress)
        }
    }

    /// The words as a set of the algorithm's digests keeps them: near ones spread for the index.
    var stored: (UInt64, UInt64, UInt64, UInt64) {
        if algorithm.isExact { return words }
        return withUnsafeBytes(of: spread) {
            $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self)
        }
    }
}

extension HashAlgorithm {
    /// Words that a set of digests keeps of each.
    var wordCount: Int { (digestBytes + 7) / 8 }
}
