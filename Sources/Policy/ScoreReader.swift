import SafetyModel
import Yams

/// Reads one score.
struct ScoreReader {
    let source: PackSource
    let names: PackNames

    /// The most terms of a score (I11).
    static let maximumTerms = 64

    func read(_ entry: PackSource.Entry) throws(PackError) -> ScoreDefinition {
        let kind = try kind(entry)
        let forms = try source.mapping(
            entry.value, "a score", keys: CompiledScore.Form.all.map(\.0))
        guard let form = forms.first, forms.count == 1 else {
            throw source.error(
                entry.value.mark,
                "a score is one of weighted and logistic, as logistic: "
                    + "{bias: -4, weights: {reporters_7d: 0.8}}")
        }
        let parts = try source.mapping(form.value, "a score's numbers", keys: ["bias", "weights"])
        let weights = try source.required("weights", in: parts, of: "a score", form.value)
        var definition = ScoreDefinition(
            name: entry.key, kind: kind,
            form: CompiledScore.Form.all.first { $0.0 == form.key }?.1 ?? .weighted, bias: 0,
            terms: [])
        if let bias = parts.first(where: { $0.key == "bias" }) {
            definition.bias = try source.number(bias.value)
        }
        let checker = names.checker(kind, .score)
        for term in try source.named(weights, "weights by feature, as reporters_7d: 0.8") {
            let typed = try source.expression(term.node) { text throws(ExpressionError) in
                try self.term(checker, text)
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

    /// A number; true counts 1; of a duration it is to be said in what it is measured.
    private func term(_ checker: Checker, _ text: String) throws(ExpressionError) -> Typed {
        let syntax = try Parser.parse(text)
        let typed = try checker.check(syntax)
        if typed.type == .duration {
            throw ExpressionError(
                offset: syntax.offset,
                message: "a weight needs a number; divide the duration by another, as "
                    + "subject.age / 1d")
        }
        guard typed.type == .number || typed.type == .truth else {
            throw ExpressionError(
                offset: syntax.offset,
                message: "a weight needs a number, found \(typed.type.noun)")
        }
        return typed
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
