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
public func evaluate(
    _ pack: Pack, _ state: inout SubjectState, _ signal: Signal
) -> Evaluation {
    var result = Evaluation()
    let isHeld: Bool
    if signal.kind.isFeedback {
        isHeld = true
        result.neighbours = passOn(signal, &state)
    } else {
        isHeld = state.apply(signal)
        if !isHeld { result.outcome = .expired }
    }
    let asked = pack.asked(signal.subject.kind, signal.kind)
    let onMatch = signal.matches.isEmpty ? [] : pack.matchRules
    guard !asked.isEmpty || !onMatch.isEmpty else { return result }
    var (i, j) = (0, 0)
    while i < asked.count || j < onMatch.count {
        let isMatchRule = i == asked.count || j < onMatch.count && onMatch[j] < asked[i]
        let index = Int(isMatchRule ? onMatch[j] : asked[i])
        if isMatchRule { j += 1 } else { i += 1 }
        guard pack.holds(index, state, signal, isHeld: isHeld) else { continue }
        let matches = isMatchRule ? pack.matches(index, state, signal) : []
        guard !isMatchRule || !matches.isEmpty else { continue }
        if pack.program[index].cooldown.milliseconds > 0 {
            state.fire(pack.program[index].key, at: signal.time)
        }
        result.drafts += drafts(pack.rules[index], matches, state, signal)
    }
    return result
}

extension Pack {
    /// Whether a rule may fire, as far as signal and features tell.
    func holds(_ index: Int, _ state: SubjectState, _ signal: Signal, isHeld: Bool) -> Bool {
        program.withUnsafeBufferPointer { program in
            let test = program[index]
            guard signal.flags.isSuperset(of: test.requiredFlags),
                signal.flags.isDisjoint(with: test.forbiddenFlags)
            else { return false }
            if test.categories != .max {
                let category = signal.kind.isReport ? signal.category : 0
                guard category < 16, test.categories >> UInt16(category) & 1 == 1 else {
                    return false
                }
            }
            guard test.features.isEmpty || isHeld else { return false }
            for at in test.features {
                let feature = featureTests[at]
                guard let value = state.value(of: feature.feature, at: signal.time),
                    feature.comparison.holds(value, feature.value)
                else { return false }
            }
            return state.isArmed(test.key, at: signal.time, cooldown: test.cooldown)
        }
    }

    /// The signal's matches that the rule is about.
    func matches(_ index: Int, _ state: SubjectState, _ signal: Signal) -> [Match] {
        let rule = rules[index]
        if let kinds = rule.kinds, !kinds.contains(signal.kind) { return [] }
        return signal.matches.filter { rule.match.holds($0, state, signal) }
    }
}

extension MatchTest {
    func holds(_ match: Match, _ state: SubjectState, _ signal: Signal) -> Bool {
        guard categories >> UInt16(match.category.rawValue) & 1 == 1,
            isExact ?? match.isExact == match.isExact,
            isExternal ?? (match.provider != nil) == (match.provider != nil),
            isQuarantined ?? match.quarantined == match.quarantined,
            distances.allSatisfy({ $0.comparison.holds(Double(match.distance), $0.value) }),
            banks.allSatisfy({ $0.names.contains(match.bank) == $0.isMember })
        else { return false }
        guard let item = signal.item(of: match) else {
            return uses == .max && attributions == .max && uploaderRunsGroup == nil
        }
        guard uses >> UInt16(item.use.rawValue) & 1 == 1,
            attributions >> UInt16(item.attribution.rawValue) & 1 == 1
        else { return false }
        guard let uploaderRunsGroup else { return true }
        return signal.isRun(by: signal.uploader(of: item), state) == uploaderRunsGroup
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
    func isRun(by account: String?, _ state: SubjectState) -> Bool {
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
