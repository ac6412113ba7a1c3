public import Streaming

/// A log in a directory: one append journal, in which a transaction is one checksummed frame.
public final class FileLog: EventLog {
    /// When a commit is forced to the disk.
    public enum Durability: Sendable {
        /// Before each commit returns: survives power loss.
        case eachCommit
        /// When the operating system likes: survives `kill -9`, not power loss.
        case system
    }

    /// Opens or creates the log, recovers it, and holds it locked until `close`.
    /// - Parameter clock: time stamps for records without one, Unix milliseconds.
    /// - Throws: `rejected` while another process writes; `damaged` naming the byte position.
    public init(
        directory: String, durability: Durability = .eachCommit,
        clock: @escaping @Sendable () -> Int64
    ) throws(LogError) {
        throw LogError(.fatal, "the log is not built yet")
    }

    /// Creates a topic; does nothing where it exists with as many partitions.
    /// - Throws: `misconfigured` where it exists with another number of partitions.
    public func createTopic(_ name: String, partitions: Int32) throws(LogError) {
        throw LogError(.fatal, "the log is not built yet")
    }

    /// Releases the lock; the log is of no use afterwards.
    public func close() {}

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
