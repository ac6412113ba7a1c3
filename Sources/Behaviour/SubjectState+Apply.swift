public import SafetyModel

extension SubjectState {
    /// Takes a signal in. Late ones, and ones from before every bucket that is held, change no
    /// counter; facts, ties and feedback, which have no window, are taken from any.
    ///
    /// - Returns: false where the signal is from before every bucket that is held.
    public mutating func apply(_ signal: Signal) -> Bool {
        advance(to: signal.time)
        let isHeld = isHeld(signal.time)
        if isHeld && !signal.isLate { count(signal) }
        learn(signal)
        return isHeld
    }

    /// Whether counters take in, and windows answer for, this instant.
    public func isHeld(_ time: Instant) -> Bool { isHeld(time, .day) }

    private func isHeld(_ time: Instant, _ resolution: Resolution) -> Bool {
        guard let newest else { return true }
        return resolution.bucket(time) > resolution.bucket(newest) - resolution.held
    }

    private mutating func advance(to time: Instant) {
        first = min(first ?? time, time)
        guard let before = newest else {
            newest = time
            distinct.advance(to: Resolution.day.bucket(time))
            return
        }
        guard time > before else { return }
        newest = time
        guard Resolution.hour.bucket(time) != Resolution.hour.bucket(before) else { return }
        counters.expire(newest: time)
        distinct.advance(to: Resolution.day.bucket(time))
    }

    private mutating func count(_ signal: Signal) {
        switch signal.kind {
        case .groupCreated: add(.groupsCreated, signal, hourly: true, daily: true)
        case .linkCreated: add(.linksCreated, signal, hourly: true, daily: true)
        case .addedMember: add(.membersAdded, signal, hourly: true)
        case .joinedByLink, .memberJoined: add(.joins, signal, hourly: true)
        case .contacts: add(.contacts, signal, hourly: true)
        case .profileChanged: add(.profileChanges, signal, hourly: true)
        case .numberChanged: add(.numberChanges, signal, daily: true)
        case .deviceChanged: add(.deviceChanges, signal, daily: true)
        case .filedReport: add(.reportsFiled, signal, hourly: true)
        case .memberAdded: add(.memberAdds, signal, hourly: true)
        case .memberRefused: add(.refusals, signal, hourly: true)
        case .memberLeft: add(.leaves, signal, hourly: true)
        case .settingsChanged: add(.settingsChanges, signal, hourly: true)
        case .reported: countReport(signal)
        case .blocked: insert(.blockers, signal.party, signal)
        case .sighted: countSighting(signal)
        case .reportWithdrawn:
            distinct.remove(.reporters, signal.party)
            distinct.remove(.agedReporters, signal.party)
        case .unblocked: distinct.remove(.blockers, signal.party)
        case .registered, .selfDeleted, .reinstated, .administers, .created, .memberRemoved,
            .adminChanged, .dissolved, .reset, .sightingGone, .mediaSet, .rescanned, .enforced,
            .reversed, .neighbourEnforced, .neighbourReversed, .cleared:
            break
        }
    }

    private mutating func countReport(_ signal: Signal) {
        add(.reports, signal, daily: true)
        insert(.reporters, signal.party, signal)
        if signal.flags.contains(.trustedSource) {
            add(.trustedReports, signal, daily: true)
        }
        if signal.flags.contains(.agedReporter) || signal.flags.contains(.trustedSource) {
            insert(.agedReporters, signal.party, signal)
        }
    }

    /// A place that shows a link from before it existed is no witness.
    private mutating func countSighting(_ signal: Signal) {
        if signal.subject.kind == .inviteLink, let born = facts.born, signal.time < born { return }
        add(.sightings, signal, daily: true)
        insert(.sources, signal.party, signal)
        insert(.sourceClasses, UInt64(signal.category), signal)
    }

    private mutating func add(
        _ tally: Tally, _ signal: Signal, hourly: Bool = false, daily: Bool = false
    ) {
        let amount = UInt32(clamping: signal.amount)
        // `count` has checked the days; hours are held for less long.
        if hourly && isHeld(signal.time, .hour) {
            counters.add(tally, .hour, amount, at: signal.time)
        }
        if daily { counters.add(tally, .day, amount, at: signal.time) }
    }

    private mutating func insert(_ slot: DistinctSlot, _ token: UInt64, _ signal: Signal) {
        distinct.insert(slot, token, day: Resolution.day.bucket(signal.time))
    }
}

extension SubjectState {
    private mutating func learn(_ signal: Signal) {
        switch signal.kind {
        case .registered:
            facts.born = signal.time
            facts.flags.formUnion(signal.flags.intersection(Facts.kept))
        case .created:
            facts.born = signal.time
            facts.flags.formUnion(signal.flags.intersection(Facts.kept))
            relations.add(.creator, account(signal.actor), at: signal.time)
            if signal.subject.kind == .inviteLink {
                relations.add(.group, signal.related, at: signal.time)
            }
        case .numberChanged: facts.numberChange = later(facts.numberChange, signal.time)
        case .deviceChanged: facts.deviceChange = later(facts.deviceChange, signal.time)
        case .filedReport:
            if signal.flags.contains(.threatened) {
                facts.threat = later(facts.threat, signal.time)
            }
        case .groupCreated: relations.add(.createdGroup, signal.related, at: signal.time)
        case .linkCreated:
            let tie: Tie = signal.subject.kind == .group ? .link : .createdLink
            relations.add(tie, signal.related, at: signal.time)
        case .joinedByLink: relations.add(.joinedGroup, signal.related, at: signal.time)
        case .administers: change(.administeredGroup, signal)
        case .adminChanged: change(.administrator, signal)
        case .sighted:
            if signal.subject.kind == .group {
                relations.add(.link, signal.related, at: signal.time)
            }
        case .enforced, .neighbourEnforced: remember(signal)
        default: break
        }
        if signal.subject.kind == .account, let snapshot = signal.evidence?.snapshot,
            snapshot.account == signal.subject.id
        {
            learn(snapshot)
        }
    }

    private mutating func learn(_ snapshot: ActorFacts) {
        facts.born = facts.born ?? snapshot.registered
        if snapshot.isMinor { facts.flags.insert(.minor) }
        facts.deviceChange = later(facts.deviceChange, snapshot.lastDeviceChange)
        facts.numberChange = later(facts.numberChange, snapshot.lastNumberChange)
        facts.threat = later(facts.threat, snapshot.reportedThreat)
    }

    private mutating func change(_ tie: Tie, _ signal: Signal) {
        if signal.flags.contains(.granted) {
            relations.add(tie, signal.related, at: signal.time)
        } else {
            relations.remove(tie, signal.related)
        }
    }

    private func account(_ id: String?) -> Subject? { id.map { Subject(.account, $0) } }

    private mutating func remember(_ signal: Signal) {
        guard let decision = signal.decision else { return }
        let close: [Tie] = [
            .creator, .administrator, .createdGroup, .administeredGroup, .createdLink, .link,
            .group,
        ]
        let isClose = signal.related.map { relations.has(close, $0) } ?? false
        feedback.add(
            Standing(
                decision: decision, action: signal.action, time: signal.time,
                hops: min(signal.hops, Signal.maximumHops),
                nearness: signal.kind == .enforced ? .own : isClose ? .close : .loose, told: []))
    }

    /// Takes an enforcement back.
    /// - Returns: what stood; nil where nothing did, or not any more.
    public mutating func withdraw(_ decision: ContentID) -> Standing? {
        feedback.withdraw(decision)
    }
}
