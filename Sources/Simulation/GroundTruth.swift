public import SafetyModel

/// The kinds of traffic that the simulator makes.
public enum TrafficPattern: String, Sendable, CaseIterable {
    case ordinary = "ordinary people"
    case knownProfilePhoto = "known media as profile photo"
    case knownGroupIcon = "known media as group icon"
    case recreatedGroup = "groups made again after removal"
    case outsideLinks = "links spread on outside indexes"
    case solicitation = "solicitation groups"
    case banEvasion = "ban evasion"
    case brigading = "brigading: false mass reports"
    case victims = "victims: hijacked, minor, threatened"

    /// Whether somebody in it does harm, and is to be caught.
    public var hasOffender: Bool {
        switch self {
        case .ordinary, .brigading, .victims: false
        case .knownProfilePhoto, .knownGroupIcon, .recreatedGroup, .outsideLinks, .solicitation,
            .banEvasion:
            true
        }
    }
}

/// What is true about a subject, and what the pipeline is never told.
public struct TruthLabel: Hashable, Sendable {
    public enum Part: String, Sendable, CaseIterable {
        case innocent
        /// Does harm; for a group or link: made for it.
        case offender
        /// Looks like an offender and is none.
        case victim
    }

    public var pattern: TrafficPattern
    public var part: Part
    /// Which incident of the pattern, from 0; -1 for ordinary people.
    public var incident: Int

    public init(pattern: TrafficPattern, part: Part, incident: Int) {
        self.pattern = pattern
        self.part = part
        self.incident = incident
    }

    public static let ordinary = TruthLabel(pattern: .ordinary, part: .innocent, incident: -1)
}

/// The labels of all subjects.
public struct GroundTruth: Sendable {
    private var labels: [Subject: TruthLabel] = [:]
    public private(set) var started: [TrafficPattern: Int] = [:]

    init() {}

    /// A subject that nobody labelled is one of the ordinary people's.
    public func label(of subject: Subject) -> TruthLabel { labels[subject] ?? .ordinary }

    mutating func set(_ label: TruthLabel, for subject: Subject) { labels[subject] = label }

    mutating func start(_ pattern: TrafficPattern) -> Int {
        defer { started[pattern, default: 0] += 1 }
        return started[pattern, default: 0]
    }
}
