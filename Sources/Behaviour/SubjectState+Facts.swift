public import SafetyModel
import ScoreModels

/// What expressions ask of a subject outside the pack's cells.
extension SubjectState {
    /// How long before `time` it was registered or created, negative where that came later; nil
    /// where it was not seen.
    public func age(at time: Instant) -> TimeSpan? { facts.born.instant.map { time - $0 } }

    /// Whether it was registered or created with the flag.
    public func has(_ flag: EventFlags) -> Bool { facts.flags.contains(flag) }

    /// How many ties of a kind are remembered.
    public func count(_ tie: Tie) -> Int { relations.all.count { $0.tie == tie } }

    /// How long before `time` the oldest tie to a subject was told of; nil where there is none.
    public func tieAge(_ subject: Subject, at time: Instant) -> TimeSpan? {
        relations.all.filter { $0.tie.kind == subject.kind && $0.id == subject.id }
            .map(\.since).min().map { time - $0 }
    }

    /// Whether the account created the subject or has admin rights in it, as far as is remembered.
    public func isRunBy(_ account: String) -> Bool {
        relations.has([.creator, .administrator], Subject(.account, account))
    }

    /// Whether the subject created the group or has admin rights in it, as far as is remembered.
    public func runs(_ group: Subject) -> Bool {
        relations.has([.createdGroup, .administeredGroup], group)
    }

    /// Whether the account is remembered to have reported the subject.
    public func isReported(by account: String) -> Bool {
        testimony?.witnesses.contains { $0.account == account } ?? false
    }

    /// Restrictions of one nearness that have not been taken back and are younger than `length`.
    public func standing(_ nearness: Nearness, over length: TimeSpan, at time: Instant) -> Double {
        let start = time - length
        return Double(
            standing.count {
                $0.nearness == nearness && $0.isRestriction && $0.time > start && $0.time <= time
            })
    }

    /// The same, each counting half as much with each half-life of its age and with each hop.
    public func standing(
        _ nearness: Nearness, halfLife: TimeSpan, at time: Instant
    ) -> Double {
        var sum = 0.0
        for standing in self.standing
        where standing.nearness == nearness && standing.isRestriction && standing.time <= time {
            let age = Double((time - standing.time).milliseconds) / Double(halfLife.milliseconds)
            sum += PortableMath.half(age + Double(max(standing.hops, 1) - 1))
        }
        return sum
    }
}

extension Standing {
    /// Whether it restricts, rather than protects; only such count.
    var isRestriction: Bool { action.map { $0.actionClass != .protective } ?? true }
}
