import Streaming
import Synchronization

/// A lane with its events or commits changed.
struct WrappedLane: LaneLog {
    typealias Commit =
        @Sendable (any LaneLog, OutputBatch, [TopicPartition: Int64]) async -> CommitResult

    let inner: any LaneLog
    let event: @Sendable (LaneEvent?) -> LaneEvent?
    let offsets: @Sendable ([TopicPartition: Int64]) -> [TopicPartition: Int64]
    let commit: Commit

    init(
        _ inner: any LaneLog, event: @escaping @Sendable (LaneEvent?) -> LaneEvent? = { $0 },
        offsets: @escaping @Sendable ([TopicPartition: Int64]) -> [TopicPartition: Int64] = { $0 },
        commit: @escaping Commit = { await $0.commit($1, offsets: $2) }
    ) {
        self.inner = inner
        self.event = event
        self.offsets = offsets
        self.commit = commit
    }

    func next(wait: Duration) async throws(LogError) -> LaneEvent? {
        event(try await inner.next(wait: wait))
    }

    func start(_ positions: [TopicPartition: Int64]) async throws(LogError) {
        try await inner.start(positions)
    }

    func pause(_ sources: [TopicPartition]) async { await inner.pause(sources) }
    func resume(_ sources: [TopicPartition]) async { await inner.resume(sources) }
    func release(_ sources: [TopicPartition]) async { await inner.release(sources) }

    func committed(_ sources: [TopicPartition]) async throws(LogError) -> [TopicPartition: Int64] {
        offsets(try await inner.committed(sources))
    }

    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult {
        await commit(inner, output, offsets)
    }

    func renewProducer() async throws(LogError) { try await inner.renewProducer() }
    func close() async { await inner.close() }
}

/// A log whose lanes are changed or listened to.
struct WrappedLog: EventLog {
    let inner: MemoryLog
    let wrap: @Sendable (any LaneLog) -> WrappedLane

    init(_ inner: MemoryLog, wrap: @escaping @Sendable (any LaneLog) -> WrappedLane) {
        self.inner = inner
        self.wrap = wrap
    }

    init(_ inner: MemoryLog, change: @escaping @Sendable (LaneEvent?) -> LaneEvent?) {
        self.init(inner, wrap: { WrappedLane($0, event: change) })
    }

    init(_ inner: MemoryLog, listen: @escaping @Sendable (LaneEvent?) -> Void) {
        self.init(
            inner,
            change: { event in
                listen(event)
                return event
            })
    }

    func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await inner.partitionCount(of: topic)
    }

    func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try await inner.bounds(of: source)
    }

    func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        wrap(try await inner.openLane(settings))
    }

    func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        try await inner.openReader(source, from: from, follow: follow)
    }

    func openWriter() async throws(LogError) -> any LogWriter { try await inner.openWriter() }
}

/// Counts from 1.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
