/// How far Enforce may go, per region and action (I14).
public enum Mode: UInt8, Sendable, CaseIterable {
    /// Record only.
    case observe = 1
    /// Publish as advice; the platform does not carry it out.
    case advise = 2
    case enforce = 3
}

/// A published action, or its reversal.
public struct Enforcement: Hashable, Sendable {
    /// From (proposal or verdict id, target, action) (I5).
    public var id: ContentID
    public var subject: Subject
    public var action: Action
    public var rule: String
    public var harm: Harm
    public var mode: Mode
    public var role: Role
    public var packDigest: [UInt8]
    public var bankVersion: Int64
    public var proposal: ContentID?
    public var verdict: ContentID?
    /// The enforcement that this one lifts.
    public var reverses: ContentID?
    /// When the platform lifts it by itself; nil where it does not expire.
    public var expires: Instant?
    /// The cause's event time.
    public var time: Instant
    /// `bank/entry` of each match, and media references.
    public var evidence: [String]
    public var region: String

    public init(
        id: ContentID, subject: Subject, action: Action, rule: String, harm: Harm, mode: Mode,
        role: Role, packDigest: [UInt8], bankVersion: Int64, proposal: ContentID?,
        verdict: ContentID?, reverses: ContentID?, expires: Instant?, time: Instant,
        evidence: [String], region: String
    ) {
        self.id = id
        self.subject = subject
        self.action = action
        self.rule = rule
        self.harm = harm
        self.mode = mode
        self.role = role
        self.packDigest = packDigest
        self.bankVersion = bankVersion
        self.proposal = proposal
        self.verdict = verdict
        self.reverses = reverses
        self.expires = expires
        self.time = time
        self.evidence = evidence
        self.region = region
    }
}

/// Why a proposal went to a human instead of, or besides, being carried out.
public enum ReviewReason: UInt8, Hashable, Sendable, CaseIterable {
    case proposed = 1
    case nearMatch, notConclusive, forcedRole, budgetSpent, entryQuarantined, evidenceGone
    case shielded, mode, minorSubmitted, unknownTarget, imminent, reporterIsSubject
}

/// Something a human should look at.
public struct ReviewRequest: Sendable {
    public var id: ContentID
    public var proposal: Proposal
    public var reasons: [ReviewReason]
    /// 0 lowest to 100 highest.
    public var priority: UInt8
    public var role: Role
    /// The log time of the proposal plus the harm's deadline.
    public var deadline: Instant

    public init(
        id: ContentID, proposal: Proposal, reasons: [ReviewReason], priority: UInt8, role: Role,
        deadline: Instant
    ) {
        self.id = id
        self.proposal = proposal
        self.reasons = reasons
        self.priority = priority
        self.role = role
        self.deadline = deadline
    }
}

/// A reviewer's word, its signature already checked.
public struct Verdict: Sendable {
    public enum Outcome: UInt8, Sendable, CaseIterable {
        case confirm = 1
        case overturn = 2
        case renew = 3
        case dismiss = 4
        case needMore = 5
    }

    public var id: ContentID
    public var subject: Subject
    public var reviewer: String
    public var outcome: Outcome
    public var role: Role
    public var harm: Harm
    public var time: Instant
    public var actions: [(target: Subject, action: Action)]
    /// Proposals considered (I9's shield).
    public var proposals: [ContentID]
    /// Enforcements overturned.
    public var overturned: [ContentID]
    /// Entries to withdraw, and digests to learn, as bank entries.
    public var entries: [HashEntry]
    /// `tutela.v1.Verdict`, for the tip: what a human viewed, escalation text.
    public var wire: [UInt8]

    public init(
        id: ContentID, subject: Subject, reviewer: String, outcome: Outcome, role: Role,
        harm: Harm, time: Instant, actions: [(target: Subject, action: Action)],
        proposals: [ContentID], overturned: [ContentID], entries: [HashEntry], wire: [UInt8]
    ) {
        self.id = id
        self.subject = subject
        self.reviewer = reviewer
        self.outcome = outcome
        self.role = role
        self.harm = harm
        self.time = time
        self.actions = actions
        self.proposals = proposals
        self.overturned = overturned
        self.entries = entries
        self.wire = wire
    }
}

/// How one delivered record ended (I1). The raw values are the wire's.
public enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    case assessed = 1
    case duplicate = 2
    case late = 3
    case expired = 4
    case withheld = 5
    case deadLetter = 6
}

/// Why a record is a dead letter. The raw values are the wire's.
public enum RejectionReason: UInt8, Hashable, Sendable, CaseIterable {
    case malformedPayload = 1
    case unknownVersion, missingField, oversize, badDigestLength, impossibleTime, unknownEnum
    case badUTF8, badSignature, unknownType, tooDeep, tooMany, keyMismatch
    case unknownContentType, outOfRange
}

/// A record's rejection: what and where, never the value.
public struct Rejection: Error, Hashable, Sendable {
    public var reason: RejectionReason
    /// The field's path, such as `registered.media[1].digests[0].bytes`, or a header's name.
    public var field: String

    public init(_ reason: RejectionReason, field: String) {
        self.reason = reason
        self.field = field
    }
}
