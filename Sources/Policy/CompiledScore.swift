import Behaviour
import SafetyModel
import ScoreModels

/// A score, ready to be computed.
struct CompiledScore: Sendable {
    /// How terms become a score.
    enum Form: Sendable {
        /// bias + Σ weight · term
        case weighted
        /// 1 / (1 + e^-(bias + Σ weight · term))
        case logistic
    }

    struct Term: Sendable {
        var weight: Double
        var place: Int32
    }

    var form: Form
    var bias: Double
    var terms: [Term]
}

extension Program {
    /// A term that is unknown gives nothing.
    func score(
        _ index: Int, _ state: borrowing SubjectState, _ signal: borrowing Signal
    ) -> (value: Double, sum: Double) {
        let score = scores[index]
        var sum = score.bias
        for term in score.terms {
            let value = value(term.place, state, signal, -1)
            if !value.isNaN { sum += term.weight * value }
        }
        return (score.form == .logistic ? PortableMath.logistic(sum) : sum, sum)
    }

    func contributions(
        _ index: Int, _ state: borrowing SubjectState, _ signal: borrowing Signal
    ) -> [Double] {
        var all: [Double] = []
        for term in scores[index].terms {
            let value = value(term.place, state, signal, -1)
            all.append(value.isNaN ? 0 : term.weight * value)
        }
        return all
    }
}
