/// A platform fact, as received and validated: what `EventSchemas` makes of one record.
public struct Event: Sendable {
    /// From (`ce_source`, `ce_id`), else from the source position.
    public var identity: ContentID
    public var kind: EventKind
    public var time: Instant
    /// The subject that keys the record; its home decides who handles the event.
    public var subject: Subject
    /// The account that did it; may differ from the subject.
    public var actor: String?
    /// ISO 3166-1 alpha-2, empty where unknown.
    public var region: String
    /// The other subject: the group of a link, the link someone joined by, the account a report
    /// names as the sender.
    public var related: Subject?
    /// Keyed tokens, never values; nil where the platform sent none.
    public var deviceToken: String?
    public var addressToken: String?
    /// Members added, contacts reached and the like, by kind.
    public var amount: Int64
    /// Of the contacts reached, accounts believed to be minors.
    public var youngAmount: Int64 = 0
    public var flags: EventFlags
    /// The class of the place a link was sighted, and the place's token.
    public var sourceClass: String?
    public var sourceToken: String?
    /// Report category, or for a sighting the class of its source, as the wire's number; else 0.
    public var category: UInt8
    /// Media and everything that only a proposal needs; nil on most events.
    public var evidence: Evidence?
    private var textBox: TextBox?

    /// Of an event that sets a name, about text or description.
    public var text: TextFacts? {
        get { textBox?.facts }
        set { textBox = newValue.map(TextBox.init) }
    }

    public init(
        identity: ContentID, kind: EventKind, time: Instant, subject: Subject,
        actor: String? = nil, region: String = "", related: Subject? = nil,
        deviceToken: String? = nil, addressToken: String? = nil, amount: Int64 = 1,
        flags: EventFlags = [], sourceClass: String? = nil, sourceToken: String? = nil,
        category: UInt8 = 0, evidence: Evidence? = nil, text: TextFacts? = nil
    ) {
        self.identity = identity
        self.kind = kind
        self.time = time
        self.subject = subject
        self.actor = actor
        self.region = region
        self.related = related
        self.deviceToken = deviceToken
        self.addressToken = addressToken
        self.amount = amount
        self.flags = flags
        self.sourceClass = sourceClass
        self.sourceToken = sourceToken
        self.category = category
        self.evidence = evidence
        textBox = text.map(TextBox.init)
    }
}

public enum EventKind: UInt8, Sendable, CaseIterable {
    case accountRegistered = 1
    case accountNumberChanged, accountNumberRecycled
    case accountDeviceLinked, accountDeviceUnlinked
    case accountPhotoChanged, accountNameChanged, accountAboutChanged
    case accountSelfDeleted, accountReinstated, accountContactSummary
    case groupCreated = 30
    case groupSettingsChanged, groupIconChanged, groupNameChanged, groupDescriptionChanged
    case groupMemberAdded, groupMemberJoined, groupMemberRefused, groupMemberLeft
    case groupMemberRemoved, groupAdminChanged, groupDissolved
    case linkCreated = 60
    case linkReset, linkJoined, linkSighted, linkGone
    case reportFiled = 80
    case reportWithdrawn, accountBlocked, accountUnblocked
}

public struct EventFlags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let reusedDevice = EventFlags(rawValue: 1 << 0)
    public static let reusedNumber = EventFlags(rawValue: 1 << 1)
    public static let virtualNumber = EventFlags(rawValue: 1 << 2)
    /// The registrant is a minor, asserted or estimated.
    public static let minor = EventFlags(rawValue: 1 << 3)
    /// A sighting by an automatic crawler.
    public static let crawler = EventFlags(rawValue: 1 << 4)
    /// The report says "this is about me".
    public static let aboutReporter = EventFlags(rawValue: 1 << 5)
    /// From a trusted flagger, hotline or authority.
    public static let trustedSource = EventFlags(rawValue: 1 << 6)
    /// The reporter says they are threatened.
    public static let threatened = EventFlags(rawValue: 1 << 7)
    /// Admin rights granted, rather than taken.
    public static let granted = EventFlags(rawValue: 1 << 8)
    /// The reporter says there is imminent danger.
    public static let imminent = EventFlags(rawValue: 1 << 9)
    /// The reporter is a minor, asserted or estimated.
    public static let reporterMinor = EventFlags(rawValue: 1 << 10)
    public static let publicGroup = EventFlags(rawValue: 1 << 11)
    /// The reporter's account was at least 30 days old at the report, as its own snapshot says; not
    /// set where that is unknown, so that unknown reporters count as new.
    public static let agedReporter = EventFlags(rawValue: 1 << 12)
    /// What the reporter reported of late was mostly found to be nothing.
    public static let oftenWrong = EventFlags(rawValue: 1 << 16)
    /// A reviewer found something to act on.
    public static let upheld = EventFlags(rawValue: 1 << 17)
}

/// What an event carries for those who decide on it later. Immutable, shared by reference.
public final class Evidence: Sendable {
    public let media: [MediaItem]
    /// Of the account that did it, or that the event is about; see `EventSchemas`.
    public let snapshot: ActorFacts?
    /// `tutela.v1.EventContext` with everything personal sealed, carried to the tip unread.
    public let contextWire: [UInt8]
    /// `tutela.v1.ReportFiled`, likewise; empty for other events.
    public let reportWire: [UInt8]

    public init(
        media: [MediaItem], snapshot: ActorFacts?, contextWire: [UInt8] = [],
        reportWire: [UInt8] = []
    ) {
        self.media = media
        self.snapshot = snapshot
        self.contextWire = contextWire
        self.reportWire = reportWire
    }
}

/// The facts about an account that decide its role (I13), taken when the event happened.
public struct ActorFacts: Hashable, Sendable {
    public var account: String
    public var registered: Instant?
    /// Asserted or estimated minor.
    public var isMinor: Bool
    public var lastDeviceChange: Instant?
    public var lastNumberChange: Instant?
    /// When the account reported being threatened, if it did.
    public var reportedThreat: Instant?
    public var priorEnforcements: Int64

    public init(
        account: String, registered: Instant? = nil, isMinor: Bool = false,
        lastDeviceChange: Instant? = nil, lastNumberChange: Instant? = nil,
        reportedThreat: Instant? = nil, priorEnforcements: Int64 = 0
    ) {
        self.account = account
        self.registered = registered
        self.isMinor = isMinor
        self.lastDeviceChange = lastDeviceChange
        self.lastNumberChange = lastNumberChange
        self.reportedThreat = reportedThreat
        self.priorEnforcements = priorEnforcements
    }
}
