import Behaviour
import SafetyModel
import Yams

/// A comparison as it was written.
struct Term {
    enum Operation: Equatable {
        /// A name alone, or after `not`.
        case isTrue(Bool)
        case compare(Comparison)
        case isIn
    }

    var name: Token
    var operation: Operation
    /// What it is compared with.
    var literals: [Token] = []
}

/// Reads a condition, comparisons joined by `and`, into a rule's closed tests.
struct ConditionReader {
    let reader: PackReader
    let node: Node

    static let maximumTerms = 32

    /// - Returns: the comparisons in normal form.
    func read(_ rule: inout Rule) throws(PackError) -> [String] {
        var parser = ConditionParser(text: try reader.word(node))
        let terms: [Term]
        do throws(ConditionError) {
            terms = try parser.parse()
        } catch {
            throw fail(error.offset, error.message)
        }
        guard terms.count <= Self.maximumTerms else {
            throw fail(0, "a condition has at most \(Self.maximumTerms) comparisons")
        }
        var normal: [String] = []
        for term in terms { normal.append(try compile(term, into: &rule)) }
        return normal
    }

    private func fail(_ offset: Int, _ message: String) -> PackError {
        let place = reader.position(of: offset, in: node)
        return reader.error(line: place.line, column: place.column, message)
    }

    private func compile(_ term: Term, into rule: inout Rule) throws(PackError) -> String {
        let name = term.name.text
        guard let field = Vocabulary.field(name) else {
            throw fail(term.name.offset, reader.unknown("name", name, Vocabulary.fieldNames))
        }
        if field.isOfMatch, rule.triggers != [.match] {
            throw fail(term.name.offset, "\(name) can only be compared in a rule on match")
        }
        switch field {
        case .matchCategory:
            let known = Vocabulary.categories.map { ($0.0, $0.1.rawValue) }
            return try mask(term, "category", known, &rule.match.categories)
        case .mediaUse:
            let known = Vocabulary.uses.map { ($0.0, $0.1.rawValue) }
            return try mask(term, "use", known, &rule.match.uses)
        case .mediaAttribution:
            let known = Vocabulary.attributions.map { ($0.0, $0.1.rawValue) }
            return try mask(term, "attribution", known, &rule.match.attributions)
        case .signalCategory:
            return try mask(term, "category", Vocabulary.reportCategories, &rule.categories)
        case .signalKind: return try kinds(term, &rule)
        case .matchExact: return try flag(term, &rule.match.isExact)
        case .matchExternal: return try flag(term, &rule.match.isExternal)
        case .matchQuarantined: return try flag(term, &rule.match.isQuarantined)
        case .uploaderRunsGroup: return try flag(term, &rule.match.uploaderRunsGroup)
        case .signalFlag(let flag): return try signalFlag(term, flag, &rule)
        case .matchBank: return try banks(term, &rule)
        case .matchDistance:
            let (comparison, value) = try numeric(term)
            rule.match.distances.append((comparison, value))
            return "\(name) \(comparison.rawValue) \(number(value))"
        case .feature(let feature):
            try check(feature, term, rule)
            let (comparison, value) = try numeric(term)
            rule.features.append(
                FeatureTest(feature: feature, comparison: comparison, value: value))
            return "\(name) \(comparison.rawValue) \(number(value))"
        }
    }

    private func check(_ feature: Feature, _ term: Term, _ rule: Rule) throws(PackError) {
        for kind in rule.triggers.compactMap(\.kind) where !feature.kinds.contains(kind) {
            let kinds = feature.kinds.map(\.noun).joined(separator: " or ")
            throw fail(
                term.name.offset,
                "\(feature.name) is a feature of \(kinds); this rule is about \(kind.noun)"
            )
        }
    }

