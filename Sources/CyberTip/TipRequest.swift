public import EventSchemas
public import SafetyModel

/// Everything a tip is built from. Nothing else is looked up, now or when it is filed.
public struct TipRequest: Sendable {
    /// The reported account's id; its role is offender (I13).
    public var account: String
    /// What proposals carried, the main one first; empty when a verdict alone asked.
    public var proposals: [Proposal]
    /// The verdict that asked, sealed; nil when automation decided.
    public var verdict: PBVerdict?
    /// The verdict's id.
    public var verdictID: ContentID?
    /// The enforcement record of the action `report_cybertip`.
    public var enforcement: ContentID
    /// The incident; the record's key.
    public var incident: ContentID
    /// The harm as decided.
    public var harm: Harm
    /// When actual knowledge was obtained: the verdict's time, or the conclusive match's.
    public var knowledge: Instant
    /// Log time of the proposal or verdict.
    public var issued: Instant
    /// Bank version the evidence was checked with.
    public var bankVersion: Int64
    /// Region that decides the legal regime.
    public var region: String
    /// What the platform is told to do to the account besides, for the tip's echo (CT-16).
    public var measures: Set<Action>
    /// An earlier tip, and how this one stands to it.
    public var related: (relation: PBTipRelation, tip: ContentID)?
    /// How many tips on the account and incident were corrected before: a tip that comes again on the
    /// same evidence is another one.
    public var corrections: UInt8

    /// Makes a request.
    public init(
        account: String, proposals: [Proposal], verdict: PBVerdict? = nil,
        verdictID: ContentID? = nil, enforcement: ContentID, incident: ContentID, harm: Harm,
        knowledge: Instant, issued: Instant, bankVersion: Int64, region: String,
        measures: Set<Action> = [], related: (relation: PBTipRelation, tip: ContentID)? = nil,
        corrections: UInt8 = 0
    ) {
        self.account = account
        self.proposals = proposals
        self.verdict = verdict
        self.verdictID = verdictID
        self.enforcement = enforcement
        self.incident = incident
        self.harm = harm
        self.knowledge = knowledge
        self.issued = issued
        self.bankVersion = bankVersion
        self.region = region
        self.measures = measures
        self.related = related
        self.corrections = corrections
    }
}

/// A tip, and what the gates say about it.
public struct TipDraft: Sendable {
    /// The tip, complete but for what `problems` names.
    public var tip: PBCyberTip
    /// In the order of gates.
    public var problems: [TipProblem]

    /// Whether a gate blocks it: it must not be published, a human must look.
    public var isBlocked: Bool { problems.contains { $0.level == .block } }
}

/// One thing that a gate found.
public struct TipProblem: Hashable, Sendable {
    /// What a gate does.
    public enum Level: UInt8, Sendable, Comparable {
        /// Noted.
        case record = 1
        /// Lowers the quality tier.
        case warn
        /// Keeps the tip from being published.
        case block

        /// By severity.
        public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
    }

    /// The gate's number, as in CT-07.
    public var gate: UInt8
    /// What the gate does about it.
    public var level: Level
    /// What is missing; nil where the problem is no missing field.
    public var field: PBTipField?

    /// Makes a problem.
    public init(gate: UInt8, level: Level, field: PBTipField? = nil) {
        self.gate = gate
        self.level = level
        self.field = field
    }
}
