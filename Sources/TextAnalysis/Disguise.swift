/// Undoes what people do to a word so that software does not find it: look-alikes (UTS #39), accents,
/// leetspeak, letters spelled out one by one, punctuation inside a word.
struct Disguise {
    private let data: UnicodeData

    init(_ data: UnicodeData) { self.data = data }

    /// How 1, ! and | are read, and a capital I inside a word of small letters.
    private enum Ambiguous: UInt32 {
        case i = 0x69
        case l = 0x6C
    }

    /// None where nothing was undone.
    func readings(of source: [UInt32], besides folded: [Glyph]) -> [[Glyph]] {
        var isAmbiguous = false
        let first = reading(of: source, .i, &isAmbiguous)
        var readings: [[Glyph]] = []
        if first.contains(where: { $0.isAltered || $0.isSpelled }) { readings.append(first) }
        if isAmbiguous {
            let second = reading(of: source, .l, &isAmbiguous)
            if second != first { readings.append(second) }
        }
        return readings
    }

    private func reading(
        of source: [UInt32], _ ambiguous: Ambiguous, _ isAmbiguous: inout Bool
    ) -> [Glyph] {
        let seen = composed(likenesses(source, ambiguous, &isAmbiguous), data)
        var words = joinSpelled(tokens(seen))
        for index in words.indices {
            unleet(&words[index], ambiguous, &isAmbiguous)
            dropInnerMarks(&words[index])
        }
        return Array(words.joined(separator: [Glyph(scalar: 0x20)]))
    }

    private func likenesses(
        _ source: [UInt32], _ ambiguous: Ambiguous, _ isAmbiguous: inout Bool
    ) -> [Glyph] {
        var glyphs: [Glyph] = []
        glyphs.reserveCapacity(source.count)
        for (index, scalar) in source.enumerated() {
            if scalar == 0x49, index > 0, (0x61...0x7A).contains(source[index - 1]) {
                isAmbiguous = true
                glyphs.append(
                    Glyph(scalar: ambiguous.rawValue, isAltered: ambiguous == .l))
            } else if let likeness = data.likenesses[scalar] {
                for each in likeness { glyphs.append(Glyph(scalar: each, isAltered: true)) }
                if likeness.isEmpty, let last = glyphs.indices.last {
                    glyphs[last].isAltered = true
                }
            } else if let mapped = data.foldings[scalar] {
                for each in mapped { glyphs.append(Glyph(scalar: each)) }
            } else {
                glyphs.append(Glyph(scalar: scalar))
            }
        }
        return glyphs
    }

    /// Between spaces; an empty one where two spaces stand together, for it ends a spelled-out word.
    private func tokens(_ glyphs: [Glyph]) -> [[Glyph]] {
        glyphs.split(separator: Glyph(scalar: 0x20), omittingEmptySubsequences: false).map(
            Array.init)
    }

    /// Three single letters or more, one space apart, are a word; a lone mark between them is dropped.
    private func joinSpelled(_ tokens: [[Glyph]]) -> [[Glyph]] {
        var words: [[Glyph]] = []
        var at = 0
        while at < tokens.count {
            var end = at
            while end < tokens.count, tokens[end].count == 1 { end += 1 }
            let letters = tokens[at..<end].joined().filter { data.isWord($0.scalar) }
            if letters.count >= 3 {
                words.append(
                    letters.map {
                        Glyph(scalar: $0.scalar, isAltered: $0.isAltered, isSpelled: true)
                    })
            } else {
                words += tokens[at..<end]
            }
            if end < tokens.count { words.append(tokens[end]) }
            at = end + 1
        }
        return words.filter { !$0.isEmpty }
    }

    /// Digits and signs that stand for letters, in a word that has a letter. A sign must have
    /// something behind it, or it is punctuation.
    private func unleet(
        _ word: inout [Glyph], _ ambiguous: Ambiguous, _ isAmbiguous: inout Bool
    ) {
        guard word.contains(where: { data.isWord($0.scalar) && !isASCIIDigit($0.scalar) }) else {
            return
        }
        for index in word.indices {
            let scalar = word[index].scalar
            guard let letter = Self.letter(for: scalar, ambiguous) else { continue }
            if !isASCIIDigit(scalar) {
                guard index + 1 < word.count,
                    data.isWord(word[index + 1].scalar)
                        || Self.letter(for: word[index + 1].scalar, ambiguous) != nil
                else { continue }
            }
            if letter == ambiguous.rawValue { isAmbiguous = true }
            word[index].scalar = letter
            word[index].isAltered = true
        }
    }

    private static func letter(for scalar: UInt32, _ ambiguous: Ambiguous) -> UInt32? {
        switch Unicode.Scalar(scalar) {
        case "1", "!", "|": ambiguous.rawValue
        case "0": 0x6F
        case "3", "€": 0x65
        case "4", "@": 0x61
        case "5", "$": 0x73
        case "7", "+": 0x74
        case "8": 0x62
        case "9": 0x67
        case "¢": 0x63
        default: nil
        }
    }

    /// What is neither letter nor number, between two that are.
    private func dropInnerMarks(_ word: inout [Glyph]) {
        guard let first = word.firstIndex(where: { data.isWord($0.scalar) }),
            let last = word.lastIndex(where: { data.isWord($0.scalar) })
        else { return }
        var kept = Array(word[..<first])
        var isDropped = false
        for index in first...last {
            guard data.isWord(word[index].scalar) else {
                isDropped = true
                continue
            }
            kept.append(word[index])
            if isDropped { kept[kept.count - 1].isAltered = true }
            isDropped = false
        }
        word = kept + word[(last + 1)...]
    }
}
