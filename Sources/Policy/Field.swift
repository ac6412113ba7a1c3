import SafetyModel

/// A dotted name: something of the signal in hand, of one of its matches, or of its subject.
enum Field: UInt8, Sendable, CaseIterable {
    case signalKind, signalCategory, signalPlaceClass, signalAmount, signalRegion, signalAction
    case signalHops, signalLate
    case reusedDevice, reusedNumber, virtualNumber, minor, crawler, aboutReporter, trustedSource
    case threatened, granted, imminent, reporterMinor, publicGroup, agedReporter
    case oftenWrong, upheld
    case matchCategory, matchExact, matchExternal, matchQuarantined, matchDistance, matchBank
    case mediaUse, mediaAttribution, uploaderRunsGroup
    case subjectAge, subjectMinor, subjectReusedDevice, subjectReusedNumber
    case subjectVirtualNumber, subjectPublicGroup, subjectAdministrators, subjectLinks
    case relatedAge
    case unfoundedReports, upheldReports, namedLikeRemoved
    case textSurface, textTerms, textHiddenTerms, textListWeight, textList, textDisguised
    case textModel, textSealed, textCut, textChange

    var info: FieldInfo { Self.table[Int(rawValue)] }

    /// Only the matches of a signal have it.
    var isOfMatch: Bool {
        (Field.matchCategory.rawValue...Field.uploaderRunsGroup.rawValue).contains(rawValue)
    }

    /// The flag of the signal or, of the subject, the one that is remembered.
    var flag: EventFlags? {
        switch self {
        case .reusedDevice, .subjectReusedDevice: .reusedDevice
        case .reusedNumber, .subjectReusedNumber: .reusedNumber
        case .virtualNumber, .subjectVirtualNumber: .virtualNumber
        case .minor, .subjectMinor: .minor
        case .publicGroup, .subjectPublicGroup: .publicGroup
        case .crawler: .crawler
        case .aboutReporter: .aboutReporter
        case .trustedSource: .trustedSource
        case .threatened: .threatened
        case .granted: .granted
        case .imminent: .imminent
        case .reporterMinor: .reporterMinor
        case .agedReporter: .agedReporter
        case .oftenWrong: .oftenWrong
        case .upheld: .upheld
        default: nil
        }
    }

    static let byName: [String: Field] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.info.name, $0) })
    static let names = allCases.map(\.info.name)
}

struct FieldInfo: Sendable {
    var name: String
    var type: ValueType
    /// The subjects that have it.
    var kinds: [SubjectKind] = SubjectKind.allCases
    var meaning: String
    /// The kinds of signal that may change it, of what is the subject's.
    var touchedBy: [SignalKind] = []
}

extension Field {
    /// By raw value; a test checks the order.
    fileprivate static let table: [FieldInfo] =
        signalTable + flagTable + matchTable + subjectTable + textTable

    private static let signalTable: [FieldInfo] = [
        FieldInfo(name: "signal.kind", type: .choice(.signalKind), meaning: "what kind of signal"),
        FieldInfo(
            name: "signal.category", type: .choice(.reportCategory),
            meaning: "the category of a report; unknown on other signals"),
        FieldInfo(
            name: "signal.place_class", type: .choice(.placeClass),
            meaning: "the kind of place a link was sighted in; unknown on other signals"),
        FieldInfo(
            name: "signal.amount", type: .number,
            meaning: "members added, contacts reached; 1 on most signals"),
        FieldInfo(
            name: "signal.region", type: .text,
            meaning: "ISO 3166-1 alpha-2, in double quotes; empty where not known"),
        FieldInfo(
            name: "signal.action", type: .choice(.action),
            meaning: "of feedback: what was enforced"),
        FieldInfo(
            name: "signal.hops", type: .number,
            meaning: "how often feedback has travelled: 0 for the subject's own, at most 2"),
        FieldInfo(
            name: "signal.late", type: .truth, meaning: "older than the allowed lateness"),
    ]

