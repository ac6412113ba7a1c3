/// What is kept of a name: equal for names that look the same, near for names that nearly do, and
/// telling nothing to who has not the key.
///
/// A SimHash (Charikar, 2002) over the pairs and triples of characters of the text without disguise,
/// each hashed with the key. `SafetyModel` says from what distance they are near.
public struct NameSketch: Hashable, Sendable {
    public let bits: UInt64

    /// Shorter names have too few parts to compare.
    public static let minimumGlyphs = 4
    static let maximumValues = 64

    /// As it was kept.
    public init(bits: UInt64) { self.bits = bits }

    /// nil where the name is too short to compare.
    public init?(_ name: NormalisedText, key: SketchKey) {
        let glyphs = name.plainest.map { UInt64($0.scalar) }
        guard glyphs.count >= Self.minimumGlyphs else { return nil }
        let padded = [0x20] + glyphs + [0x20]
        var parts: Set<[UInt64]> = []
        for length in [2, 3] {
            for start in 0...padded.count - length {
                parts.insert([UInt64(length)] + padded[start..<start + length])
            }
        }
        self.init(parts.map { SipHash.hash($0, key: key) })
    }

    /// From the keyed sketch (min-hash values) of a platform that seals its texts: near where it shares
    /// most values. Only to be compared with sketches made in the same way. nil where there are none.
    public init?(platformValues values: [UInt64], key: SketchKey) {
        guard !values.isEmpty else { return nil }
        let distinct = Set(values.prefix(Self.maximumValues))
        self.init(distinct.map { SipHash.hash([1, $0], key: key) })
    }

    /// A sum over bits: the order of the hashes does not matter.
    private init(_ hashes: [UInt64]) {
        var bits: UInt64 = 0
        for bit in 0..<64 {
            let ones = hashes.reduce(0) { $0 + Int($1 >> UInt64(bit) & 1) }
            if ones * 2 > hashes.count { bits |= 1 << UInt64(bit) }
        }
        self.bits = bits
    }
}
