internal import Synchronization

/// Reads one partition of a `LogCore`.
final class CoreReader: LogReader {
    static let maximumRecords = 4_096
    static let maximumBytes = 1 << 20
    /// How long a following reader waits before it says that there is nothing.
    static let patience = Duration.milliseconds(200)

    private let core: LogCore
    private let source: TopicPartition
    private let end: Int64?
    private let offset: Mutex<Int64>

    init(core: LogCore, source: TopicPartition, from: Int64, follow: Bool) throws(LogError) {
        self.core = core
        self.source = source
        let bounds = try core.bounds(of: source)
        end = follow ? nil : bounds.end
        offset = Mutex(max(from, bounds.low))
    }

    var position: Int64 { get async { offset.withLock { $0 } } }

    func next() async throws(LogError) -> RecordChunk? {
        let first = try step()
        if let spans = first.spans { return try core.chunk(sources: [source], spans: [(0, spans)]) }
        if first.isDone { return nil }
        await core.waitForChange(since: first.version, atMost: Self.patience)
        let spans = try step().spans ?? []
        return try core.chunk(sources: [source], spans: [(0, spans)])
    }

    private func step() throws(LogError) -> (spans: [JournalSpan]?, isDone: Bool, version: UInt64) {
        try core.look { state throws(LogError) in
            let partition = try state.partition(source)
            let limit = end ?? partition.end
            let from = offset.withLock { $0 }
            var index = partition.index(of: from)
            var spans: [JournalSpan] = []
            var bytes = 0
            while index < partition.offsets.count, partition.offsets[index] < limit,
                spans.count < Self.maximumRecords, bytes < Self.maximumBytes
            {
                spans.append(partition.spans[index])
                bytes += partition.spans[index].count
                index += 1
            }
            guard !spans.isEmpty else {
                offset.withLock { $0 = max($0, limit) }
                return (nil, end != nil, state.version)
            }
            offset.withLock { $0 = partition.offsets[index - 1] + 1 }
            return (spans, false, state.version)
        }
    }

    func close() async {}
}

/// Writes to a `LogCore` outside any group.
final class CoreWriter: LogWriter {
    private let core: LogCore

    init(core: LogCore) { self.core = core }

    func write(_ output: OutputBatch) async throws(LogError) {
        switch core.commit(output) {
        case .committed: return
        case .aborted(let error), .fenced(let error), .unknown(let error): throw error
        }
    }

    func close() async {}
}
