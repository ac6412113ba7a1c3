package import EventSchemas
public import SafetyModel

/// One thing that Enforce wants published, before it is a record.
package enum EnforceIssue: Sendable {
    case enforcement(IssuedAction)
    case tip(PBCyberTip, time: Instant)
    case review(PBReviewRequest, time: Instant)
    /// A feedback signal for its subject's home.
    case feedback(Signal)
    /// A change of the learned bank.
    case entry(HashEntry, verdict: ContentID, time: Instant)
    /// An entry's quarantine, and the proposal or verdict that it comes from.
    case quarantine(EntryQuarantine, origin: ContentID, verdict: ContentID?, time: Instant)
}

/// An enforcement with what only its record tells.
package struct IssuedAction: Sendable {
    package var enforcement: Enforcement
    package var incident: ContentID
    /// Log time of the proposal or verdict.
    package var decided: Instant
    package var isConclusive: Bool
    package var reasons: [ReviewReason]
    package var tip: ContentID?
    /// For a reversal: what is lifted.
    package var reversedAction: Action?
    /// For a reversal: another decision still holds the action.
    package var isStillHeld = false
}

/// What became of one record.
package struct EnforceResult: Sendable {
    package var outcome: Outcome
    /// In the order of publication.
    package var issues: [EnforceIssue] = []
    package var alarms: [EnforceAlarm] = []
}

/// Something that people who run Enforce should hear of. A closed set, for metrics.
public enum EnforceAlarm: String, Hashable, Sendable, CaseIterable {
    /// A rule, an action or automation as a whole used its budget up.
    case budgetSpent = "budget_spent"
    /// A hash entry flooded and is in quarantine.
    case entryQuarantined = "entry_quarantined"
    /// Memory is full of decisions that stand; automation stops.
    case memoryFull = "memory_full"
    /// A verdict asked for an irreversible action and a role other than offender.
    case verdictRefused = "verdict_refused"
    /// A verdict named an enforcement that is not known.
    case unknownEnforcement = "unknown_enforcement"
    /// A tip lacked what it must have and went to review.
    case tipBlocked = "tip_blocked"
    /// A mode held back what a verdict asked for.
    case heldByMode = "held_by_mode"
}

/// What Enforce made of a batch, for metrics and progress.
public struct EnforceCounts: Hashable, Sendable {
    /// An action in a mode.
    public struct Key: Hashable, Sendable {
        /// The action.
        public var action: Action
        /// The mode it was published in.
        public var mode: Mode
    }

    /// Enforcements published; reversals under `reverse`.
    public var actions: [Key: Int] = [:]
    /// Tips published by tier: `referral_ready`, `partial`, `informational`; corrections under
    /// `correction`.
    public var tips: [String: Int] = [:]
    /// Reasons given in review requests.
    public var reviews: [ReviewReason: Int] = [:]
    /// Review requests.
    public var reviewRequests = 0
    /// Feedback signals.
    public var feedback = 0
    /// Changes of the learned bank.
    public var learnedEntries = 0
    /// Entries put under quarantine, and taken out of it.
    public var quarantines = 0
    /// Proposals of rules on trial.
    public var shadows = 0
    /// What people should hear of.
    public var alarms: [EnforceAlarm: Int] = [:]

    /// Nothing happened.
    public init() {}
}
