public import SafetyModel

/// What an expression is worth. A duration is no number, and names of different lists do not mix.
enum ValueType: Hashable, Sendable {
    case number, duration, truth, text
    case choice(Choice)

    var noun: String {
        switch self {
        case .number: "a number"
        case .duration: "a duration"
        case .truth: "true or false"
        case .text: "a text"
        case .choice(let choice): choice.noun
        }
    }
}

/// A closed list of names.
enum Choice: String, Sendable, CaseIterable {
    case signalKind = "kinds of signals"
    case reportCategory = "categories of reports"
    case placeClass = "classes of places"
    case matchCategory = "categories of matches"
    case mediaUse = "uses of media"
    case attribution = "attributions of media"
    case action = "actions"
    case textSurface = "surfaces of texts"

    var noun: String {
        switch self {
        case .signalKind: "a kind of signal"
        case .reportCategory: "a category of report"
        case .placeClass: "a class of place"
        case .matchCategory: "a category of match"
        case .mediaUse: "a use of media"
        case .attribution: "an attribution"
        case .action: "an action"
        case .textSurface: "a surface of text"
        }
    }

    /// Names with the numbers they have in signals, ascending by number.
    var values: [(name: String, raw: UInt8)] {
        switch self {
        case .signalKind: SignalKind.allCases.map { ($0.name, $0.rawValue) }
        case .reportCategory:
            [
                ("csam", 1), ("enticement", 2), ("sextortion", 3), ("trafficking", 4),
                ("imminent_danger", 5), ("threatened", 6), ("spam", 7), ("other", 8),
            ]
        case .placeClass:
            [
                ("link_index", 1), ("social_media", 2), ("forum", 3), ("search_engine", 4),
                ("dark_web", 5), ("partner", 6), ("other", 7),
            ]
        case .matchCategory:
            [
                ("csam", 1), ("exploitative", 2), ("lead", 3), ("minor_submitted", 4),
                ("adult_ncii", 5), ("known_benign", 6),
            ]
        case .mediaUse: [("profile_photo", 1), ("group_icon", 2), ("reported_message", 3)]
        case .attribution:
            [("server_observed", 1), ("franking_verified", 2), ("reporter_claimed", 3)]
        case .action: Action.allCases.map { ($0.name, $0.rawValue) }
        case .textSurface:
            [
                ("display_name", 1), ("about", 2), ("group_name", 3), ("group_description", 4),
            ]
        }
    }

    func name(of raw: UInt8) -> String { values.first { $0.raw == raw }?.name ?? "\(raw)" }
}

extension SignalKind {
    /// The name in packs, such as `group_created`.
    public var name: String {
        var text = ""
        for character in String(describing: self) {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }

    /// Whether a signal's category is a report category.
    var isReport: Bool {
        switch self {
        case .reported, .filedReport, .reportWithdrawn, .reportWeighed: true
        default: false
        }
    }

    /// Whether it is the class of a place.
    var isSighting: Bool { self == .sighted || self == .sightingGone }

    /// What `party` is, as `distinct` calls it.
    var partyName: String? {
        switch self {
        case .reported, .reportWithdrawn, .reportWeighed: "reporter"
        case .blocked, .unblocked: "blocker"
        case .memberAdded, .memberJoined, .memberRefused, .memberLeft, .memberRemoved,
            .cohortJoined, .cohortLeft:
            "member"
        case .sighted, .sightingGone: "place"
        default: nil
        }
    }

    /// The kinds of subject that such signals are about.
    var subjects: [SubjectKind] {
        switch self {
        case .registered, .numberChanged, .deviceChanged, .profileChanged, .selfDeleted,
            .reinstated, .contacts, .youngContacts, .groupCreated, .addedMember, .joinedByLink,
            .administers, .filedReport, .reportJudged:
            [.account]
        case .linkCreated: [.account, .group]
        case .settingsChanged, .memberAdded, .memberRefused, .memberLeft, .memberRemoved,
            .adminChanged, .dissolved, .cohortJoined, .cohortLeft:
            [.group]
        case .created, .memberJoined, .sighted, .sightingGone: [.group, .inviteLink]
        case .reset: [.inviteLink]
        case .textSet: [.account, .group]
        case .mediaSet, .reported, .reportWithdrawn, .blocked, .unblocked, .rescanned, .enforced,
            .reversed, .neighbourEnforced, .neighbourReversed, .cleared, .upheld, .reportWeighed:
            SubjectKind.allCases
        }
    }
}
