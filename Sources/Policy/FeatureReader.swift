import Behaviour
import SafetyModel
import Yams

let maximumCells = Layout.maximumCells

/// Reads the section of features. They may name each other in any order, but not in a circle.
struct FeatureReader {
    let source: PackSource
    /// Ascending by kind and name.
    private(set) var features: [FeatureDefinition] = []
    private(set) var errors: [PackError] = []
    private var entries: [Entry] = []
    private var places: [SubjectKind: [String: Int]] = [:]

    /// The most parts of a feature, those of the features it names included (I11).
    static let maximumCost = 1_000

    private struct Entry {
        var name: String
        var kind: SubjectKind
        var node: Node
        var syntax: Syntax
        var typed: Typed?
        /// Parts to compute, those of the features it names included, each time it names them.
        var cost = 1
        /// Being checked: whoever needs it now needs itself.
        var isOpen = false
        var isWrong = false
    }

    init(source: PackSource) { self.source = source }

    mutating func read(_ node: Node) throws(PackError) {
        let sections = Vocabulary.sections
        for section in try source.mapping(node, "features", keys: sections.map(\.0)) {
            let kinds = sections.first { $0.0 == section.key }?.1 ?? []
            for entry in try source.named(section.value, "features by name") {
                do throws(PackError) { try add(entry, kinds) } catch { note(error) }
            }
        }
        guard entries.count <= Pack.maximumFeatures else {
            throw source.error(node.mark, "a pack has at most \(Pack.maximumFeatures) features")
        }
        entries.sort { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        for (index, entry) in entries.enumerated() {
            places[entry.kind, default: [:]][entry.name] = index
        }
        for index in entries.indices {
            do throws(PackError) { try check(index, path: []) } catch { note(error) }
        }
        features = entries.compactMap { entry in
            entry.typed.map { FeatureDefinition(name: entry.name, kind: entry.kind, typed: $0) }
        }
    }

    /// A feature of several kinds of subject has one place, and its mistake is told once.
    private mutating func note(_ error: PackError) {
        let isKnown = errors.contains { ($0.line, $0.column) == (error.line, error.column) }
        if !isKnown { errors.append(error) }
    }

    private mutating func add(_ entry: PackSource.Entry, _ kinds: [SubjectKind]) throws(PackError) {
        let name = entry.key
        let isPlain = name.utf8.allSatisfy {
            $0 == 0x5f || (0x61...0x7a).contains($0) || (0x30...0x39).contains($0)
        }
        guard isPlain, let first = name.utf8.first, (0x61...0x7a).contains(first),
            name.utf8.count <= maximumNameBytes
        else {
            throw source.error(
                entry.mark,
                "\"\(shown(name))\" is no name of a feature; expected up to 64 of a-z, "
                    + "0-9 and _, a letter first")
        }
        let reserved =
            Parser.keywords + Function.allCases.map(\.rawValue) + ["score", "half"]
            + AggregateFunction.allCases.map(\.rawValue)
        guard !reserved.contains(name) else {
            throw source.error(entry.mark, "\"\(name)\" is a word of the language; choose another")
        }
        let syntax = try source.expression(entry.value) { text throws(ExpressionError) in
            try Parser.parse(text)
        }
        for kind in kinds {
            guard !entries.contains(where: { $0.kind == kind && $0.name == name }) else {
                throw source.error(
                    entry.mark, "\(kind.noun) has a feature \"\(name)\" already")
            }
            entries.append(Entry(name: name, kind: kind, node: entry.value, syntax: syntax))
        }
    }

    private mutating func check(_ index: Int, path: [String]) throws(PackError) {
        let entry = entries[index]
        guard entry.typed == nil, !entry.isWrong else { return }
        entries[index].isOpen = true
        defer { entries[index].isOpen = false }
        for (name, offset) in entry.syntax.names {
            guard let needed = places[entry.kind]?[name] else { continue }
            if entries[needed].isOpen {
                entries[index].isWrong = true
                let place = source.position(of: offset, in: entry.node)
                let circle = (path + [entry.name, name]).drop { $0 != name }
                throw source.error(
                    line: place.line, column: place.column,
                    "the feature \"\(name)\" needs itself: \(circle.joined(separator: " → "))")
            }
            guard path.count < Parser.maximumDepth else {
                throw source.error(
                    entry.node.mark,
                    "features stand on each other more than "
                        + "\(Parser.maximumDepth) deep")
            }
            try check(needed, path: path + [entry.name])
            if entries[needed].typed == nil {
                entries[index].isWrong = true
                return
            }
        }
        entries[index].isWrong = true
        let parts = entry.syntax.names.compactMap { places[entry.kind]?[$0.0] }
        entries[index].cost = parts.reduce(1 + entry.syntax.names.count) { $0 + entries[$1].cost }
        guard entries[index].cost <= Self.maximumCost else {
            throw source.error(
                entry.node.mark,
                "the feature \"\(entry.name)\" has more than \(Self.maximumCost) parts, those of the "
                    + "features in it included; name each of them fewer times")
        }
        let checker = checker(entry.kind)
        entries[index].typed = try source.expression(entry.node) { _ throws(ExpressionError) in
            try checker.check(entry.syntax)
        }
        entries[index].isWrong = false
    }

    private func checker(_ kind: SubjectKind) -> Checker {
        var checker = Checker(kind: kind, place: .feature)
        for (index, entry) in entries.enumerated() {
            guard entry.kind == kind else {
                if places[kind]?[entry.name] == nil {
                    checker.elsewhere[entry.name, default: []].append(entry.kind)
                }
                continue
            }
            if let typed = entry.typed { checker.features[entry.name] = (index, typed.type) }
        }
        return checker
    }
}

extension Syntax {
    /// Names that stand for values, with where they stand; a cell's condition has none of its own.
    var names: [(String, Int)] {
        switch form {
        case .number, .duration, .text: []
        case .name(let name): [(name, offset)]
        case .negate(let a), .not(let a): a.names
        case .logic(_, let a, let b), .compare(_, let a, let b), .arithmetic(_, let a, let b):
            a.names + b.names
        case .isIn(let a, let items): a.names + items.flatMap(\.names)
        case .call(_, let arguments): arguments.flatMap(\.names)
        case .aggregate: []
        }
    }
}
