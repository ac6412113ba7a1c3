public import Streaming

/// `EventLog` over a Kafka cluster.
public final class KafkaLog: EventLog {
    let settings: KafkaSettings
    let report: @Sendable (KafkaNotice) -> Void

    /// - Parameter report: called on threads of the client library; it must return quickly.
    /// - Throws: `misconfigured`, naming the setting. Does not connect.
    public init(
        _ settings: KafkaSettings, report: @escaping @Sendable (KafkaNotice) -> Void = { _ in }
    ) throws(LogError) {
        try settings.check()
        self.settings = settings
        self.report = report
    }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        throw LogError(.fatal, "not yet")
    }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        throw LogError(.fatal, "not yet")
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        throw LogError(.fatal, "not yet")
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        throw LogError(.fatal, "not yet")
    }

    public func openWriter() async throws(LogError) -> any LogWriter {
        throw LogError(.fatal, "not yet")
    }

    /// Gives back the connections. Close lanes, readers and writers first.
    public func close() async {}
}

extension KafkaLog {
    /// Creates the topics that are missing. A topic that is there stays as it is.
    public func createTopics(_ plans: [TopicPlan]) async throws(LogError) -> [TopicCreation] {
        throw LogError(.fatal, "not yet")
    }

    /// What is not as planned, in the order of the plans; empty when all is well.
    public func checkTopics(_ plans: [TopicPlan]) async throws(LogError) -> [TopicFinding] {
        throw LogError(.fatal, "not yet")
    }
}
