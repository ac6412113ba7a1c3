import Behaviour
import SafetyModel

extension CompiledPack {
    /// The most contributions of a score that a proposal names.
    static let maximumContributions = 3

    /// What a rule saw: the features it names, its scores with what gave most to each, then what the
    /// text holds, where it reads that.
    func reasons(_ rule: Rule, _ state: SubjectState, _ signal: Signal) -> [Reason] {
        guard let condition = rule.condition(signal.subject.kind) else { return [] }
        var named: [Int] = []
        var scored: [Int] = []
        condition.forEach { typed in
            switch typed.form {
            case .feature(let index): if !named.contains(index) { named.append(index) }
            case .score(let index): if !scored.contains(index) { scored.append(index) }
            default: break
            }
        }
        var reasons = named.map { index in
            let value = program.value(program.features[index], state, signal, -1)
            return Reason(
                name: features[index].name,
                value: inUnits(value.isNaN ? 0 : value, features[index].typed.type))
        }
        for index in scored {
            let score = scores[index]
            reasons.append(
                Reason(name: score.name, value: program.score(index, state, signal)))
            reasons += contributions(index, state, signal).prefix(Self.maximumContributions)
        }
        if condition.readsText, let text = signal.text { reasons += text.reasons }
        return reasons
    }

    /// What gave most comes first; nothing that gave nothing.
    func contributions(_ index: Int, _ state: SubjectState, _ signal: Signal) -> [Reason] {
        let all = program.contributions(index, state, signal)
        let order = all.indices.filter { all[$0] != 0 }.sorted {
            (all[$1].magnitude, $0) < (all[$0].magnitude, $1)
        }
        return order.map { at in
            let text = normal.text(scores[index].terms[at].typed)
            return Reason(name: "\(scores[index].name)/\(text)", value: all[at])
        }
    }

    var normal: NormalText {
        NormalText(features: features.map(\.name), scores: scores.map(\.name))
    }

    /// Reviewers read durations in hours.
    private func inUnits(_ value: Double, _ type: ValueType) -> Double {
        type == .duration ? value / 3_600_000 : value
    }
}
