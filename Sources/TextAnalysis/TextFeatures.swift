/// The shape of a text model's input: character n-grams of the text without disguise, word n-grams of
/// the text as written, hashed into a table ("the hashing trick", Weinberger et al., 2009).
public struct TextShape: Hashable, Sendable {
    public static let bitRange = 10...22
    public static let characterRange = 1...6
    public static let wordRange = 0...3

    /// The table has two to this power entries.
    public var bits: Int
    public var shortestCharacters: Int
    public var longestCharacters: Int
    /// 0 for no words.
    public var longestWords: Int

    /// Values outside their range are brought into it.
    public init(
        bits: Int = 18, shortestCharacters: Int = 2, longestCharacters: Int = 4,
        longestWords: Int = 2
    ) {
        func within(_ value: Int, _ range: ClosedRange<Int>) -> Int {
            min(max(value, range.lowerBound), range.upperBound)
        }
        self.bits = within(bits, Self.bitRange)
        self.shortestCharacters = within(shortestCharacters, Self.characterRange)
        self.longestCharacters = within(
            longestCharacters, self.shortestCharacters...Self.characterRange.upperBound)
        self.longestWords = within(longestWords, Self.wordRange)
    }

    /// The table entries that a text touches, rising, each once. Linear in the text.
    func features(of text: NormalisedText) -> [UInt32] {
        guard !text.isEmpty else { return [] }
        var found: [UInt32] = []
        let space: UInt32 = 0x20
        let characters = [space] + text.plainest.map(\.scalar) + [space]
        for length in shortestCharacters...longestCharacters where length <= characters.count {
            for start in 0...characters.count - length {
                found.append(slot(UInt64(length), characters[start..<start + length]))
            }
        }
        let words = words(of: text)
        for length in 1...3 where length <= min(longestWords, words.count) {
            for start in 0...words.count - length {
                let joined = words[start..<start + length].joined(separator: [space])
                found.append(slot(UInt64(8 + length), joined))
            }
        }
        found.sort()
        var distinct: [UInt32] = []
        for feature in found where feature != distinct.last { distinct.append(feature) }
        return distinct
    }

    private func words(of text: NormalisedText) -> [[UInt32]] {
        let data = UnicodeData.shared
        return text.folded.map(\.scalar)
            .split(whereSeparator: { !data.isWord($0) }).map(Array.init)
    }

    /// FNV-1a over the scalars, finished by the mixer of SplitMix64.
    private func slot(_ kind: UInt64, _ scalars: some Sequence<UInt32>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ value: UInt64) {
            hash ^= value
            hash &*= 0x100_0000_01B3
        }
        add(kind)
        for scalar in scalars { add(UInt64(scalar)) }
        return UInt32(mixed(hash) >> UInt64(64 - bits))
    }
}

/// The output function of SplitMix64.
func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}
