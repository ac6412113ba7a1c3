public import Behaviour
public import SafetyModel

/// Why a pack does, or does not, propose something about a subject, term by term.
public struct Explanation: Sendable {
    /// A feature and what it is worth.
    public struct Value: Sendable {
        /// Of the feature or term, in the pack's words.
        public var name: String
        /// As the language writes it; `unknown` where it is.
        public var value: String
        /// How the pack defines it.
        public var definition: String
        /// Since when its cells have been kept, where they are not as old as the task: until its
        /// window has passed it is warming up.
        public var warmingSince: Instant?
    }

    /// A score with what each term gave to it.
    public struct Score: Sendable {
        /// The score's name.
        public var name: String
        /// The score.
        public var value: Double
        /// What gave most comes first.
        public var contributions: [Reason]
    }

    /// A part of a condition.
    public struct Term: Sendable {
        /// The part in normal form.
        public var text: String
        /// Whether it holds.
        public var holds: Bool
        /// What the features, fields and scores in it are worth.
        public var values: [Value]
    }

    /// A rule, and why it fires or not.
    public struct Rule: Sendable {
        /// The rule's id.
        public var id: String
        /// Whether it would fire.
        public var fires: Bool
        /// Why it does not, beside its condition; empty where only that decides.
        public var hindrance: String
        /// What `and` joins, in order.
        public var terms: [Term]
    }

    /// In alphabetical order.
    public var features: [Value]
    /// In alphabetical order.
    public var scores: [Score]
    /// In the pack's order; those about the subject's kind.
    public var rules: [Rule]
}

extension Pack {
    /// What the pack makes of a subject when it is met by a signal.
    /// - Parameters:
    ///   - state: before the rules are asked.
    ///   - signal: applied to the state already.
    ///   - history: since when the task keeps each cell, if that is known.
    public func explain(
        _ state: SubjectState, _ signal: Signal, history: CellHistory? = nil
    ) -> Explanation {
        Explainer(pack: compiled, state: state, signal: signal, history: history).explanation
    }
}

extension Pack {
    /// What the pack makes of a subject that is met by a signal.
    /// - Parameters:
    ///   - before: without the signal.
    ///   - history: since when the task keeps each cell, if that is known.
    public func explain(
        meeting signal: Signal, _ before: SubjectState, history: CellHistory? = nil
    ) -> Explanation {
        var state = before
        compiled.take(signal, into: &state)
        return explain(state, signal, history: history)
    }
}

private struct Explainer {
    let pack: CompiledPack
    let state: SubjectState
    let signal: Signal
    let history: CellHistory?

    private var kind: SubjectKind { signal.subject.kind }
    private var normal: NormalText { pack.normal }

    var explanation: Explanation {
        let own = pack.features.indices.filter { pack.features[$0].kind == kind }
        let scores = pack.scores.indices.filter { pack.scores[$0].kind == kind }
        return Explanation(
            features: own.map(feature),
            scores: scores.map { index in
                Explanation.Score(
                    name: pack.scores[index].name,
                    value: pack.program.score(index, state, signal).value,
                    contributions: pack.contributions(index, state, signal).map {
                        Reason(
                            name: String($0.name.dropFirst(pack.scores[index].name.count + 1)),
                            value: $0.value)
                    })
            },
            rules: pack.rules.indices.compactMap(rule))
    }

    private func feature(_ index: Int) -> Explanation.Value {
        let feature = pack.features[index]
        var since: Instant?
        feature.typed.forEach { typed in
            guard case .cell(let use) = typed.form, let history else { return }
            if let started = history.since(use.digest) { since = max(since ?? started, started) }
        }
        let value = pack.program.value(pack.program.features[index], state, signal, -1)
        return Explanation.Value(
            name: feature.name, value: text(value, feature.typed.type),
            definition: normal.text(feature.typed), warmingSince: since)
    }

    private func rule(_ index: Int) -> Explanation.Rule? {
        let rule = pack.rules[index]
        guard let condition = rule.condition(kind) else { return nil }
        let isOnMatch = rule.triggers == [.match]
        let matches = isOnMatch ? Array(signal.matches.indices) : [-1]
        let best = matches.max { holding(condition, $0) < holding(condition, $1) } ?? -1
        let terms = matches.isEmpty ? [] : condition.conjuncts.map { term($0, best) }
        let holds = !matches.isEmpty && terms.allSatisfy(\.holds)
        let hindrance = hindrance(rule, index, isOnMatch)
        return Explanation.Rule(
            id: rule.id, fires: holds && hindrance.isEmpty, hindrance: hindrance, terms: terms)
    }

    private func hindrance(_ rule: Rule, _ index: Int, _ isOnMatch: Bool) -> String {
        if isOnMatch {
            if signal.matches.isEmpty { return "the signal carries no match" }
        } else if !pack.asked(kind, signal.kind).contains(where: { pack.asked[$0] == index }) {
            return "\(signal.kind.name) changes nothing that the rule reads, so it is not asked"
        }
        let isHeld = signal.kind.isFeedback || state.isHeld(signal.time)
        if !isHeld, pack.tests[index].readsHistory {
            return "the signal is older than everything that is held, and the rule reads what is"
        }
        guard !state.isArmed(rule.key, at: signal.time, cooldown: rule.cooldown),
            let fired = state.lastFired(rule.key)
        else { return "" }
        let rest = fired + rule.cooldown - signal.time
        return "it fired for this subject already and rests for another "
            + duration(TimeSpan(milliseconds: (rest.milliseconds + 999) / 1000 * 1000))
    }

    private func holding(_ condition: Typed, _ match: Int) -> Int {
        condition.conjuncts.count { value(of: $0, match) == 1 }
    }

    private func term(_ typed: Typed, _ match: Int) -> Explanation.Term {
        var values: [Explanation.Value] = []
        typed.forEach { inner in
            switch inner.form {
            case .feature, .field, .score, .standing:
                let name = normal.text(inner)
                guard !values.contains(where: { $0.name == name }) else { return }
                values.append(
                    Explanation.Value(
                        name: name, value: text(value(of: inner, match), inner.type),
                        definition: "", warmingSince: nil))
            default: break
            }
        }
        return Explanation.Term(
            text: normal.text(typed), holds: value(of: typed, match) == 1, values: values)
    }

    private func value(of typed: Typed, _ match: Int) -> Double {
        var program = pack.program
        let place = program.compile(typed)
        return program.value(place, state, signal, match)
    }

    private func text(_ value: Double, _ type: ValueType) -> String {
        if value.isNaN { return "unknown" }
        switch type {
        case .number, .text: return number((value * 1e6).rounded() / 1e6)
        case .truth: return value == 1 ? "true" : "false"
        case .duration:
            guard value.magnitude < 9e15 else { return "unknown" }
            return duration(TimeSpan(milliseconds: Int64(value) / 1000 * 1000))
        case .choice(let choice): return choice.name(of: UInt8(value))
        }
    }
}

extension Typed {
    /// What `and` joins at the top.
    fileprivate var conjuncts: [Typed] {
        guard case .logic(true, let a, let b) = form else { return [self] }
        return a.conjuncts + b.conjuncts
    }
}
