/// The reference log: topics, transactions and groups in memory.
public final class MemoryLog: EventLog {
    /// - Parameter clock: time stamps for records without one, Unix milliseconds.
    public init(clock: @escaping @Sendable () -> Int64) {}

    /// Creates a topic; does nothing where it exists with as many partitions.
    /// - Throws: `misconfigured` where it exists with another number of partitions.
    public func createTopic(_ name: String, partitions: Int32) throws(LogError) {
        throw LogError(.fatal, "the log is not built yet")
    }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? { nil }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        throw LogError(.fatal, "the log is not built yet")
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        throw LogError(.fatal, "the log is not built yet")
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        throw LogError(.fatal, "the log is not built yet")
    }

    public func openWriter() async throws(LogError) -> any LogWriter {
        throw LogError(.fatal, "the log is not built yet")
    }
}
