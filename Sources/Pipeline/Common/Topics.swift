/// The names of the topics; these defaults are design's.
public struct Topics: Hashable, Sendable {
    /// What happens to accounts.
    public var accounts = "platform.accounts.v1"
    /// What happens to groups.
    public var groups = "platform.groups.v1"
    /// What happens to invite links.
    public var invites = "platform.invites.v1"
    /// What users and organisations report.
    public var reports = "platform.reports.v1"
    /// Signals that travel to their subject's home, and feedback.
    public var signals = "tutela.signals.v1"
    /// Changes of the banks; one partition.
    public var hashEntries = "safety.hash-entries.v1"
    /// Reviewers' signed verdicts; one partition.
    public var verdicts = "safety.verdicts.v1"
    /// What rules propose; one partition.
    public var proposals = "tutela.proposals.v1"
    /// Assess's changelog.
    public var assessState = "tutela.state.assess.v1"
    /// Enforce's changelog; one partition.
    public var enforceState = "tutela.state.enforce.v1"
    /// Packs in normal form; one partition.
    public var packs = "tutela.packs.v1"
    /// One record for each task and commit.
    public var ledger = "tutela.ledger.v1"
    /// Rejected input, sealed.
    public var deadLetters = "tutela.dead-letters.v1"
    /// Actions to carry out, and reversals.
    public var enforcement = "safety.enforcement.v1"
    /// Tips, complete and sealed.
    public var cyberTips = "safety.cybertip.v1"
    /// What a human should look at.
    public var reviewRequests = "safety.review-requests.v1"

    /// The default names.
    public init() {}

    /// The sources of Assess in rank order.
    public var assessSources: [String] { [accounts, groups, invites, reports, signals] }
    /// The sources of Enforce in rank order.
    public var enforceSources: [String] { [proposals, verdicts] }
}
