public import SafetyModel

/// The closed set of facts about a subject that rules compare. Windows of hours end with the hour
/// of the signal, windows of days with its day (UTC), both included.
public enum Feature: UInt8, Sendable, CaseIterable {
    case ageHours
    case groupsCreated24h, groupsCreated7d, linksCreated24h, linksCreated7d
    case membersAdded24h, joins24h, contacts24h, profileChanges24h
    case numberChanges7d, deviceChanges7d, reportsFiled24h
    case memberAdds24h, refusals24h, leaves24h, settingsChanges24h
    case reports7d, trustedReports30d, reporters7d, reporters30d
    case agedReporters7d, agedReporters30d, blockers7d
    case sightings7d, sightingSources7d, sightingClasses7d
    case enforcements30d, tiedEnforcements30d, looseEnforcements30d
    case administrators, links
    case reusedDevice, reusedNumber, virtualNumber, minor

    /// The name in packs.
    public var name: String { description.name }

    /// The subjects that have it.
    public var kinds: [SubjectKind] { description.kinds }

    /// What it is, for the reference of features.
    public var meaning: String { description.meaning }

    private var description: (name: String, kinds: [SubjectKind], meaning: String) {
        Self.descriptions[Int(rawValue)]
    }

    /// The features that a signal of this kind may change, apart from the passing of time.
    public static func touched(by kind: SignalKind) -> [Feature] {
        switch kind {
        case .registered, .created:
            [.ageHours, .reusedDevice, .reusedNumber, .virtualNumber, .minor]
        case .groupCreated: [.groupsCreated24h, .groupsCreated7d]
        case .linkCreated: [.linksCreated24h, .linksCreated7d, .links]
        case .addedMember: [.membersAdded24h]
        case .joinedByLink, .memberJoined: [.joins24h]
        case .contacts: [.contacts24h]
        case .profileChanged: [.profileChanges24h]
        case .numberChanged: [.numberChanges7d]
        case .deviceChanged: [.deviceChanges7d]
        case .filedReport: [.reportsFiled24h]
        case .memberAdded: [.memberAdds24h]
        case .memberRefused: [.refusals24h]
        case .memberLeft: [.leaves24h]
        case .settingsChanged: [.settingsChanges24h]
        case .adminChanged: [.administrators]
        case .reported, .reportWithdrawn:
            [
                .reports7d, .trustedReports30d, .reporters7d, .reporters30d, .agedReporters7d,
                .agedReporters30d,
            ]
        case .blocked, .unblocked: [.blockers7d]
        case .sighted: [.sightings7d, .sightingSources7d, .sightingClasses7d, .links]
        case .enforced, .reversed, .neighbourEnforced, .neighbourReversed:
            [.enforcements30d, .tiedEnforcements30d, .looseEnforcements30d]
        case .selfDeleted, .reinstated, .administers, .memberRemoved, .dissolved, .reset,
            .sightingGone, .mediaSet, .rescanned, .cleared:
            []
        }
    }

    /// Whether an enforcement restricts, rather than protects; only such count.
    static func isRestriction(_ action: Action?) -> Bool {
        guard let action else { return true }
        return action.actionClass != .protective
    }
}

extension SubjectState {
    /// A feature's value for a signal at `time`; nil where it is not known.
    public func value(of feature: Feature, at time: Instant) -> Double? {
        switch feature {
        case .ageHours:
            facts.born.map { Double((time - $0).milliseconds / 3_600_000) }
        case .groupsCreated24h: hours(.groupsCreated, time)
        case .groupsCreated7d: days(.groupsCreated, 7, time)
        case .linksCreated24h: hours(.linksCreated, time)
        case .linksCreated7d: days(.linksCreated, 7, time)
        case .membersAdded24h: hours(.membersAdded, time)
        case .joins24h: hours(.joins, time)
        case .contacts24h: hours(.contacts, time)
        case .profileChanges24h: hours(.profileChanges, time)
        case .numberChanges7d: days(.numberChanges, 7, time)
        case .deviceChanges7d: days(.deviceChanges, 7, time)
        case .reportsFiled24h: hours(.reportsFiled, time)
        case .memberAdds24h: hours(.memberAdds, time)
        case .refusals24h: hours(.refusals, time)
        case .leaves24h: hours(.leaves, time)
        case .settingsChanges24h: hours(.settingsChanges, time)
        case .reports7d: days(.reports, 7, time)
        case .trustedReports30d: days(.trustedReports, 30, time)
        case .reporters7d: parties(.reporters, 7, time)
        case .reporters30d: parties(.reporters, 30, time)
        case .agedReporters7d: parties(.agedReporters, 7, time)
        case .agedReporters30d: parties(.agedReporters, 30, time)
        case .blockers7d: parties(.blockers, 7, time)
        case .sightings7d: days(.sightings, 7, time)
        case .sightingSources7d: parties(.sources, 7, time)
        case .sightingClasses7d: parties(.sourceClasses, 7, time)
        case .enforcements30d: standing(time) { $0.nearness == .own }
        case .tiedEnforcements30d: standing(time) { $0.nearness == .close }
        case .looseEnforcements30d: standing(time) { $0.nearness == .loose }
        case .administrators: tied(.administrator)
        case .links: tied(.link)
        case .reusedDevice: flag(.reusedDevice)
        case .reusedNumber: flag(.reusedNumber)
        case .virtualNumber: flag(.virtualNumber)
        case .minor: flag(.minor)
        }
    }

    /// Whether the account created the subject or has admin rights in it, as far as is remembered.
    public func isRunBy(_ account: String) -> Bool {
        relations.has([.creator, .administrator], Subject(.account, account))
    }

    /// Whether the subject created the group or has admin rights in it, as far as is remembered.
    public func runs(_ group: Subject) -> Bool {
        relations.has([.createdGroup, .administeredGroup], group)
    }

    private func hours(_ tally: Tally, _ time: Instant) -> Double {
        Double(counters.sum(tally, .hour, last: 24, to: time))
    }

    private func days(_ tally: Tally, _ count: Int64, _ time: Instant) -> Double {
        Double(counters.sum(tally, .day, last: count, to: time))
    }

    private func parties(_ slot: DistinctSlot, _ count: Int64, _ time: Instant) -> Double {
        Double(distinct.count(slot, last: count, to: Resolution.day.bucket(time)))
    }

    private func standing(_ time: Instant, _ isMeant: (Standing) -> Bool) -> Double {
        let start = time - .days(30)
        return Double(
            feedback.all.count {
                isMeant($0) && Feature.isRestriction($0.action) && $0.time > start
                    && $0.time <= time
            })
    }

    private func tied(_ tie: Tie) -> Double { Double(relations.all.count { $0.tie == tie }) }

    private func flag(_ flag: EventFlags) -> Double { facts.flags.contains(flag) ? 1 : 0 }
}
