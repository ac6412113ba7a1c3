public import SafetyModel

extension SubjectState {
    /// Days that cells hold at most; an older signal is expired.
    static let heldDays: Int64 = 32

    /// The subject's time moves on to that of a signal; buckets that are no longer held are
    /// dropped.
    /// - Returns: false where the signal is from before every bucket that is held.
    public mutating func begin(at time: Instant, _ layout: Layout) -> Bool {
        guard let before = newest else {
            newest = time
            return true
        }
        let day = Resolution.day.bucket(time)
        guard time > before else {
            return day > Resolution.day.bucket(before) - Self.heldDays
        }
        newest = time
        if day != Resolution.day.bucket(before), !features.isEmpty {
            features.expire(layout, newest: time)
        }
        return true
    }

    /// Whether counters take in, and windows answer for, this instant.
    public func isHeld(_ time: Instant) -> Bool {
        guard let newest else { return true }
        return Resolution.day.bucket(time) > Resolution.day.bucket(newest) - Self.heldDays
    }

    /// Takes in the facts, ties and feedback of a signal, which have no window.
    public mutating func learn(_ signal: Signal) {
        switch signal.kind {
        case .registered:
            facts.born.instant = signal.time
            facts.flags.formUnion(signal.flags.intersection(Facts.kept))
        case .created:
            facts.born.instant = signal.time
            facts.flags.formUnion(signal.flags.intersection(Facts.kept))
            relations.add(.creator, account(signal.actor), at: signal.time)
            if signal.subject.kind == .inviteLink {
                relations.add(.group, signal.related, at: signal.time)
            }
        case .numberChanged: changeSeldom { $0.numberChange.raise(to: signal.time) }
        case .deviceChanged: facts.deviceChange.raise(to: signal.time)
        case .filedReport:
            if signal.flags.contains(.threatened) {
                changeSeldom { $0.threat.raise(to: signal.time) }
            }
            if let reported = signal.related { testify { $0.file(reported, at: signal.time) } }
        case .reported:
            if let reporter = signal.actor, account(reporter) != signal.subject {
                testify { $0.hear(reporter, at: signal.time) }
            }
        case .reportJudged:
            guard let reported = signal.related, testimony != nil else { break }
            let finding: Finding = signal.flags.contains(.upheld) ? .upheld : .unfounded
            testify { $0.judge(reported, finding) }
        case .groupCreated: relations.add(.createdGroup, signal.related, at: signal.time)
        case .linkCreated:
            let tie: Tie = signal.subject.kind == .group ? .link : .createdLink
            relations.add(tie, signal.related, at: signal.time)
        case .joinedByLink: relations.add(.joinedGroup, signal.related, at: signal.time)
        case .memberJoined where signal.subject.kind == .group:
            relations.add(.member, account(signal.actor), at: signal.time)
        case .memberLeft: relations.remove(.member, account(signal.actor))
        case .memberRemoved: relations.remove(.member, signal.related)
        case .cohortJoined:
            guard let origin = signal.related else { break }
            let arrival = Arrival(
                mark: origin.mark, party: signal.party, name: signal.text?.sketch ?? 0)
            testify { $0.arrive(arrival) }
        case .cohortLeft:
            if let origin = signal.related, testimony != nil {
                testify { $0.leave(signal.party, from: origin.mark) }
            }
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
        if facts.born.instant == nil { facts.born.instant = snapshot.registered }
        if snapshot.isMinor { facts.flags.insert(.minor) }
        facts.deviceChange.raise(to: snapshot.lastDeviceChange)
        guard snapshot.lastNumberChange != nil || snapshot.reportedThreat != nil else { return }
        changeSeldom {
            $0.numberChange.raise(to: snapshot.lastNumberChange)
            $0.threat.raise(to: snapshot.reportedThreat)
        }
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
        let standing = Standing(
            decision: decision, action: signal.action, time: signal.time,
            hops: min(signal.hops, Signal.maximumHops),
            nearness: signal.kind == .enforced ? .own : isClose ? .close : .loose,
            teller: signal.kind == .enforced ? nil : signal.related,
            name: signal.text?.sketch ?? 0, told: [])
        changeSeldom { $0.feedback.add(standing) }
    }

    private mutating func testify(_ body: (inout Testimony) -> Void) {
        changeSeldom { body(&$0.testimony) }
    }

    /// Takes an enforcement back.
    /// - Returns: what stood; nil where nothing did, or not any more.
    public mutating func withdraw(_ decision: ContentID) -> Standing? {
        changeSeldom { $0.feedback.withdraw(decision) }
    }
}
