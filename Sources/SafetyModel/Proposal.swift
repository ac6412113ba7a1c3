/// A rule's wish, with its evidence: what Assess writes and Enforce settles.
public struct Proposal: Sendable {
    /// From (signal id, rule, target) (I5).
    public var id: ContentID
    public var signal: ContentID
    public var rule: String
    /// The subject whose state fired the rule.
    public var subject: Subject
    /// The subject the actions are for; often the same.
    public var target: Subject
    public var actions: [Action]
    public var harm: Harm
    public var isShadow: Bool
    public var budget: Budget
    /// SHA-256 of the pack's normal form.
    public var packDigest: [UInt8]
    public var bankVersion: Int64
    /// The cause's event time.
    public var time: Instant
    public var region: String
    public var matches: [Match]
    public var evidence: Evidence?
    /// Feature values and score contributions, for the reviewer.
    public var reasons: [Reason]
    /// Groups proposals about one incident, so that they become one tip (CT-18).
    public var incident: ContentID
    /// Report category and flags of the triggering signal.
    public var category: UInt8
    public var flags: EventFlags
    public var hops: UInt8

    public init(
        id: ContentID, signal: ContentID, rule: String, subject: Subject, target: Subject,
        actions: [Action], harm: Harm, isShadow: Bool, budget: Budget, packDigest: [UInt8],
        bankVersion: Int64, time: Instant, region: String, matches: [Match], evidence: Evidence?,
        reasons: [Reason], incident: ContentID, category: UInt8, flags: EventFlags, hops: UInt8
    ) {
        self.id = id
        self.signal = signal
        self.rule = rule
        self.subject = subject
        self.target = target
        self.actions = actions
        self.harm = harm
        self.isShadow = isShadow
        self.budget = budget
        self.packDigest = packDigest
        self.bankVersion = bankVersion
        self.time = time
        self.region = region
        self.matches = matches
        self.evidence = evidence
        self.reasons = reasons
        self.incident = incident
        self.category = category
        self.flags = flags
        self.hops = hops
    }
}

/// A named number that a rule saw.
public struct Reason: Hashable, Sendable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}

/// How much a rule may do by itself in a period (I8).
public struct Budget: Hashable, Sendable {
    public var period: TimeSpan
    /// A fixed number, or the floor where `baseline` is set.
    public var limit: Int64
    /// A multiple of the rule's trailing seven-day mean per period; nil for a fixed number.
    public var baseline: Double?
    /// The most that `baseline` may allow.
    public var cap: Int64

    public init(period: TimeSpan, limit: Int64, baseline: Double? = nil, cap: Int64 = .max) {
        self.period = period
        self.limit = limit
        self.baseline = baseline
        self.cap = cap
    }
}
