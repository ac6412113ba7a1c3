import SafetyModel
import ScoreModels
import Yams

/// Reads a score that is a model of trees, from a file of the pack's folder; in a normal form, from
/// the pack itself.
struct TreeScoreReader {
    let source: PackSource
    let names: PackNames
    let models: PackModels
    let kind: SubjectKind

    private static let keys = ["model", "inputs", "forest"]

    /// - Returns: the model, and a term for each of its features in their order.
    func read(
        _ node: Node
    ) throws(PackError) -> (model: TreeModel, terms: [ScoreDefinition.Term]) {
        let parts = try source.mapping(node, "a score by trees", keys: Self.keys)
        var inputs: [PackSource.Entry] = []
        if let given = parts.first(where: { $0.key == "inputs" }) {
            inputs = try source.named(
                given.value, "inputs by the model's names, as age_days: subject.age / 1d")
        }
        let forest = parts.first { $0.key == "forest" }
        if let forest, parts.contains(where: { $0.key == "model" }) {
            throw source.error(forest.mark, "a score has either a model or a forest")
        }
        let (model, place): (TreeModel, Node)
        if let forest {
            place = forest.value
            model = try embedded(place, inputs)
        } else {
            place = try source.required("model", in: parts, of: "a score by trees", node)
            model = try file(place)
        }
        try checkSize(model, place)
        return (model, try terms(model, inputs, place))
    }

    private func file(_ node: Node) throws(PackError) -> TreeModel {
        let name = try source.word(node)
        guard Pack.isModelFile(name) else {
            throw source.error(
                node.mark,
                "a model is a file of the pack's folder: its name has at most "
                    + "\(maximumNameBytes) letters, digits, \".\", \"_\" or \"-\"")
        }
        guard let bytes = models.files[name] else {
            guard models.known.contains(name) else {
                if models.known.isEmpty {
                    throw source.error(
                        node.mark, "the pack's folder has no file \"\(name)\" beside pack.yaml")
                }
                throw source.error(node.mark, unknown("model file", name, models.known))
            }
            throw source.error(
                node.mark,
                "the model file \"\(name)\" cannot be read, or has more than "
                    + "\(Pack.maximumModelBytes) bytes")
        }
        return try load(node) { () throws(LoadError) in try TreeModel(file: name, bytes: bytes) }
    }

    /// The names are those of the inputs, which are all there and in order.
    private func embedded(
        _ node: Node, _ inputs: [PackSource.Entry]
    ) throws(PackError) -> TreeModel {
        guard let bytes = Base64.bytes(try source.word(node)) else {
            throw source.error(node.mark, "a forest is the normal form of a model in base64")
        }
        return try load(node) { () throws(LoadError) in
            try TreeModel(file: "forest", normalForm: bytes, featureNames: inputs.map(\.key))
        }
    }

    private func load(
        _ node: Node, _ read: () throws(LoadError) -> TreeModel
    ) throws(PackError) -> TreeModel {
        do throws(LoadError) {
            return try read()
        } catch {
            throw source.error(node.mark, "the model cannot be used: \(error)")
        }
    }

    private func checkSize(_ model: TreeModel, _ node: Node) throws(PackError) {
        for (count, limit, what) in [
            (model.featureCount, ScoreReader.maximumTerms, "features"),
            (model.treeCount, Pack.maximumTrees, "trees"),
            (model.nodeCount, Pack.maximumNodes, "nodes"),
        ] where count > limit {
            throw source.error(
                node.mark, "the model has \(count) \(what); a score's has at most \(limit)")
        }
    }

    private func terms(
        _ model: TreeModel, _ inputs: [PackSource.Entry], _ node: Node
    ) throws(PackError) -> [ScoreDefinition.Term] {
        var features = model.featureNames
        // XGBoost's own names where it was told none.
        if features.isEmpty { features = (0..<model.featureCount).map { "f\($0)" } }
        for name in features where !Self.isName(name) {
            throw source.error(
                node.mark,
                "a feature of the model has a name that is no line of 1 to \(maximumNameBytes) bytes"
            )
        }
        for input in inputs where !features.contains(input.key) {
            throw source.error(input.mark, unknown("input", input.key, features))
        }
        var terms: [ScoreDefinition.Term] = []
        for name in features {
            let typed: Typed
            if let input = inputs.first(where: { $0.key == name }) {
                let checker = names.checker(kind, .score)
                typed = try source.expression(input.value) { text throws(ExpressionError) in
                    try checker.term(text, "an input")
                }
            } else {
                typed = try feature(name, node)
            }
            terms.append(.init(weight: 1, typed: typed, input: name))
        }
        return terms
    }

    /// A feature of the pack that is called as the model's.
    private func feature(_ name: String, _ node: Node) throws(PackError) -> Typed {
        let own = names.checker(kind, .score).features
        guard let feature = own[name] else {
            let near = nearest(name, among: own.keys.sorted())
            throw source.error(
                node.mark,
                "the model needs \"\(name)\": say under inputs what it is"
                    + (near.map { ", as \(name): \($0)" } ?? ", or call a feature so"))
        }
        let typed = Typed(form: .feature(feature.index), type: feature.type)
        guard typed.type == .number || typed.type == .truth else {
            throw source.error(
                node.mark,
                "the model needs \"\(name)\", and the feature is \(typed.type.noun); say under inputs "
                    + "what number it is")
        }
        return typed
    }

    private static func isName(_ name: String) -> Bool {
        (1...maximumNameBytes).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0.value != 0x7f && !(0x80...0x9f).contains($0.value)
                    && $0.value != 0x2028 && $0.value != 0x2029 && $0.value != 0xfeff
                    && $0.value & 0xfffe != 0xfffe
            }
    }
}

extension Checker {
    /// What a score reads: a number; true counts 1; of a duration it is to be said in what it is
    /// measured.
    func term(_ text: String, _ what: String) throws(ExpressionError) -> Typed {
        let syntax = try Parser.parse(text)
        let typed = try check(syntax)
        if typed.type == .duration {
            throw ExpressionError(
                offset: syntax.offset,
                message: "\(what) needs a number; divide the duration by another, as "
                    + "subject.age / 1d")
        }
        guard typed.type == .number || typed.type == .truth else {
            throw ExpressionError(
                offset: syntax.offset,
                message: "\(what) needs a number, found \(typed.type.noun)")
        }
        return typed
    }
}
