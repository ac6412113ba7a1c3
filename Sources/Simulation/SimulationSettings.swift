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
    /// Parts of the reports filed in bad faith, and of all others, that the platform closes as filed
    /// in bad faith once a reviewer finds nothing: it cannot see which is which.
    public var falseReportsClosed = 0.6
    public var honestReportsClosed = 0.1
    /// Multiplies the time until the reviewer answers.
    public var reviewerDelay = 1.0
    /// Multiplies what ordinary people do.
    public var activity = 1.0
    /// Times a day that an account sets a new photo; nil as people do.
    public var photosADay: Double?
    /// Parts of all people who are under age, and whose age is not known.
    public var minorShare = 0.15
    public var unknownAgeShare = 0.1
    /// Part of all accounts of which the platform sends no device, number or party tokens, and does
    /// not say that they were seen before.
    public var withheldFacts = 0.05
    /// Part of all accounts whose texts the platform seals; their sketches stay.
    public var sealedTexts = 0.0
    /// Part of the reported messages whose sender a franking tag proves; others are claimed only.
    public var frankedShare = 0.3
    /// How many incidents of each pattern.
    public var incidents = IncidentCounts()
    /// Multiplies the crowds, brigades and farms of the incidents.
    public var sizes = 1.0
    /// Multiplies the time between the steps of the incidents.
    public var delays = 1.0
    /// Multiplies how often people report what they meet in the incidents.
    public var reportRate = 1.0
    public var noise = Noise()
    public var topics = TopicNames()

    public init() {}

    /// One hour of event time at a time.
    public static let slice = TimeSpan.hours(1)
    public var sliceCount: Int { days * 24 }

    public struct IncidentCounts: Hashable, Sendable {
        private var counts: [TrafficPattern: Int]

        /// Some of everything, so that a week has something to see.
        public init() {
            counts = [
                .knownProfilePhoto: 6, .knownGroupIcon: 4, .recreatedGroup: 3, .outsideLinks: 4,
                .solicitation: 4, .banEvasion: 3, .brigading: 4, .victims: 6,
            ]
            for pattern in TrafficPattern.allCases where counts[pattern] == nil {
                counts[pattern] = 2
            }
            counts[.ordinary] = 0
        }

        /// The same number of every pattern.
        public init(each count: Int) {
            counts = [:]
            for pattern in TrafficPattern.allCases { self[pattern] = count }
        }

        /// Ordinary people only.
        public static var none: IncidentCounts { IncidentCounts(each: 0) }

        /// Ordinary traffic has no incidents, and no pattern has fewer than none.
        public subscript(_ pattern: TrafficPattern) -> Int {
            get { counts[pattern] ?? 0 }
            set { counts[pattern] = pattern == .ordinary ? 0 : max(0, newValue) }
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

        public static var none: Noise { Noise().scaled(by: 0) }

        /// More or less of everything.
        public func scaled(by factor: Double) -> Noise {
            var noise = self
            noise.malformed *= factor
            noise.duplicated *= factor
            noise.late *= factor
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
