private import Crypto
public import ScoreModels

extension TermList {
    /// Reads a list: one term a line, `term, weight, languages, where`; all but the term may be left
    /// out. `#` starts a comment line; a term with a comma or a leading `#` or `"` goes into quotes.
    ///
    /// * weight: a number from -100 to 100 (1); a negative one speaks against.
    /// * languages: codes such as `en`, separated by spaces, or `*` (all).
    /// * where: `word` (neither end inside a word) or `anywhere` (`word`).
    ///
    /// - Throws: with line and column where a line is not that, or a term stands twice.
    public init(name: String, file: String, bytes: [UInt8]) throws(LoadError) {
        let lines = try DelimitedLines(
            file: file, bytes: bytes, maximumBytes: Self.maximumBytes,
            maximumRows: Self.maximumTerms)
        var reader = TermReader(lines)
        for row in lines.rows { try reader.read(row) }
        reader.automaton.finish()
        self.init(
            name: name, digest: reader.digest(name), terms: reader.terms,
            automaton: reader.automaton)
    }
}

private struct TermReader {
    private let lines: DelimitedLines
    private(set) var terms: [TermList.Term] = []
    var automaton = TermAutomaton()
    private var lineOf: [[UInt32]: Int] = [:]
    private var normalForms: [[UInt32]] = []

    init(_ lines: DelimitedLines) { self.lines = lines }

    mutating func read(_ row: DelimitedLines.Row) throws(LoadError) {
        guard row.fields.count <= 4 else {
            throw lines.error(
                row, row.fields[4],
                "expected at most four fields: term, weight, languages, where; a term with a comma "
                    + "goes into quotes")
        }
        let text = try term(row)
        let scalars = text.folded.map(\.scalar)
        if let line = lineOf[scalars] {
            throw lines.error(
                row, row.fields[0], "after normalisation this term stands in line \(line) already")
        }
        lineOf[scalars] = row.line
        let index = terms.count
        terms.append(
            TermList.Term(
                weight: try weight(row), languages: try languages(row), isWord: try isWord(row)))
        normalForms.append(scalars)
        automaton.add(scalars, .init(term: index, isDisguised: false, length: scalars.count))
        let plain = text.plainest.map(\.scalar)
        if !plain.isEmpty {
            automaton.add(plain, .init(term: index, isDisguised: true, length: plain.count))
        }
        guard automaton.stateCount <= TermList.maximumStates else {
            throw lines.error(
                row, row.fields[0],
                "the terms up to here need more than \(TermList.maximumStates) states; split the list"
            )
        }
    }

    private func term(_ row: DelimitedLines.Row) throws(LoadError) -> NormalisedText {
        let field = row.fields[0]
        guard field.text.unicodeScalars.count <= TermList.maximumTermScalars else {
            throw lines.error(
                row, field, "a term has at most \(TermList.maximumTermScalars) characters")
        }
        let text = normalise(field.text)
        guard !text.isEmpty else {
            throw lines.error(row, field, "expected a term; nothing is left after normalisation")
        }
        return text
    }

    private func weight(_ row: DelimitedLines.Row) throws(LoadError) -> Double {
        guard row.fields.count > 1, !row.fields[1].text.isEmpty else { return 1 }
        guard let weight = Double(row.fields[1].text), TermList.weights.contains(weight) else {
            throw lines.error(row, row.fields[1], "expected a weight, a number from -100 to 100")
        }
        return weight
    }

    private func languages(_ row: DelimitedLines.Row) throws(LoadError) -> [LanguageTag] {
        guard row.fields.count > 2, row.fields[2].text != "*" else { return [] }
        var found: Set<LanguageTag> = []
        for word in row.fields[2].text.split(separator: " ") {
            guard let tag = LanguageTag(String(word)) else {
                throw lines.error(
                    row, row.fields[2],
                    "expected language codes of two or three letters, separated by spaces, or *")
            }
            found.insert(tag)
        }
        return found.sorted()
    }

    private func isWord(_ row: DelimitedLines.Row) throws(LoadError) -> Bool {
        guard row.fields.count > 3 else { return true }
        switch row.fields[3].text {
        case "", "word": return true
        case "anywhere": return false
        default: throw lines.error(row, row.fields[3], "expected word or anywhere")
        }
    }

    func digest(_ name: String) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("tutela term list 1\n\(name.utf8.count):\(name)\n".utf8))
        hash.update(data: UnicodeData.digest)
        func add(_ number: UInt64) {
            withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
        }
        add(UInt64(terms.count))
        for (term, scalars) in zip(terms, normalForms) {
            add(UInt64(scalars.count))
            for scalar in scalars { add(UInt64(scalar)) }
            add(term.weight.bitPattern)
            add(UInt64(term.languages.count))
            for language in term.languages { hash.update(data: Array("\(language) ".utf8)) }
            add(term.isWord ? 1 : 0)
        }
        return Array(hash.finalize())
    }
}