    private func numeric(_ term: Term) throws(PackError) -> (Comparison, Double) {
        guard case .compare(let comparison) = term.operation, let literal = term.literals.first
        else {
            throw fail(term.name.offset, "\(term.name.text) is a number; compare it, as >= 3")
        }
        guard literal.kind == .number, let value = Double(literal.text), value.isFinite else {
            throw fail(literal.offset, "expected a number, found \"\(literal.text)\"")
        }
        return (comparison, value)
    }

    /// The names that a comparison admits, in the order of `known`, and whether it admits or
    /// excludes.
    private func names<Value>(
        _ term: Term, _ what: String, _ known: [(String, Value)]
    ) throws(PackError) -> (names: [String], isMember: Bool) {
        let isMember: Bool
        switch term.operation {
        case .compare(.equal), .isIn: isMember = true
        case .compare(.unequal): isMember = false
        default:
            throw fail(term.name.offset, "compare \(term.name.text) with ==, != or in")
        }
        for literal in term.literals where !known.contains(where: { $0.0 == literal.text }) {
            throw fail(literal.offset, reader.unknown(what, literal.text, known.map(\.0)))
        }
        let named = term.literals.map(\.text)
        return (known.map(\.0).filter(named.contains), isMember)
    }

    private func normal(_ name: String, _ names: [String], _ isMember: Bool) -> String {
        if names.count == 1 { return "\(name) \(isMember ? "==" : "!=") \(names[0])" }
        return "\(name) in [\(names.joined(separator: ", "))]"
    }

    private func mask(
        _ term: Term, _ what: String, _ known: [(String, UInt8)], _ mask: inout UInt16
    ) throws(PackError) -> String {
        let (names, isMember) = try names(term, what, known)
        var bits: UInt16 = 0
        for (name, raw) in known where names.contains(name) { bits |= 1 << UInt16(raw) }
        mask &= isMember ? bits : ~bits
        return normal(term.name.text, names, isMember)
    }

    private func kinds(_ term: Term, _ rule: inout Rule) throws(PackError) -> String {
        let (names, isMember) = try names(term, "kind of signal", Vocabulary.signalKinds)
        let kinds = SignalKind.allCases.filter { names.contains($0.name) == isMember }
        rule.kinds = (rule.kinds ?? SignalKind.allCases).filter(kinds.contains)
        return normal(term.name.text, names, isMember)
    }

    private func banks(_ term: Term, _ rule: inout Rule) throws(PackError) -> String {
        let isMember: Bool
        switch term.operation {
        case .compare(.equal), .isIn: isMember = true
        case .compare(.unequal): isMember = false
        default:
            throw fail(term.name.offset, "compare \(term.name.text) with ==, != or in")
        }
        let names = term.literals.map(\.text).sorted()
        rule.match.banks.append((names, isMember))
        return normal(term.name.text, names.map { "\"\($0)\"" }, isMember)
    }

    private func truth(_ term: Term) throws(PackError) -> Bool {
        if case .isTrue(let isTrue) = term.operation { return isTrue }
        let literal = term.literals.first?.text
        switch (term.operation, literal) {
        case (.compare(.equal), "true"), (.compare(.unequal), "false"): return true
        case (.compare(.equal), "false"), (.compare(.unequal), "true"): return false
        default:
            throw fail(
                term.literals.first?.offset ?? term.name.offset,
                "\(term.name.text) is true or false; write it alone or after not")
        }
    }

    private func flag(_ term: Term, _ flag: inout Bool?) throws(PackError) -> String {
        let isTrue = try truth(term)
        guard flag ?? isTrue == isTrue else {
            throw fail(term.name.offset, "\(term.name.text) cannot be both true and false")
        }
        flag = isTrue
        return isTrue ? term.name.text : "not \(term.name.text)"
    }

    private func signalFlag(
        _ term: Term, _ flag: EventFlags, _ rule: inout Rule
    ) throws(PackError) -> String {
        let isTrue = try truth(term)
        if isTrue {
            rule.requiredFlags.formUnion(flag)
        } else {
            rule.forbiddenFlags.formUnion(flag)
        }
        return isTrue ? term.name.text : "not \(term.name.text)"
    }
}
