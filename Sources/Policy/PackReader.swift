import SafetyModel
import Yams

/// Reads a pack's YAML into features, scores and rules. A mistake in one of them does not hide
/// those in others; mistakes that only follow from an earlier one are not told.
struct PackReader {
    let source: PackSource
    private let models: PackModels
    /// Mistakes that did not end the reading.
    private(set) var errors: [PackError] = []
    private var names = PackNames()
    private var document = PackDocument(name: "")

    init(text: String, file: String, models: PackModels) {
        source = PackSource(text: text, file: file)
        self.models = models
    }

    mutating func read() throws(PackError) -> PackDocument {
        guard let root = try source.compose() else {
            throw source.error(nil, "the pack is empty; expected the keys pack and rules")
        }
        let entries = try source.mapping(root, "a pack", keys: Vocabulary.packKeys)
        let nameNode = try source.required("pack", in: entries, of: "a pack", root)
        document.name = try source.word(nameNode)
        guard document.name.utf8.count <= 64, document.name.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw source.error(nameNode.mark, "a pack's name is one line of at most 64 bytes")
        }
        let rules = try source.required("rules", in: entries, of: "a pack", root)
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        if let features = value("features") { try readFeatures(features) }
        if let scores = value("scores"), errors.isEmpty { try readScores(scores) }
        // With a feature missing, each rule that names it would be wrong too.
        if errors.isEmpty { try readRules(rules) }
        if errors.isEmpty, let scores = value("scores") { try checkSize(scores) }
        return document
    }

    private mutating func note(_ error: PackError) { errors.append(error) }

    private mutating func readFeatures(_ node: Node) throws(PackError) {
        var reader = FeatureReader(source: source)
        try reader.read(node)
        errors += reader.errors
        document.features = reader.features
        guard document.cells.count <= maximumCells else {
            throw source.error(
                node.mark,
                "a pack counts at most \(maximumCells) things; this one "
                    + "\(document.cells.count)")
        }
        names.add(document.features)
    }

    private mutating func readScores(_ node: Node) throws(PackError) {
        let entries = try source.named(node, "scores by name, as account.outreach")
        guard entries.count <= Pack.maximumFeatures else {
            throw source.error(node.mark, "a pack has at most \(Pack.maximumFeatures) scores")
        }
        for entry in entries {
            do throws(PackError) {
                let reader = ScoreReader(source: source, names: names, models: models)
                document.scores.append(try reader.read(entry))
            } catch {
                note(error)
            }
        }
        document.scores.sort { $0.name < $1.name }
        names.add(document.scores)
    }

    /// With its models the pack must fit into one record.
    private func checkSize(_ scores: Node) throws(PackError) {
        let models = document.scores.filter { if case .trees = $0.form { true } else { false } }
        guard models.count <= Pack.maximumModels else {
            throw source.error(
                scores.mark, "a pack has at most \(Pack.maximumModels) scores by trees")
        }
        let size = models.isEmpty ? 0 : document.normalForm.utf8.count
        guard size <= Pack.maximumNormalBytes else {
            throw source.error(
                scores.mark,
                "with its models the pack has \(size) bytes in normal form; at most "
                    + "\(Pack.maximumNormalBytes) fit into one record: train smaller models")
        }
    }

    private mutating func readRules(_ list: Node) throws(PackError) {
        let nodes = try source.sequence(list, "rules")
        guard nodes.count <= Pack.maximumRules else {
            throw source.error(list.mark, "a pack has at most \(Pack.maximumRules) rules")
        }
        let touch = Touch(features: document.features, scores: document.scores)
        for node in nodes {
            do throws(PackError) {
                let reader = RuleReader(source: source, names: names, touch: touch, node: node)
                let rule = try reader.read()
                guard !document.rules.contains(where: { $0.id == rule.id }) else {
                    throw source.error(
                        node.mark, "a rule with the id \"\(rule.id)\" is there already")
                }
                document.rules.append(rule)
            } catch {
                note(error)
            }
        }
    }
}

/// What the pack's names stand for, by kind of subject.
struct PackNames {
    private var features: [[String: (index: Int, type: ValueType)]] = [[:], [:], [:]]
    private var scores: [[String: Int]] = [[:], [:], [:]]
    private var owners: [String: [SubjectKind]] = [:]
    /// By index.
    private(set) var featureNames: [String] = []

    mutating func add(_ all: [FeatureDefinition]) {
        featureNames = all.map(\.name)
        for (index, feature) in all.enumerated() {
            features[Int(feature.kind.rawValue) - 1][feature.name] = (index, feature.typed.type)
            owners[feature.name, default: []].append(feature.kind)
        }
    }

    mutating func add(_ all: [ScoreDefinition]) {
        for (index, score) in all.enumerated() {
            scores[Int(score.kind.rawValue) - 1][score.name] = index
            owners[score.name, default: []].append(score.kind)
        }
    }

    func checker(_ kind: SubjectKind, _ place: Checker.Place) -> Checker {
        let at = Int(kind.rawValue) - 1
        return Checker(
            kind: kind, place: place, features: features[at], scores: scores[at],
            elsewhere: owners.filter { !$0.value.contains(kind) })
    }
}
