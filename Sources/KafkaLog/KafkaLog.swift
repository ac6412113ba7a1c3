public import Streaming

/// `EventLog` over a Kafka cluster.
public final class KafkaLog: EventLog {
    private let settings: KafkaSettings
    private let report: @Sendable (KafkaNotice) -> Void
    private let admin: KafkaAdmin
    private let thread: BlockingThread

    /// - Parameter report: called on threads of the client library; it must return quickly.
    /// - Throws: `misconfigured`, naming the setting. Does not connect.
    public init(
        _ settings: KafkaSettings, report: @escaping @Sendable (KafkaNotice) -> Void = { _ in }
    ) throws(LogError) {
        try settings.check()
        try KafkaClient.check(settings)
        _ = ProcessMemory.isKept
        self.settings = settings
        self.report = report
        admin = KafkaAdmin(settings, report: report)
        thread = try BlockingThread()
    }

    /// How many partitions the topic has; nil where there is no such topic.
    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await asking { (admin) throws(LogError) in
            try admin.partitions(of: topic).map { Int32($0.count) }
        }
    }

    /// Low watermark and last stable offset.
    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try await asking { (admin) throws(LogError) in
            try admin.bounds(of: source, "read_committed")
        }
    }

    /// Joins the group with one consumer and one transactional producer.
    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        try await KafkaLane.open(settings, self.settings, report: report)
    }

    /// Reads one partition, committed records only. Its end is that of all records, so that a
    /// transaction that is open now is waited for.
    public func openReader(
        _ source: TopicPartition, from: Int64, follow: Bool
    ) async throws(LogError) -> any LogReader {
        let bounds = try await asking { (admin) throws(LogError) in
            try admin.bounds(of: source, "read_uncommitted")
        }
        return try await KafkaReader.open(
            source, from: max(from, bounds.low), end: follow ? nil : bounds.end, settings,
            report: report)
    }

    /// A writer with a transactional id of its own.
    public func openWriter() async throws(LogError) -> any LogWriter {
        try await KafkaWriter(settings, report: report)
    }

    /// Gives back the connections. Close lanes, readers and writers first.
    public func close() async {
        await thread.stop { [admin] in admin.close() }
    }

    private func asking<R: Sendable>(
        _ body: @escaping @Sendable (KafkaAdmin) throws(LogError) -> R
    ) async throws(LogError) -> R {
        try await thread.run { [admin] in
            Result { () throws(LogError) in try body(admin) }
        }
    }
}

extension KafkaLog {
    /// Creates the topics that are missing. A topic that is there stays as it is.
    public func createTopics(_ plans: [TopicPlan]) async throws(LogError) -> [TopicCreation] {
        try await asking { (admin) throws(LogError) in
            var creations: [TopicCreation] = []
            for plan in plans { creations.append(try admin.create(plan)) }
            return creations
        }
    }

    /// What is not as planned, in the order of the plans; empty when all is well.
    public func checkTopics(_ plans: [TopicPlan]) async throws(LogError) -> [TopicFinding] {
        try await asking { (admin) throws(LogError) in
            var findings: [TopicFinding] = []
            for plan in plans { findings += try admin.check(plan) }
            return findings
        }
    }
}
