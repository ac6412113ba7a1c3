/// The names of the topics; these defaults are design's.
public struct Topics: Hashable, Sendable {
    public var accounts = "platform.accounts.v1"
    public var groups = "platform.groups.v1"
    public var invites = "platform.invites.v1"
    public var reports = "platform.reports.v1"
    public var signals = "tutela.signals.v1"
    public var hashEntries = "safety.hash-entries.v1"
    public var verdicts = "safety.verdicts.v1"
    public var proposals = "tutela.proposals.v1"
    public var assessState = "tutela.state.assess.v1"
    public var enforceState = "tutela.state.enforce.v1"
    public var packs = "tutela.packs.v1"
    public var ledger = "tutela.ledger.v1"
    public var deadLetters = "tutela.dead-letters.v1"
    public var enforcement = "safety.enforcement.v1"
    public var cyberTips = "safety.cybertip.v1"
    public var reviewRequests = "safety.review-requests.v1"

    public init() {}

    /// The sources of Assess in rank order.
    public var assessSources: [String] { [accounts, groups, invites, reports, signals] }
    /// The sources of Enforce in rank order.
    public var enforceSources: [String] { [proposals, verdicts] }
}
