import Behaviour
import SafetyModel

/// Takes feedback in and passes it on to those whom the subject is tied to (I9: a reversal reaches
/// all whom the enforcement reached).
func passOn(_ signal: Signal, _ state: inout SubjectState) -> [NeighbourSignal] {
    guard let decision = signal.decision else {
        state.learn(signal)
        return []
    }
    switch signal.kind {
    case .reversed, .neighbourReversed:
        state.learn(signal)
        guard let stood = state.withdraw(decision) else { return [] }
        return stood.told.enumerated().map { ordinal, target in
            var next = NeighbourSignal(
                target: target, kind: .neighbourReversed, hops: stood.hops + 1,
                decision: decision, action: stood.action)
            next.ordinal = UInt16(ordinal)
            return next
        } + leaving(after: signal, of: stood, state)
    default:
        let known = state.standing.first { $0.decision == decision }
        state.learn(signal)
        guard signal.hops < known?.hops ?? .max,
            let new = state.standing.first(where: { $0.decision == decision }),
            spreads(new)
        else { return [] }
        let targets = neighbours(of: signal, state)
        let told = (known?.told ?? []).filter { !targets.contains($0) } + targets
        state.remember(told, of: decision)
        let name = signal.kind == .enforced ? groupName(state.sketch(of: .groupName)) : nil
        return targets.map {
            var next = NeighbourSignal(
                target: $0, kind: .neighbourEnforced, hops: new.hops + 1, decision: decision,
                action: new.action)
            next.text = name
            return next
        }
    }
}

/// Only what speaks about the subject itself travels, not the removal of one picture; it ends at
/// the hop limit, and with whom it reached through somebody who had merely joined.
private func spreads(_ standing: Standing) -> Bool {
    guard standing.hops < Signal.maximumHops, standing.nearness != .loose else { return false }
    return switch standing.action {
    case .banAccount, .suspendAccount, .removeGroup, .disableGroup, .revokeInviteLink,
        .delistInviteLink:
        true
    default: false
    }
}

/// The subjects at the other end of voluntary ties, without the one that told, and without members
/// who reported the subject. Some places are kept for members, or whoever makes many links would
/// hide the cohort.
private func neighbours(of signal: Signal, _ state: SubjectState) -> [Subject] {
    var (targets, members): ([Subject], [Subject]) = ([], [])
    for tie in state.ties {
        let subject = tie.subject
        if subject == signal.related || subject == signal.subject { continue }
        if targets.contains(subject) || members.contains(subject) { continue }
        if tie.tie == .member {
            if !state.isReported(by: tie.id) { members.append(subject) }
        } else {
            targets.append(subject)
        }
    }
    let kept = min(members.count, 12)
    targets = Array(targets.prefix(SubjectState.maximumTold - kept))
    targets += members.prefix(SubjectState.maximumTold - targets.count)
    return targets.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
}
