public import SafetyModel

/// What traffic to make. The same settings give the same records, byte for byte.
public struct SimulationSettings: Hashable, Sendable {
    /// How records are encoded; `content-type` says which.
    public enum Format: String, Sendable, CaseIterable { case protobuf, json }

    public var seed: UInt64 = 1
    /// Accounts that exist at the start.
    public var accounts = 2_500
    public var days = 7
    /// The first event time.
    public var start = Instant(milliseconds: 1_767_571_200_000)
    public var format = Format.protobuf
    /// Partitions of the platform topics; keys are placed by `partitioner`.
    public var partitions: Int32 = 4
    public var partitioner = Partitioner.murmur2
    /// Whether records carry the slice's end as their time stamp, as an embedded log wants it;
    /// false leaves the stamp to the log's own clock.
    public var stampsRecords = true
    /// Everyone an event names lives in the partition of the event's key, so no signal travels.
    public var keepsSubjectsTogether = false
    /// Patterns answer enforcement: groups are made again, banned people come back.
    public var isReactive = true
    public var hasReviewer = true
    /// Part of the reviewer's words that are wrong.
    public var reviewerErrorRate = 0.01
    /// Multiplies what ordinary people do.
    public var activity = 1.0
    /// Times a day that an account sets a new photo; nil as people do.
    public var photosADay: Double?
    /// How many incidents of each pattern.
    public var incidents = IncidentCounts()
    public var noise = Noise()
    public var topics = TopicNames()

    public init() {}

    /// One hour of event time at a time.
    public static let slice = TimeSpan.hours(1)
    public var sliceCount: Int { days * 24 }

    public struct IncidentCounts: Hashable, Sendable {
        public var knownProfilePhoto = 6
        public var knownGroupIcon = 4
        public var recreatedGroup = 3
        public var outsideLinks = 4
        public var solicitation = 4
        public var banEvasion = 3
        public var brigading = 4
        public var victims = 6

        public init() {}

        public func count(of pattern: TrafficPattern) -> Int {
            switch pattern {
            case .ordinary: 0
            case .knownProfilePhoto: knownProfilePhoto
            case .knownGroupIcon: knownGroupIcon
            case .recreatedGroup: recreatedGroup
            case .outsideLinks: outsideLinks
            case .solicitation: solicitation
            case .banEvasion: banEvasion
            case .brigading: brigading
            case .victims: victims
            }
        }

        /// Ordinary people only.
        public static var none: IncidentCounts {
            var counts = IncidentCounts()
            counts.knownProfilePhoto = 0
            counts.knownGroupIcon = 0
            counts.recreatedGroup = 0
            counts.outsideLinks = 0
            counts.solicitation = 0
            counts.banEvasion = 0
            counts.brigading = 0
            counts.victims = 0
            return counts
        }
    }

    /// What goes wrong on the way to the log, as parts of all records.
    public struct Noise: Hashable, Sendable {
        /// Records damaged so that they must become dead letters.
        public var malformed = 0.0005
        /// Records sent twice.
        public var duplicated = 0.002
        /// Records that a producer held back for two to six hours.
        public var late = 0.001

        public init() {}

        public static var none: Noise {
            var noise = Noise()
            noise.malformed = 0
            noise.duplicated = 0
            noise.late = 0
            return noise
        }
    }

    /// The topics that the simulator writes, and those that it reads to react.
    public struct TopicNames: Hashable, Sendable {
        public var accounts = "platform.accounts.v1"
        public var groups = "platform.groups.v1"
        public var invites = "platform.invites.v1"
        public var reports = "platform.reports.v1"
        public var hashEntries = "safety.hash-entries.v1"
        public var verdicts = "safety.verdicts.v1"
        public var enforcement = "safety.enforcement.v1"
        public var reviewRequests = "safety.review-requests.v1"

        public init() {}
    }
}
