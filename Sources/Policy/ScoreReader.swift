import SafetyModel
import Yams

/// Reads one score.
struct ScoreReader {
    let source: PackSource
    let names: PackNames
    let models: PackModels

    /// The most terms of a score (I11).
    static let maximumTerms = 64

    func read(_ entry: PackSource.Entry) throws(PackError) -> ScoreDefinition {
        let kind = try kind(entry)
        let forms = try source.mapping(entry.value, "a score", keys: CompiledScore.Form.names)
        guard let form = forms.first, forms.count == 1 else {
            throw source.error(
                entry.value.mark,
                "a score is one of weighted, logistic and trees, as logistic: "
                    + "{bias: -4, weights: {reporters_7d: 0.8}}")
        }
        if form.key == "trees" {
            let reader = TreeScoreReader(source: source, names: names, models: models, kind: kind)
            let (model, terms) = try reader.read(form.value)
            return ScoreDefinition(
                name: entry.key, kind: kind, form: .trees(model), bias: 0, terms: terms)
        }
        let parts = try source.mapping(form.value, "a score's numbers", keys: ["bias", "weights"])
        let weights = try source.required("weights", in: parts, of: "a score", form.value)
        var definition = ScoreDefinition(
            name: entry.key, kind: kind, form: form.key == "logistic" ? .logistic : .weighted,
            bias: 0, terms: [])
        if let bias = parts.first(where: { $0.key == "bias" }) {
            definition.bias = try source.number(bias.value)
        }
        let checker = names.checker(kind, .score)
        for term in try source.named(weights, "weights by feature, as reporters_7d: 0.8") {
            let typed = try source.expression(term.node) { text throws(ExpressionError) in
                try checker.term(text, "a weight")
            }
            definition.terms.append(.init(weight: try source.number(term.value), typed: typed))
        }
        guard (1...Self.maximumTerms).contains(definition.terms.count) else {
            throw source.error(weights.mark, "a score has 1 to \(Self.maximumTerms) weights")
        }
        return sorted(definition)
    }

    private func kind(_ entry: PackSource.Entry) throws(PackError) -> SubjectKind {
        let parts = entry.key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, entry.key.utf8.count <= maximumNameBytes,
            let kind = SubjectKind.allCases.first(where: { $0.sectionName == parts[0] }),
            let first = parts[1].utf8.first, (0x61...0x7a).contains(first),
            parts[1].utf8.allSatisfy({
                $0 == 0x5f || (0x61...0x7a).contains($0) || (0x30...0x39).contains($0)
            })
        else {
            throw source.error(
                entry.mark,
                "\"\(shown(entry.key))\" is no name of a score; expected account, group "
                    + "or link, a point and a word, as account.outreach")
        }
        return kind
    }

    /// The order of weights does not change what a pack is.
    private func sorted(_ definition: ScoreDefinition) -> ScoreDefinition {
        let names = names.featureNames
        let normal = NormalText(features: names, scores: [])
        var result = definition
        result.terms.sort { normal.text($0.typed) < normal.text($1.typed) }
        return result
    }
}
