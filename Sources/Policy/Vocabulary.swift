import Behaviour
import SafetyModel

/// The names that packs may use, and what they stand for. Closed: everything else is an error.
enum Vocabulary {
    static let packKeys = ["pack", "rules"]
    static let ruleKeys = ["id", "on", "when", "harm", "propose", "budget", "cooldown", "shadow"]
    static let budgetKeys = ["per", "limit", "baseline", "floor", "cap"]

    static let harms: [(String, Harm)] = [
        ("csam", .csam), ("enticement", .enticement), ("sextortion", .sextortion),
        ("trafficking", .trafficking), ("imminent", .imminent),
    ]

    static let triggers: [(String, Trigger)] = [
        ("match", .match), ("account", .account), ("group", .group), ("link", .link),
    ]

    static let targets: [(String, Target)] = [
        ("self", .subject), ("uploader", .uploader), ("actor", .actor), ("creator", .creator),
        ("administrators", .administrators), ("group", .group), ("links", .links),
        ("related", .related),
    ]

    /// `reverse` answers a verdict and is never proposed.
    static let actions: [(String, Action)] = Action.allCases.filter { $0 != .reverse }
        .map { ($0.name, $0) }

    static let categories: [(String, BankCategory)] = [
        ("csam", .csam), ("exploitative", .exploitative), ("lead", .lead),
        ("minor_submitted", .minorSubmitted), ("adult_ncii", .adultNCII),
        ("known_benign", .knownBenign),
    ]

    static let uses: [(String, MediaUse)] = [
        ("profile_photo", .profilePhoto), ("group_icon", .groupIcon),
        ("reported_message", .reportedMessage),
    ]

    static let attributions: [(String, Attribution)] = [
        ("server_observed", .serverObserved), ("franking_verified", .frankingVerified),
        ("reporter_claimed", .reporterClaimed),
    ]

    /// The wire's report categories.
    static let reportCategories: [(String, UInt8)] = [
        ("csam", 1), ("enticement", 2), ("sextortion", 3), ("trafficking", 4),
        ("imminent_danger", 5), ("threatened", 6), ("spam", 7), ("other", 8),
    ]

    static let signalFlags: [(String, EventFlags)] = [
        ("signal.reused_device", .reusedDevice), ("signal.reused_number", .reusedNumber),
        ("signal.virtual_number", .virtualNumber), ("signal.minor", .minor),
        ("signal.crawler", .crawler), ("signal.about_reporter", .aboutReporter),
        ("signal.trusted_source", .trustedSource), ("signal.threatened", .threatened),
        ("signal.granted", .granted), ("signal.imminent", .imminent),
        ("signal.reporter_minor", .reporterMinor), ("signal.public_group", .publicGroup),
        ("signal.aged_reporter", .agedReporter),
    ]

    static let signalKinds: [(String, SignalKind)] = SignalKind.allCases.map { ($0.name, $0) }

    /// Names that a condition may compare, apart from features.
    static let fields: [(String, Field)] =
        [
            ("match.category", .matchCategory), ("match.exact", .matchExact),
            ("match.external", .matchExternal), ("match.quarantined", .matchQuarantined),
            ("match.distance", .matchDistance), ("match.bank", .matchBank),
            ("media.use", .mediaUse), ("media.attribution", .mediaAttribution),
            ("uploader.runs_group", .uploaderRunsGroup),
            ("signal.kind", .signalKind), ("signal.category", .signalCategory),
        ] + signalFlags.map { ($0.0, .signalFlag($0.1)) }

    static func field(_ name: String) -> Field? {
        if let field = fields.first(where: { $0.0 == name }) { return field.1 }
        return Feature.allCases.first { $0.name == name }.map { .feature($0) }
    }

    static let fieldNames = fields.map(\.0) + Feature.allCases.map(\.name)
}

/// What a condition compares.
enum Field: Hashable {
    case matchCategory, matchExact, matchExternal, matchQuarantined, matchDistance, matchBank
    case mediaUse, mediaAttribution, uploaderRunsGroup
    case signalKind, signalCategory
    case signalFlag(EventFlags)
    case feature(Feature)

    /// Only the matches of a signal have it.
    var isOfMatch: Bool {
        switch self {
        case .matchCategory, .matchExact, .matchExternal, .matchQuarantined, .matchDistance,
            .matchBank, .mediaUse, .mediaAttribution, .uploaderRunsGroup:
            true
        case .signalKind, .signalCategory, .signalFlag, .feature: false
        }
    }
}

/// What makes a rule be asked.
enum Trigger: UInt8, CaseIterable {
    /// A signal that carries matches, about any subject.
    case match
    case account, group, link

    var kind: SubjectKind? {
        switch self {
        case .match: nil
        case .account: .account
        case .group: .group
        case .link: .inviteLink
        }
    }
}

/// Whom a rule's actions are for.
enum Target: UInt8, CaseIterable {
    /// The signal's subject.
    case subject
    /// Who set or sent the media that matched; one proposal for each.
    case uploader
    /// Who did what the signal tells: for a report, the reporter.
    case actor
    case creator, administrators
    /// The group itself, that of a link, or the group that an account acted on.
    case group
    /// The links of a group, or the link itself.
    case links
    /// What the signal names besides its subject.
    case related

    /// The kinds of subject it can be; nil where that depends.
    func kinds(_ triggers: [Trigger]) -> [SubjectKind] {
        switch self {
        case .subject:
            triggers.contains(.match) ? SubjectKind.allCases : triggers.compactMap(\.kind)
        case .uploader, .actor, .creator, .administrators: [.account]
        case .group: [.group]
        case .links: [.inviteLink]
        case .related: SubjectKind.allCases
        }
    }
}

extension SignalKind {
    /// The name in packs, such as `group_created`.
    var name: String {
        var text = ""
        for character in String(describing: self) {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}
