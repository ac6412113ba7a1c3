/// Where a record was put in the order of a batch.
struct MergeMark {
    var key: Int64
    var rank: Int32

    static func < (a: MergeMark, b: MergeMark) -> Bool {
        a.key == b.key ? a.rank < b.rank : a.key < b.key
    }
}

/// The records of one source that arrived and are in no batch yet, first in first out.
struct SourceBuffer: Sendable {
    /// A record without its reference: plain values move without reference counting.
    private struct Item {
        var key: Int64
        var index: Int32
        /// Which of `chunks` it lies in, counted from the first chunk ever.
        var chunk: Int32
        var bytes: Int32
    }

    let source: TopicPartition
    private var items: [Item] = []
    private var head = 0
    private var chunks: [RecordChunk] = []
    /// The number of the first of `chunks`.
    private var firstChunk: Int32 = 0

    /// The offset after the last record that arrived.
    private(set) var arrived: Int64
    /// Everything below `arrived` is here, and there was nothing beyond when the log last looked.
    private(set) var isDrained = false
    /// Where the log last saw the end, gaps included.
    private var drainedEnd: Int64 = 0
    private(set) var bytes = 0
    /// The end of the previous batch.
    var batchStart: Int64
    /// The offset after the last record moved to the open batch.
    private(set) var batchEnd: Int64
    private(set) var batchCount: Int64 = 0

    init(source: TopicPartition, position: Int64) {
        self.source = source
        arrived = position
        batchStart = position
        batchEnd = position
    }

    var count: Int { items.count - head }
    var isEmpty: Bool { head == items.count }
    var headKey: Int64 { items[head].key }

    /// - Throws: `rejected` when an offset does not rise.
    mutating func push(
        _ chunk: RecordChunk, _ range: Range<Int>, eventTime: (Record) -> Int64?
    ) throws(LogError) {
        isDrained = false
        if chunks.last !== chunk { chunks.append(chunk) }
        let number = firstChunk &+ Int32(chunks.count - 1)
        for index in range {
            let record = Record(chunk: chunk, index: index)
            let offset = record.offset
            guard offset >= arrived else {
                throw LogError(
                    .rejected,
                    "\(source) delivered offset \(offset) where \(arrived) or more was due")
            }
            arrived = offset + 1
            let size = record.byteCount
            bytes += size
            items.append(
                Item(
                    key: MergeKey.of(eventTime: eventTime(record), timestamp: record.timestamp),
                    index: Int32(index), chunk: number, bytes: Int32(clamping: size)))
        }
    }

    /// The log saw the end of the source; an end that later records overtook does not count.
    mutating func drained(end: Int64) {
        guard end >= arrived else { return }
        isDrained = true
        drainedEnd = end
    }

    /// Where the source stands once records below `position` are committed: beyond the gap at its end
    /// where there was nothing else.
    func standing(at position: Int64) -> Int64 {
        isDrained && position >= arrived ? max(position, drainedEnd) : position
    }

    /// Moves records to an open batch while they stand before `bound`, and limits allow.
    mutating func move(
        rank: Int32, before bound: MergeMark?, limits: BatchLimits, to batch: inout OpenBatch
    ) {
        var last = firstChunk
        while head < items.count, !batch.isFull(limits) {
            let item = items[head]
            let mark = MergeMark(key: item.key, rank: rank)
            if let bound, bound < mark { break }
            let chunk = chunks[Int(item.chunk &- firstChunk)]
            let record = Record(chunk: chunk, index: Int(item.index))
            batch.append(record, mark, bytes: Int(item.bytes))
            batchEnd = record.offset + 1
            batchCount += 1
            bytes -= Int(item.bytes)
            last = item.chunk
            head += 1
        }
        release(upTo: last)
    }

    /// Closes the open batch's share of this source.
    mutating func closeBatch() -> OffsetRange {
        let range = OffsetRange(
            source: source, from: batchStart, to: batchEnd, delivered: batchCount)
        batchStart = batchEnd
        batchCount = 0
        return range
    }

    private mutating func release(upTo number: Int32) {
        if head == items.count {
            items.removeAll(keepingCapacity: items.capacity <= 16_384)
            head = 0
            firstChunk &+= Int32(chunks.count)
            chunks.removeAll(keepingCapacity: true)
            return
        }
        let done = Int(number &- firstChunk)
        if done > 0 {
            chunks.removeFirst(done)
            firstChunk = number
        }
        if head > 4_096, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
    }
}

/// The batch that a task is filling.
struct OpenBatch: Sendable {
    private(set) var records: [Record] = []
    private(set) var marks: [MergeMark] = []
    private(set) var bytes = 0
    private(set) var highest: MergeMark?
    /// A record came that should have stood before one that is here already.
    var isDisordered = false

    init() {}

    /// - Parameter count: the records that are likely to come.
    init(reserving count: Int) {
        records.reserveCapacity(count)
        marks.reserveCapacity(count)
    }

    func isFull(_ limits: BatchLimits) -> Bool {
        records.count >= limits.records || bytes >= limits.bytes
    }

    mutating func append(_ record: Record, _ mark: MergeMark, bytes size: Int) {
        records.append(record)
        marks.append(mark)
        bytes += size
        if let highest, !(highest < mark) { return }
        highest = mark
    }

    /// The records in the order that a merge of their sources' heads gives: the order that follows
    /// from the batch's ranges alone, whenever each record came.
    func ordered(sourceCount: Int) -> [Record] {
        guard isDisordered else { return records }
        var queues = [[Int]](repeating: [], count: sourceCount)
        for (index, mark) in marks.enumerated() { queues[Int(mark.rank)].append(index) }
        var heads = [Int](repeating: 0, count: sourceCount)
        var merged: [Record] = []
        merged.reserveCapacity(records.count)
        while merged.count < records.count {
            var best: Int?
            for rank in queues.indices where heads[rank] < queues[rank].count {
                let candidate = queues[rank][heads[rank]]
                if let chosen = best, !(marks[candidate] < marks[chosen]) { continue }
                best = candidate
            }
            guard let best else { break }
            merged.append(records[best])
            heads[Int(marks[best].rank)] += 1
        }
        return merged
    }
}
