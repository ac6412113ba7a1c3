public import Behaviour
public import SafetyModel

/// Applies a signal to its subject's state, then asks the pack's rules. Pure (I3).
///
/// Late signals (`isLate`) skip all counters; rules still see them and their matches. A signal from
/// before every bucket held is `expired`: only rules about matches and about the signal itself see
/// it. Duplicates are the caller's matter (`SubjectState.isDuplicate`).
///
/// A rule about behaviour is asked when a signal changes something it reads, or is of a kind it
/// names; it fires when its condition holds and its cool-down has passed.
/// - Parameter state: laid out by `pack.layout`.
public func evaluate(
    _ pack: Pack, _ state: inout SubjectState, _ signal: Signal
) -> Evaluation {
    let compiled = pack.compiled
    var result = Evaluation()
    let (isHeld, neighbours) = compiled.take(signal, into: &state)
    result.neighbours = neighbours
    if !isHeld { result.outcome = .expired }
    let asked = compiled.asked(signal.subject.kind, signal.kind)
    if signal.matches.isEmpty {
        for at in asked {
            let index = Int(compiled.asked[at])
            guard compiled.holds(index, state, signal, -1, isHeld: isHeld) else { continue }
            compiled.fire(index, [], &state, signal, &result)
        }
        return result
    }
    var rules = asked.map { Int(compiled.asked[$0]) } + compiled.matchRules.map { Int($0) }
    rules.sort()
    for index in rules {
        guard compiled.rules[index].triggers == [.match] else {
            if compiled.holds(index, state, signal, -1, isHeld: isHeld) {
                compiled.fire(index, [], &state, signal, &result)
            }
            continue
        }
        // Every part of the condition must hold for one and the same match.
        let matches = signal.matches.indices.filter {
            compiled.holds(index, state, signal, $0, isHeld: isHeld)
        }
        if !matches.isEmpty {
            compiled.fire(index, matches.map { signal.matches[$0] }, &state, signal, &result)
        }
    }
    return result
}

extension CompiledPack {
    /// Counts and learns what a signal says, before rules are asked.
    /// - Returns: whether it is held, which feedback always is; and feedback to pass on.
    @discardableResult
    func take(
        _ signal: Signal, into state: inout SubjectState
    ) -> (isHeld: Bool, neighbours: [NeighbourSignal]) {
        let isHeld = state.begin(at: signal.time, program.layout)
        if signal.kind == .textSet, let text = signal.text,
            text.surface.subjectKind == signal.subject.kind
        {
            state.keep(text, at: signal.time)
        }
        if isHeld, !signal.isLate {
            program.feed(feeds(signal.subject.kind, signal.kind), &state, signal)
        }
        if signal.kind.isFeedback { return (true, passOn(signal, &state)) }
        state.learn(signal)
        return (isHeld, follow(signal, &state))
    }

    /// Whether a rule may fire.
    func holds(
        _ index: Int, _ state: borrowing SubjectState, _ signal: borrowing Signal, _ match: Int,
        isHeld: Bool
    ) -> Bool {
        let test = tests[index]
        guard isHeld || !test.readsHistory else { return false }
        let place = test.place(signal.subject.kind)
        guard place >= 0, program.value(place, state, signal, match) == 1 else { return false }
        return state.isArmed(test.key, at: signal.time, cooldown: test.cooldown)
    }

    func fire(
        _ index: Int, _ matches: [Match], _ state: inout SubjectState, _ signal: Signal,
        _ result: inout Evaluation
    ) {
        let rule = rules[index]
        if rule.cooldown.milliseconds > 0 { state.fire(rule.key, at: signal.time) }
        result.drafts += drafts(rule, reasons(rule, state, signal), matches, state, signal)
    }
}

extension Signal {
    /// The media that a match is about; nil where the signal carries none.
    func item(of match: Match) -> MediaItem? {
        guard let media = evidence?.media, media.indices.contains(match.media) else { return nil }
        return media[match.media]
    }

    /// Whether an account runs the group that the media were set on, as this subject remembers it:
    /// the group, or the account itself.
    func isRun(by account: String?, _ state: borrowing SubjectState) -> Bool {
        guard let account else { return false }
        if subject.kind == .account {
            guard subject.id == account, let related else { return false }
            return state.runs(related)
        }
        return state.isRunBy(account)
    }

    /// Who set or sent an item. What the event does not say is inferred only where the server
    /// itself saw it: a profile photo is the account's own.
    func uploader(of item: MediaItem) -> String? {
        if let uploader = item.uploader { return uploader }
        switch item.use {
        case .profilePhoto: return subject.kind == .account ? subject.id : nil
        case .groupIcon: return actor
        case .reportedMessage: return nil
        }
    }
}

extension SignalKind {
    var isFeedback: Bool {
        switch self {
        case .enforced, .reversed, .neighbourEnforced, .neighbourReversed: true
        default: false
        }
    }
}
