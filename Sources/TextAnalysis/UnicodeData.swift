private import Crypto

/// Unicode's data as this program has it, whatever the machine, the Swift runtime and ICU have.
///
/// The tables are generated (`make unicode`) and committed; their digest belongs to the digest of every
/// term list and model, so that another version of Unicode is another list.
public struct UnicodeData: Sendable {
    /// Of the Unicode Character Database, and of UTS #39's confusables.
    public static let version =
        "\(UnicodeTables.version), confusables \(UnicodeTables.confusablesVersion)"

    static let shared = UnicodeData()

    /// SHA-256 over the tables and the number of the rules that use them.
    public static let digest: [UInt8] = {
        var hash = SHA256()
        hash.update(data: Array("tutela text normalisation \(rules)\n\(version)\n".utf8))
        for table in [
            UnicodeTables.foldings, UnicodeTables.likenesses, UnicodeTables.compositions,
            UnicodeTables.combiningClasses, UnicodeTables.wordScalars,
        ] {
            table.withUTF8Buffer { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        }
        return Array(hash.finalize())
    }()

    /// Raise it with any change of what `normalise` gives for the same tables.
    private static let rules = 1

    let foldings: ScalarMap
    let likenesses: ScalarMap
    private let classes: ScalarRanges
    private let words: ScalarRanges
    private let composites: [UInt64: UInt32]

    private init() {
        foldings = ScalarMap(UnicodeTables.foldings)
        likenesses = ScalarMap(UnicodeTables.likenesses)
        classes = ScalarRanges(UnicodeTables.combiningClasses)
        words = ScalarRanges(UnicodeTables.wordScalars)
        var composites: [UInt64: UInt32] = [:]
        var reader = TableReader(UnicodeTables.compositions)
        var scalar: UInt32 = 0
        while let delta = reader.next(), reader.next() != nil, let first = reader.next(),
            let second = reader.next()
        {
            scalar += delta
            composites[UInt64(first) << 32 | UInt64(second)] = scalar
        }
        self.composites = composites
    }

    func combiningClass(_ scalar: UInt32) -> UInt8 { scalar < 0x300 ? 0 : classes[scalar] }

    /// A letter, a mark or a number.
    func isWord(_ scalar: UInt32) -> Bool {
        scalar < 0x80 ? isASCIIWord(scalar) : words[scalar] != 0
    }

    /// Of a script that is written without spaces, where the end of a word cannot be seen.
    func isUnspaced(_ scalar: UInt32) -> Bool { scalar >= 0x80 && words[scalar] == 2 }

    /// The primary composite of two scalars (UAX #15); Hangul by its arithmetic.
    func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
            return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
        }
        if (0xAC00..<0xD7A4).contains(first), (first - 0xAC00) % 28 == 0,
            (0x11A8..<0x11C3).contains(second)
        {
            return first + second - 0x11A7
        }
        return composites[UInt64(first) << 32 | UInt64(second)]
    }

    private func isASCIIWord(_ scalar: UInt32) -> Bool {
        isASCIIDigit(scalar) || isASCIILetter(scalar)
    }
}

func isASCIIDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }

func isASCIILetter(_ scalar: UInt32) -> Bool { (0x61...0x7A).contains(scalar | 0x20) }
