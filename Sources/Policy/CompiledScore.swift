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
        /// Gradient-boosted trees; the terms are the model's features, in its order.
        case trees(TreeModel)
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
    /// A term that is unknown gives nothing; to trees it is missing.
    func score(
        _ index: Int, _ state: borrowing SubjectState, _ signal: borrowing Signal
    ) -> Double {
        switch scores[index].form {
        case .weighted: return sum(index, state, signal)
        case .logistic: return PortableMath.logistic(sum(index, state, signal))
        case .trees(let model):
            let terms = scores[index].terms
            // On the stack: a score of trees costs no allocation.
            return withUnsafeTemporaryAllocation(of: Float.self, capacity: terms.count) { row in
                for (at, term) in terms.enumerated() {
                    row.initializeElement(
                        at: at, to: Float(value(term.place, state, signal, -1)))
                }
                return model.value(ofMargin: model.margin(UnsafeBufferPointer(row)))
            }
        }
    }

    private func sum(
        _ index: Int, _ state: borrowing SubjectState, _ signal: borrowing Signal
    ) -> Double {
        let score = scores[index]
        var sum = score.bias
        for term in score.terms {
            let value = value(term.place, state, signal, -1)
            if !value.isNaN { sum += term.weight * value }
        }
        return sum
    }

    /// What each term gave. Of trees, how far the splits on it moved the margin.
    func contributions(
        _ index: Int, _ state: borrowing SubjectState, _ signal: borrowing Signal
    ) -> [Double] {
        let terms = scores[index].terms
        var values: [Double] = []
        for term in terms { values.append(value(term.place, state, signal, -1)) }
        if case .trees(let model) = scores[index].form {
            return model.score(values.map { Float($0) }).contributions.map { Double($0) }
        }
        return zip(terms, values).map { term, value in value.isNaN ? 0 : term.weight * value }
    }
}
