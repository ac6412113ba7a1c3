import Behaviour
import SafetyModel

/// What a subject's history says about what a signal names, for the home of that. None of it is passed
/// on from there, so that it takes one hop.
func follow(_ signal: Signal, _ state: inout SubjectState) -> [NeighbourSignal] {
    switch signal.kind {
    case .filedReport: weigh(signal, state)
    case .reportRetracted: retract(signal, state)
    case .cleared, .upheld: judge(signal, &state)
    case .joinedByLink, .groupCreated: arrive(signal, &state)
    case .administers: signal.flags.contains(.granted) ? arrive(signal, &state) : []
    default: []
    }
}

/// Access to review has been given already, by the report itself; this is what automation counts.
private func weigh(_ signal: Signal, _ state: SubjectState) -> [NeighbourSignal] {
    guard let reported = signal.related, signal.hops < Signal.maximumHops else { return [] }
    var next = NeighbourSignal(target: reported, kind: .reportWeighed, hops: signal.hops + 1)
    next.actor = signal.subject.id
    next.party = signal.party
    next.category = signal.category
    next.device = signal.device
    next.circle = state.circle(besides: reported, at: signal.time)
    next.flags = signal.flags.subtracting(.oftenWrong)
    if let age = state.age(at: signal.time), age >= .days(30) { next.flags.insert(.agedReporter) }
    if state.isOftenWrong(at: signal.time) { next.flags.insert(.oftenWrong) }
    return [next]
}

/// What was told of a report is told of its withdrawal, by the same way and so after it. The reporter
/// is still judged by it.
private func retract(_ signal: Signal, _ state: SubjectState) -> [NeighbourSignal] {
    guard let reported = signal.related, signal.hops == 0,
        signal.subject.kind == .account, signal.subject.id == signal.actor
    else { return [] }
    return state.reported(with: reported).map {
        var next = NeighbourSignal(target: $0, kind: .reportRetracted, hops: signal.hops + 1)
        next.party = signal.party
        return next
    }
}

/// A reviewer's word about what was reported is one about who reported it.
private func judge(_ signal: Signal, _ state: inout SubjectState) -> [NeighbourSignal] {
    guard signal.hops < Signal.maximumHops else { return [] }
    return state.tellReporters(at: signal.time).sorted().map { reporter in
        var next = NeighbourSignal(
            target: Subject(.account, reporter), kind: .reportJudged, hops: signal.hops + 1)
        next.ordinal = signal.ordinal
        if signal.kind == .upheld { next.flags = .upheld }
        return next
    }
}

/// How long after a group was taken down those who come to another are its cohort.
private let cohortLength = TimeSpan.days(30)
/// The most groups that one arrival tells of, the latest.
private let maximumCohorts = 3

/// An account of a group that was taken down comes to another group. A minor who merely joined the
/// one is rather its victim (I13).
private func arrive(_ signal: Signal, _ state: inout SubjectState) -> [NeighbourSignal] {
    guard !state.standing.isEmpty, let group = signal.related, group.kind == .group else {
        return []
    }
    var seen: [Subject] = []
    var result: [NeighbourSignal] = []
    for standing in state.standing.reversed() {
        guard let origin = standing.cohort, origin != group, !seen.contains(origin),
            standing.time <= signal.time, signal.time - standing.time < cohortLength,
            standing.nearness == .close || !state.has(.minor),
            seen.count < maximumCohorts
        else { continue }
        seen.append(origin)
        var next = cohort(.cohortJoined, signal.subject, of: origin, at: group, 1)
        next.ordinal = UInt16(result.count)
        next.decision = standing.decision
        next.action = standing.action
        next.text = groupName(standing.name)
        if standing.nearness == .close { next.flags = .granted }
        result.append(next)
        guard let forgotten = state.remember(joined: group.id, from: origin) else { continue }
        var left = cohort(
            .cohortLeft, signal.subject, of: origin, at: Subject(.group, forgotten), 1)
        left.ordinal = UInt16(result.count)
        left.decision = standing.decision
        result.append(left)
    }
    return result
}

/// What follows from the reversal of an enforcement against a group: the account is no longer of the
/// cohort where it came to, unless another decision stands against that group. It ends there, so its
/// hops stay within the limit.
func leaving(
    after signal: Signal, of stood: Standing, _ state: SubjectState
) -> [NeighbourSignal] {
    guard let origin = stood.cohort, !state.standing.contains(where: { $0.cohort == origin }) else {
        return []
    }
    return stood.joined.sorted().map {
        var next = cohort(
            .cohortLeft, signal.subject, of: origin, at: Subject(.group, $0), Signal.maximumHops)
        // Others of that group say the same at the same place, each with its own number.
        next.ordinal = signal.ordinal
        next.decision = stood.decision
        return next
    }
}

private func cohort(
    _ kind: SignalKind, _ account: Subject, of origin: Subject, at group: Subject, _ hops: UInt8
) -> NeighbourSignal {
    var next = NeighbourSignal(target: group, kind: kind, hops: hops)
    next.actor = account.id
    next.related = origin
    next.member = account.id
    return next
}

/// What is told of a group's name; nil where nothing is known.
func groupName(_ sketch: UInt64) -> TextFacts? {
    sketch == 0 ? nil : TextFacts(surface: .groupName, sketch: sketch)
}

extension Standing {
    /// The group that was taken down, of which the account is; nil where it is something else.
    fileprivate var cohort: Subject? {
        guard let teller, teller.kind == .group, nearness != .own,
            action == .removeGroup || action == .disableGroup
        else { return nil }
        return teller
    }
}
