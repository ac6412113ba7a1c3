public import SafetyModel

/// What came of one signal.
public struct Evaluation: Sendable {
    /// Whether the signal was taken in.
    public enum Outcome: Sendable { case applied, expired }

    /// In order of rule and target.
    public var drafts: [ProposalDraft]
    /// Feedback to pass on to tied subjects, in order of target.
    public var neighbours: [NeighbourSignal]
    /// `expired`: its time is before every bucket still held, and nothing was counted. Matches of
    /// such a signal still reached the rules.
    public var outcome: Outcome

    /// What came of one signal.
    public init(
        drafts: [ProposalDraft] = [], neighbours: [NeighbourSignal] = [],
        outcome: Outcome = .applied
    ) {
        self.drafts = drafts
        self.neighbours = neighbours
        self.outcome = outcome
    }
}

/// What a rule alone knows of a proposal. Its id derives from (signal id, rule, target).
public struct ProposalDraft: Sendable, Equatable {
    /// The rule's id in the pack.
    public var rule: String
    /// The subject that the actions are for; one draft for each target.
    public var target: Subject
    /// What to do, in the rule's order; each fits the target.
    public var actions: [Action]
    /// What it is about.
    public var harm: Harm
    /// On trial: record, do not act.
    public var isShadow: Bool
    /// How much the rule may do by itself (I8).
    public var budget: Budget
    /// The features that the rule reads, in the rule's order, then its scores, each followed by its
    /// largest contributions as `score/feature`.
    public var reasons: [Reason]
    /// Those of the signal's matches that the rule rests on.
    public var matches: [Match]

    /// A rule's wish.
    public init(
        rule: String, target: Subject, actions: [Action], harm: Harm, isShadow: Bool,
        budget: Budget, reasons: [Reason], matches: [Match]
    ) {
        self.rule = rule
        self.target = target
        self.actions = actions
        self.harm = harm
        self.isShadow = isShadow
        self.budget = budget
        self.reasons = reasons
        self.matches = matches
    }
}

/// What one subject's home tells another's after a signal: feedback that travels on, or what its own
/// history says about what the signal names.
public struct NeighbourSignal: Sendable, Equatable {
    /// Whom to tell.
    public var target: Subject
    /// What is told.
    public var kind: SignalKind
    /// One more than the signal's; at most `Signal.maximumHops`.
    public var hops: UInt8
    /// Which of the cause's signals of this kind to the target it is.
    public var ordinal: UInt16 = 0
    /// The enforcement that is passed on, or taken back.
    public var decision: ContentID?
    /// What was done; nil where the feedback did not say.
    public var action: Action?
    /// What the new signal names besides its subject; nil for the subject just evaluated.
    public var related: Subject?
    /// Who did it; nil for the actor of the signal just evaluated.
    public var actor: String?
    /// See `Signal`.
    public var party: UInt64 = 0
    /// The account that is the party; who sends the signal makes its party as of any event.
    public var member: String?
    /// See `Signal`.
    public var flags: EventFlags = []
    /// See `Signal`.
    public var category: UInt8 = 0
    /// See `Signal`.
    public var device: UInt64 = 0
    /// See `Signal`.
    public var circle: UInt64 = 0
    /// Of a group that was taken down: its name.
    public var text: TextFacts?

    init(
        target: Subject, kind: SignalKind, hops: UInt8, decision: ContentID? = nil,
        action: Action? = nil
    ) {
        self.target = target
        self.kind = kind
        self.hops = hops
        self.decision = decision
        self.action = action
    }

    /// The signal to the target's home: time, region and cause are those of the signal just evaluated,
    /// of a weighed report also the report, which reviewers need, and whose it is (I13).
    /// - Parameter key: the target's.
    public func signal(after cause: Signal, key: SubjectKey) -> Signal {
        Signal(
            cause: cause.cause, ordinal: ordinal, kind: kind, time: cause.time, subject: target,
            key: key, actor: actor ?? cause.actor, related: related ?? cause.subject, party: party,
            flags: flags, region: cause.region, category: category, hops: hops,
            isLate: cause.isLate, evidence: kind == .reportWeighed ? cause.evidence : nil,
            decision: decision, action: action, device: device,
            circle: circle, text: text)
    }
}
