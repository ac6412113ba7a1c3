private import Crypto

extension TreeModel {
    /// Reads the JSON that XGBoost's `save_model` writes (format of versions 1.3 to 3).
    ///
    /// - Throws: where the file is no such model, passes a bound, or holds what is not evaluated here:
    ///   boosters other than `gbtree`, several classes or targets, categorical splits.
    public init(file: String, bytes: [UInt8]) throws(LoadError) {
        // UBJSON, XGBoost's own default, opens with a brace too, and then has a length with zeros.
        if bytes.prefix(64).contains(0)
            || bytes.first(where: { $0 > 0x20 }).map({ $0 != UInt8(ascii: "{") }) == true
        {
            throw LoadError(
                file: file, message: "not JSON; save the model with save_model(\"name.json\")")
        }
        let top = try JSONReader.read(file: file, bytes: bytes, maximumBytes: Self.maximumBytes)
        let learner = try top.member("learner")
        let objective = try Self.objective(learner)
        let parameters = try learner.member("learner_model_param")
        let count = try parameters.member("num_feature").integer(in: 1...Self.maximumFeatures)
        for name in ["num_class", "num_target"] {
            if let place = parameters.optional(name), try place.integer(in: 0...1_000_000) > 1 {
                throw place.error("only models with one output are evaluated")
            }
        }
        let base = try Self.baseScore(try parameters.member("base_score"), objective)
        let booster = try learner.member("gradient_booster")
        let name = try booster.member("name")
        guard try name.string() == "gbtree" else {
            throw name.error("only the booster gbtree is evaluated (not dart, not gblinear)")
        }
        var forest = Forest(featureCount: count)
        try forest.read(booster.member("model"))
        self.init(
            objective: objective, featureNames: try Self.names(learner, count),
            featureCount: count, baseMargin: base, nodes: forest.nodes, roots: forest.roots)
    }

    init(
        objective: Objective, featureNames: [String], featureCount: Int, baseMargin: Float,
        nodes: [Node], roots: [Int32]
    ) {
        self.objective = objective
        self.featureNames = featureNames
        self.featureCount = featureCount
        self.baseMargin = baseMargin
        self.nodes = nodes
        self.roots = roots
        digest = []
        var hash = SHA256()
        for name in featureNames { hash.update(data: Array("\(name.utf8.count):\(name)".utf8)) }
        hash.update(data: normalForm)
        digest = Array(hash.finalize())
    }

    private static func objective(_ learner: JSONPlace) throws(LoadError) -> Objective {
        let place = try learner.member("objective").member("name")
        guard let objective = Objective(rawValue: try place.string()) else {
            let known = Objective.allCases.map(\.rawValue).joined(separator: ", ")
            throw place.error("this objective is not evaluated; known: \(known)")
        }
        return objective
    }

    /// `5E-1`, `"5E-1"` or, since version 3.1, `"[5E-1]"`: a probability for logistic objectives.
    private static func baseScore(
        _ place: JSONPlace, _ objective: Objective
    ) throws(LoadError) -> Float {
        var place = place
        if case .array = place.node.content {
            let all = try place.elements(atMost: 16)
            guard all.count == 1 else { throw place.error("expected one base score") }
            place = all[0]
        }
        var text: Substring
        switch place.node.content {
        case .number(let written), .string(let written): text = written[...]
        default: throw place.error("expected a number, found \(place.node.kind)")
        }
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        guard let base = Float(text), base.isFinite else {
            throw place.error("expected one finite number")
        }
        guard objective.isLogistic else { return base }
        guard base > 0, base < 1 else {
            throw place.error("expected a probability between 0 and 1")
        }
        let margin = Float(-PortableMath.log(Double(1 / base - 1)))
        guard margin.isFinite else { throw place.error("too near to 0 or 1") }
        return margin
    }

    private static func names(
        _ learner: JSONPlace, _ count: Int
    ) throws(LoadError) -> [String] {
        if let types = learner.optional("feature_types") {
            for type in try types.elements(atMost: maximumFeatures)
            where try type.string() == "c" {
                throw type.error("categorical features are not evaluated")
            }
        }
        guard let place = learner.optional("feature_names") else { return [] }
        let elements = try place.elements(atMost: maximumFeatures)
        guard elements.isEmpty || elements.count == count else {
            throw place.error("\(elements.count) names for \(count) features")
        }
        var names: [String] = []
        var known: Set<String> = []
        for element in elements {
            let name = try element.string()
            guard known.insert(name).inserted else { throw element.error("a name stands twice") }
            names.append(name)
        }
        return names
    }
}
