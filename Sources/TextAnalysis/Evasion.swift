/// Finds what people do to a word to get it past software, as against how honest people write: a
/// whole word in another script, an accent, a hyphen or a year behind a name is none of it.
struct Evasion {
    private let data: UnicodeData

    init(_ data: UnicodeData) { self.data = data }

    /// This many letters in a row that stand alone were spelled out.
    private static let spelled = 4

    func isEvasive(_ source: [UInt32]) -> Bool {
        source.split { !isPart($0) }.contains { isEvasive(word: $0) } || isSpelledOut(source)
    }

    private func isEvasive(word: ArraySlice<UInt32>) -> Bool {
        guard word.contains(where: isASCIILetter) else { return false }
        if word.contains(where: isForeignLookalike) { return true }
        return word.indices.dropFirst().dropLast().contains { index in
            let scalar = word[index]
            guard isInvisible(scalar) || standsForLetter(scalar) else { return false }
            return isASCIILetter(word[index - 1]) && isASCIILetter(word[index + 1])
        }
    }

    private func isPart(_ scalar: UInt32) -> Bool {
        data.isWord(scalar) || isInvisible(scalar) || standsForLetter(scalar)
    }

    /// Looks like a Latin letter and is of another script.
    private func isForeignLookalike(_ scalar: UInt32) -> Bool {
        guard scalar >= 0x370, !isLatin(scalar), data.isWord(scalar),
            let likeness = data.likenesses[scalar]
        else { return false }
        return likeness.contains(where: isASCIILetter)
    }

    /// Blocks of Latin letters, and forms of them that NFKC folds and that are worn as ornament.
    private func isLatin(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1D00...0x1DBF, 0x1E00...0x1EFF, 0x2100...0x214F, 0x2460...0x24FF, 0x2C60...0x2C7F,
            0xA720...0xA7FF, 0xAB30...0xAB6F, 0xFB00...0xFB06, 0xFF21...0xFF5A, 0x1D400...0x1D7FF,
            0x1F100...0x1F1FF:
            true
        default: false
        }
    }

    /// Folded to nothing: joiners, bidirectional marks, soft hyphens.
    private func isInvisible(_ scalar: UInt32) -> Bool {
        data.foldings[scalar].map { $0.isEmpty } ?? false
    }

    private func standsForLetter(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x30, 0x31, 0x33, 0x34, 0x35, 0x37, 0x38, 0x24: true
        default: false
        }
    }

    /// Letters with one mark or space between each and the next.
    private func isSpelledOut(_ source: [UInt32]) -> Bool {
        var run = 0
        var at = source.startIndex
        while at < source.endIndex {
            let isAlone =
                isASCIILetter(source[at])
                && (at == 0 || !data.isWord(source[at - 1]))
                && (at + 1 == source.endIndex || !data.isWord(source[at + 1]))
            if isAlone {
                run += 1
                if run == Self.spelled { return true }
                at += 2
            } else {
                run = 0
                at += 1
            }
        }
        return false
    }
}
