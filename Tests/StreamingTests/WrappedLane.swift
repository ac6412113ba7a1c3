import Streaming

/// A lane with its events or commits changed.
struct WrappedLane: LaneLog {
    typealias Commit =
        @Sendable (any LaneLog, OutputBatch, [TopicPartition: Int64]) async -> CommitResult

    let inner: any LaneLog
    let event: @Sendable (LaneEvent?) -> LaneEvent?
    let commit: Commit

    init(
        _ inner: any LaneLog, event: @escaping @Sendable (LaneEvent?) -> LaneEvent? = { $0 },
        commit: @escaping Commit = { await $0.commit($1, offsets: $2) }
    ) {
        self.inner = inner
        self.event = event
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
        try await inner.committed(sources)
    }

    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult {
        await commit(inner, output, offsets)
    }

    func renewProducer() async throws(LogError) { try await inner.renewProducer() }
    func close() async { await inner.close() }
}
