/// Puts the records of a task's sources in order and cuts them into batches. A value without clock
/// or log: the same arrivals give the same batches, and a batch's order follows from its ranges.
///
/// Inside a source the order is offset order. Among sources the heads are merged on (merge key,
/// topic rank). A source that is neither drained nor holding records makes the task wait.
public struct TaskMerger: Sendable {
    public let task: TaskID
    public let limits: BatchLimits
    private var sources: [SourceBuffer]
    private var open = OpenBatch()

    /// - Parameter positions: the sources in rank order, each with its first offset.
    public init(task: TaskID, positions: [(TopicPartition, Int64)], limits: BatchLimits) {
        self.task = task
        self.limits = limits
        sources = positions.map { SourceBuffer(source: $0, position: $1) }
    }

    /// Records of the open batch.
    public var stagedCount: Int { open.records.count }
    /// Records that arrived and are in no batch that was taken.
    public var heldCount: Int { sources.reduce(open.records.count) { $0 + $1.count } }
    /// Their bytes.
    public var heldBytes: Int { sources.reduce(open.bytes) { $0 + $1.bytes } }
    /// The open batch has reached a limit.
    public var isFull: Bool { open.isFull(limits) }
    /// Every source is drained and all that arrived is in the open batch.
    public var isDrained: Bool { sources.allSatisfy { $0.isDrained && $0.isEmpty } }
    /// No source is known to have more than what arrived.
    public var isAtEnd: Bool { sources.allSatisfy(\.isDrained) }
    /// The source that the task waits for, while others hold records.
    public var waitsFor: TopicPartition? {
        guard !isFull, sources.contains(where: { !$0.isEmpty }) else { return nil }
        return sources.first { $0.isEmpty && !$0.isDrained }?.source
    }

    /// Where a source stands once records below `position` are committed; a gap at its end, such as
    /// a transaction's marker, is behind it.
    func standing(rank: Int, at position: Int64) -> Int64 { sources[rank].standing(at: position) }

    /// Records of one source that are in no batch yet.
    public func bufferedCount(rank: Int) -> Int { sources[rank].count }
    /// Their bytes.
    public func bufferedBytes(rank: Int) -> Int { sources[rank].bytes }

    /// Takes records `range` of `chunk`, all of the source of this rank, and fills the open batch.
    /// - Parameter eventTime: Unix milliseconds, nil where a record has none.
    /// - Throws: `rejected` when an offset does not rise.
    public mutating func push(
        _ chunk: RecordChunk, _ range: Range<Int>, rank: Int, eventTime: (Record) -> Int64?
    ) throws(LogError) {
        guard !range.isEmpty else { return }
        let wasPassedOver = sources[rank].isEmpty && sources[rank].isDrained
        try sources[rank].push(chunk, range, eventTime: eventTime)
        if wasPassedOver, let highest = open.highest,
            MergeMark(key: sources[rank].headKey, rank: Int32(rank)) < highest
        {
            open.isDisordered = true
        }
    }

    /// The end of the source was seen; see `LaneEvent.drained`.
    public mutating func drained(rank: Int, end: Int64) {
        sources[rank].drained(end: end)
    }

    /// Moves records to the open batch until it is full, nothing is left, or a source must be
    /// waited for. To be called after `push` and `drained`.
    public mutating func fill() {
        while !open.isFull(limits) {
            var best = -1
            var first = MergeMark(key: 0, rank: 0)
            var second: MergeMark?
            for rank in sources.indices {
                if sources[rank].isEmpty {
                    if sources[rank].isDrained { continue }
                    return
                }
                let mark = MergeMark(key: sources[rank].headKey, rank: Int32(rank))
                if best < 0 {
                    (best, first) = (rank, mark)
                } else if mark < first {
                    (best, first, second) = (rank, mark, first)
                } else if let other = second, !(mark < other) {
                    continue
                } else {
                    second = mark
                }
            }
            guard best >= 0 else { return }
            sources[best].move(rank: Int32(best), before: second, limits: limits, to: &open)
        }
    }

    /// Closes the open batch. Its ranges name every source, in rank order.
    /// - Returns: nil where the batch is empty.
    public mutating func takeBatch() -> TaskBatch? {
        guard !open.records.isEmpty else { return nil }
        let records = open.ordered(sourceCount: sources.count)
        open = OpenBatch(reserving: min(records.count, limits.records))
        var ranges: [OffsetRange] = []
        ranges.reserveCapacity(sources.count)
        for rank in sources.indices { ranges.append(sources[rank].closeBatch()) }
        return TaskBatch(task: task, ranges: ranges, records: records)
    }
}

extension TaskMerger {
    /// The records of a recorded batch in the order in which the batch was processed.
    /// - Parameter sources: the records of each source in rank order, in offset order.
    public static func order(
        _ sources: [[Record]], eventTime: (Record) -> Int64?
    ) -> [Record] {
        var batch = OpenBatch()
        for (rank, records) in sources.enumerated() {
            for record in records {
                let key = MergeKey.of(eventTime: eventTime(record), timestamp: record.timestamp)
                batch.append(record, MergeMark(key: key, rank: Int32(rank)), bytes: 0)
            }
        }
        batch.isDisordered = true
        return batch.ordered(sourceCount: sources.count)
    }
}
