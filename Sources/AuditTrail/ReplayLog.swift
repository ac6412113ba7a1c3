public import Streaming

/// A log as it was before a pipeline ran over it: the hidden topics are empty, the others are as they
/// are. A stage that opens a task on it starts without history.
public struct ReplayLog: EventLog {
    private let log: any EventLog
    private let hidden: Set<String>

    /// - Parameter hidden: changelogs, as a rule.
    public init(_ log: any EventLog, hiding hidden: Set<String>) {
        self.log = log
        self.hidden = hidden
    }

    /// As the log's.
    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await log.partitionCount(of: topic)
    }

    /// Nothing for a hidden topic.
    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        if hidden.contains(source.topic) { return LogBounds(low: 0, end: 0) }
        return try await log.bounds(of: source)
    }

    /// Refused: a replay joins no group.
    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        throw LogError(.rejected, "a replay joins no group")
    }

    /// A reader that is at its end for a hidden topic.
    public func openReader(
        _ source: TopicPartition, from: Int64, follow: Bool
    ) async throws(LogError) -> any LogReader {
        if hidden.contains(source.topic) { return EmptyReader() }
        return try await log.openReader(source, from: from, follow: follow)
    }

    /// Refused: a replay writes nothing.
    public func openWriter() async throws(LogError) -> any LogWriter {
        throw LogError(.rejected, "a replay writes nothing")
    }
}

private struct EmptyReader: LogReader {
    func next() async throws(LogError) -> RecordChunk? { nil }
    var position: Int64 { get async { 0 } }
    func close() async {}
}
