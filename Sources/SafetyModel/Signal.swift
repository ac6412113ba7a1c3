/// A normalised fact about one subject: what features count and rules see.
public struct Signal: Sendable {
    /// The identity of the event, decision or rescan that caused it.
    public var cause: ContentID
    /// Which of its cause's signals this is.
    public var ordinal: UInt16
    public var kind: SignalKind
    public var time: Instant
    public var subject: Subject
    public var key: SubjectKey
    /// The account that did it.
    public var actor: String?
    public var related: Subject?
    /// Whom `distinct` features count: the first 64 bits of the party's key; 0 where nobody.
    public var party: UInt64
    public var amount: Int64
    public var flags: EventFlags
    public var region: String
    /// The event's: report category or sighting class, as the wire's number.
    public var category: UInt8
    /// How many times feedback has travelled already; it ends at `maximumHops`.
    public var hops: UInt8
    /// Counters skip a late signal, rules still see its matches.
    public var isLate: Bool
    public var evidence: Evidence?
    /// Filled by the match actor; indices of `evidence.media`.
    public var matches: [Match]
    /// For feedback: the decision that acted, and what it did. A reversal names the decision it
    /// lifts.
    public var decision: ContentID?
    public var action: Action?
    /// Of a report: whom `distinct` features may take for one because they used the same device, or
    /// reported the same subjects before; 0 where that is not known.
    public var device: UInt64
    public var circle: UInt64
    private var textBox: TextBox?

    /// The text that was set; of what is told of a group that was taken down, its name.
    public var text: TextFacts? {
        get { textBox?.facts }
        set { textBox = newValue.map(TextBox.init) }
    }

    public static let maximumHops: UInt8 = 2

    public init(
        cause: ContentID, ordinal: UInt16, kind: SignalKind, time: Instant, subject: Subject,
        key: SubjectKey, actor: String? = nil, related: Subject? = nil, party: UInt64 = 0,
        amount: Int64 = 1, flags: EventFlags = [], region: String = "", category: UInt8 = 0,
        hops: UInt8 = 0, isLate: Bool = false, evidence: Evidence? = nil, matches: [Match] = [],
        decision: ContentID? = nil, action: Action? = nil, device: UInt64 = 0, circle: UInt64 = 0,
        text: TextFacts? = nil
    ) {
        self.cause = cause
        self.ordinal = ordinal
        self.kind = kind
        self.time = time
        self.subject = subject
        self.key = key
        self.actor = actor
        self.related = related
        self.party = party
        self.amount = amount
        self.flags = flags
        self.region = region
        self.category = category
        self.hops = hops
        self.isLate = isLate
        self.evidence = evidence
        self.matches = matches
        self.decision = decision
        self.action = action
        self.device = device
        self.circle = circle
        textBox = text.map(TextBox.init)
    }
}

/// The closed set of signals. The raw values are the wire's. Each case says what `related` and
/// `party` are; `actor` is the account that did it. What features count on is in `Behaviour`.
public enum SignalKind: UInt8, Hashable, Sendable, CaseIterable {
    // About an account.
    /// Flags: reused device or number, virtual number, minor.
    case registered = 1
    case numberChanged, deviceChanged, profileChanged, selfDeleted, reinstated
    /// Amount: first contacts.
    case contacts
    /// Amount: of those, accounts believed to be minors; at least 1.
    case youngContacts
    // The account did this to or in `related`.
    /// Related: the group.
    case groupCreated = 20
    /// The account, or a group, has the new link `related`.
    case linkCreated
    /// Related: the group. Amount: members.
    case addedMember
    /// Related: the group joined.
    case joinedByLink
    /// Related: the group. Flag `granted`, else the right was taken.
    case administers
    /// The subject is the reporter. Related: the reported.
    case filedReport
    // About a group or a link.
    /// Actor: the creator. Related, of a link: its group.
    case created = 40
    case settingsChanged
    /// Party: the member.
    case memberAdded
    /// Party: the member. Related, of a group: the link, if one was used.
    case memberJoined
    /// Party: the member.
    case memberRefused, memberLeft, memberRemoved
    /// Related: the member. Flag `granted`, else the right was taken.
    case adminChanged
    case dissolved, reset
    /// The subject is the link, or its group with `related` the link. Party: the place; category:
    /// its class.
    case sighted
    case sightingGone
    // About any subject.
    /// A profile photo or icon; its matches.
    case mediaSet = 70
    /// Party: the reporter, as the platform tells parties apart.
    case reported
    case reportWithdrawn
    /// Party: who blocked.
    case blocked, unblocked
    /// An external match (`tutela rescan`).
    case rescanned
    /// A name, about text or description was set; its facts. An account is also told what listed
    /// terms it put on the group `related`.
    case textSet
    // Feedback.
    case enforced = 90
    case reversed
    /// Related: the tied subject that was enforced against or told of it.
    case neighbourEnforced, neighbourReversed
    /// A reviewer found nothing to act on.
    case cleared
    // Reputation and kinship: what one subject's history says, told at another's home.
    /// A report as automation may count it: with what the reporter's home knows of the reporter.
    /// Party: the reporter; device and circle; flags of the report and `oftenWrong`.
    case reportWeighed = 96
    /// A reviewer judged what the account had reported, `related`. Flag `upheld`, else unfounded.
    case reportJudged
    /// Feedback: a reviewer found something to act on.
    case upheld
    /// An account of a group that was taken down, `related`, came to this group: by link, as its
    /// creator or with admin rights. Party: the account. Flag `granted` where it ran that group.
    case cohortJoined
    /// The group was not rightly taken down, so that the account counts no more.
    case cohortLeft
}
