import SafetyModel

/// Names and texts out of invented syllables; they mean nothing in any language.
enum GeneratedText {
    private static let syllables = [
        "ba", "do", "fe", "gi", "ka", "lo", "me", "ni", "po", "ra", "su", "te", "va", "wo", "ye",
        "zu", "bel", "dor", "fin", "gan", "kir", "lum", "mos", "nar", "pel", "rin", "sol", "tam",
    ]
    /// Stand for what an operator's own term lists hold.
    static let terms = ["term-a", "term-b", "term-c", "term-d", "term-e", "term-f"]

    static func word(_ random: inout SeededRandom) -> String {
        (0..<random.between(2, 3)).map { _ in random.pick(syllables) }.joined()
    }

    /// Two or three words.
    static func name(_ random: inout SeededRandom) -> String {
        (0..<random.between(2, 3)).map { _ in word(&random) }.joined(separator: " ")
    }

    /// A name with a stand-in term somewhere in it.
    static func name(with term: String, _ random: inout SeededRandom) -> String {
        var words = (0..<random.between(1, 2)).map { _ in word(&random) }
        words.insert(term, at: random.below(words.count + 1))
        return words.joined(separator: " ")
    }

    /// The same name as people write it who want it to be found again: another case, a mark, a
    /// number behind it, two letters changed places.
    static func nearCopy(of name: String, _ random: inout SeededRandom) -> String {
        switch random.below(5) {
        case 0: return name.uppercased()
        case 1: return name + " \(random.between(2, 9))"
        case 2: return name.replacing(" ", with: random.pick([".", "_", " - ", "  "]))
        case 3:
            var letters = Array(name)
            let at = random.below(max(1, letters.count - 1))
            if at + 1 < letters.count { letters.swapAt(at, at + 1) }
            return String(letters)
        default: return "~ " + name + " ~"
        }
    }

    /// Latin letters by those of other scripts that look like them (UTS 39, confusables).
    private static let lookAlikes: [Character: [Character]] = [
        "a": ["\u{0430}", "\u{0251}"], "c": ["\u{0441}"], "e": ["\u{0435}"], "i": ["\u{0456}"],
        "m": ["\u{217f}"], "o": ["\u{043e}", "\u{03bf}"], "p": ["\u{0440}"], "r": ["\u{0433}"],
        "s": ["\u{0455}"], "x": ["\u{0445}"], "y": ["\u{0443}"], "b": ["\u{042c}"],
        "d": ["\u{0501}"], "t": ["\u{03c4}"],
    ]
    private static let unseen: [Character] = ["\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}"]

    /// The text with some letters replaced by look-alikes and marks between that nobody sees. At
    /// least one letter or mark is changed.
    static func disguise(_ text: String, _ random: inout SeededRandom) -> String {
        var letters: [Character] = []
        for letter in text {
            if let others = lookAlikes[letter], random.chance(0.5) {
                letters.append(random.pick(others))
            } else {
                letters.append(letter)
            }
            if random.chance(0.15) { letters.append(random.pick(unseen)) }
        }
        if letters.elementsEqual(text) { letters.insert(random.pick(unseen), at: 1) }
        return String(letters)
    }

    /// Min-hash values over the text's three-letter pieces: near copies share most of them.
    static func sketch(_ text: String) -> [UInt64] {
        let scalars = text.lowercased().unicodeScalars.map { UInt64($0.value) }
        let padded = [1, 1] + scalars + [2]
        var least = [UInt64](repeating: .max, count: 16)
        for i in 2..<padded.count {
            let piece = padded[i - 2] << 42 ^ padded[i - 1] << 21 ^ padded[i]
            var random = SeededRandom(seed: piece)
            for k in least.indices { least[k] = min(least[k], random.next()) }
        }
        return least
    }
}