    private static let flagTable: [FieldInfo] = [
        ("reused_device", "registered on a device seen before"),
        ("reused_number", "registered with a number seen before"),
        ("virtual_number", "registered with a virtual number"),
        ("minor", "the registrant is a minor, asserted or estimated"),
        ("crawler", "sighted by an automatic crawler"),
        ("about_reporter", "the report says: this is about me"),
        ("trusted_source", "from a trusted flagger, hotline or authority"),
        ("threatened", "the reporter says they are threatened"),
        ("granted", "admin rights were granted, rather than taken"),
        ("imminent", "the reporter says there is imminent danger"),
        ("reporter_minor", "the reporter is a minor, asserted or estimated"),
        ("public_group", "the group is public"),
        ("aged_reporter", "the reporter's account is known to be 30 days old"),
        ("often_wrong", "of a weighed report: what the reporter reported was mostly found nothing"),
        ("upheld", "of a judged report: a reviewer found something to act on"),
    ].map { FieldInfo(name: "signal.\($0.0)", type: .truth, meaning: $0.1) }

    private static let matchTable: [FieldInfo] = [
        FieldInfo(
            name: "match.category", type: .choice(.matchCategory),
            meaning: "what the list says about the media"),
        FieldInfo(
            name: "match.exact", type: .truth,
            meaning: "equal bytes by SHA-256, SHA-1 or MD5; PDQ at distance 0 is near"),
        FieldInfo(name: "match.external", type: .truth, meaning: "found by another service"),
        FieldInfo(
            name: "match.quarantined", type: .truth,
            meaning: "the entry or its bank is not to be relied on"),
        FieldInfo(name: "match.distance", type: .number, meaning: "Hamming distance, 0 to 31"),
        FieldInfo(name: "match.bank", type: .text, meaning: "the bank's name, in double quotes"),
        FieldInfo(name: "media.use", type: .choice(.mediaUse), meaning: "where the media were"),
        FieldInfo(
            name: "media.attribution", type: .choice(.attribution),
            meaning: "who vouches that they were there"),
        FieldInfo(
            name: "uploader.runs_group", type: .truth,
            meaning: "the uploader created the group, or has admin rights in it"),
    ]

    private static let subjectTable: [FieldInfo] = [
        FieldInfo(
            name: "subject.age", type: .duration,
            meaning: "since it was registered or created; unknown where that was not seen",
            touchedBy: [.registered, .created]),
        flag("minor", "an account of a minor, asserted or estimated"),
        flag("reused_device", "registered on a device seen before"),
        flag("reused_number", "registered with a number seen before"),
        flag("virtual_number", "registered with a virtual number"),
        FieldInfo(
            name: "subject.public_group", type: .truth, kinds: [.group],
            meaning: "created as a public group", touchedBy: [.created]),
        FieldInfo(
            name: "subject.administrators", type: .number, kinds: [.group],
            meaning: "accounts known to have admin rights, at most 16", touchedBy: [.adminChanged]),
        FieldInfo(
            name: "subject.links", type: .number, kinds: [.group],
            meaning: "invite links known, at most 16", touchedBy: [.linkCreated, .sighted]),
        FieldInfo(
            name: "related.age", type: .duration,
            meaning:
                "since the subject's tie to what the signal names besides it was first told of; "
                + "unknown where there is none"),
        reports("unfounded", "nothing"), reports("upheld", "something"),
        FieldInfo(
            name: "subject.named_like_removed", type: .truth, kinds: [.group],
            meaning: "its name is near that of a group that was taken down and whose accounts came "
                + "to it",
            touchedBy: [.cohortJoined, .cohortLeft, .textSet]),
    ]

    private static func reports(_ name: String, _ what: String) -> FieldInfo {
        FieldInfo(
            name: "subject.\(name)_reports", type: .number, kinds: [.account],
            meaning:
                "reports it filed in which a reviewer found \(what) to act on, of the last "
                + "16 subjects reported within 90 days",
            touchedBy: [.reportJudged])
    }

    private static func flag(_ name: String, _ meaning: String) -> FieldInfo {
        FieldInfo(
            name: "subject.\(name)", type: .truth, kinds: [.account], meaning: meaning,
            touchedBy: [.registered])
    }
}
