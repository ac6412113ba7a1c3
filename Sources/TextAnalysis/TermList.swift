/// A term that a text holds. It names the term by number, never by its text.
public struct TermMatch: Hashable, Sendable {
    /// In the order of the file, from 0; comments and blank lines do not count.
    public var term: Int
    public var weight: Double
    /// Only the text without its disguise holds it.
    public var isDisguised: Bool

    /// A term that was found.
    public init(term: Int, weight: Double, isDisguised: Bool) {
        self.term = term
        self.weight = weight
        self.isDisguised = isDisguised
    }
}

/// The terms of one list that a text holds.
public struct TermMatches: Hashable, Sendable {
    /// At most this many are named; `count` and `weight` are of all.
    public static let maximumNamed = 64

    /// Each term once, the heaviest first, ties in order of the list.
    public var named: [TermMatch]
    /// Distinct terms.
    public var count: Int
    /// The sum of their weights.
    public var weight: Double
    /// Those that only the text without its disguise holds.
    public var disguised: Int
}

/// Words and phrases to look for, with weights and languages, as an operator brings them.
///
/// Both the terms and the text are normalised in the same way. A term is found as it is written, or in
/// the reading without disguise, and then only where something was disguised.
public struct TermList: Sendable {
    public static let maximumTerms = 100_000
    public static let maximumTermScalars = 128
    public static let maximumBytes = 16 << 20
    static let maximumStates = 4_000_000
    public static let weights = -100.0...100.0

    struct Term: Hashable {
        var weight: Double
        /// Empty: all.
        var languages: [LanguageTag]
        var isWord: Bool
    }

    /// What matches, the ledger and metrics call it.
    public let name: String
    /// SHA-256 over the normal form: name, tables of Unicode, terms in order. Comments, spaces and the
    /// way a term is written do not count.
    public let digest: [UInt8]
    let terms: [Term]
    let automaton: TermAutomaton

    public var count: Int { terms.count }

    /// - Parameter language: the text's, where it is known; terms of other languages are not looked for.
    public func matches(in text: NormalisedText, language: LanguageTag? = nil) -> TermMatches {
        var found: [Int: Bool] = [:]
        func look(_ glyphs: [Glyph], isDisguised: Bool) {
            automaton.scan(glyphs) { pattern, range in
                guard pattern.isDisguised == isDisguised, found[pattern.term] ?? true,
                    applies(terms[pattern.term], language),
                    !isDisguised
                        || glyphs[range].contains(where: { $0.isAltered || $0.isSpelled }),
                    !terms[pattern.term].isWord || stands(range, in: glyphs)
                else { return }
                found[pattern.term] = isDisguised
            }
        }
        look(text.folded, isDisguised: false)
        for reading in text.disguised { look(reading, isDisguised: true) }
        return summary(found)
    }

    private func applies(_ term: Term, _ language: LanguageTag?) -> Bool {
        guard let language, !term.languages.isEmpty else { return true }
        return term.languages.contains(language)
    }

    /// Neither end lies inside a word. In a script without spaces, and between letters that were spelled
    /// out, any place may be an end.
    private func stands(_ range: Range<Int>, in glyphs: [Glyph]) -> Bool {
        isBoundary(range.lowerBound, in: glyphs) && isBoundary(range.upperBound, in: glyphs)
    }

    private func isBoundary(_ at: Int, in glyphs: [Glyph]) -> Bool {
        guard at > 0, at < glyphs.count else { return true }
        let (before, after) = (glyphs[at - 1], glyphs[at])
        let data = UnicodeData.shared
        guard data.isWord(before.scalar), data.isWord(after.scalar) else { return true }
        return before.isSpelled && after.isSpelled || data.isUnspaced(before.scalar)
            || data.isUnspaced(after.scalar)
    }

    /// In order of term, so that the sum is the same everywhere.
    private func summary(_ found: [Int: Bool]) -> TermMatches {
        let all = found.sorted { $0.key < $1.key }.map { term, isDisguised in
            TermMatch(term: term, weight: terms[term].weight, isDisguised: isDisguised)
        }
        let heaviest = all.sorted { a, b in
            a.weight == b.weight ? a.term < b.term : a.weight > b.weight
        }
        return TermMatches(
            named: Array(heaviest.prefix(TermMatches.maximumNamed)), count: all.count,
            weight: all.reduce(0) { $0 + $1.weight }, disguised: all.count(where: \.isDisguised))
    }
}
