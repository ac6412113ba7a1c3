import Pipeline
package import SafetyModel
import Streaming

/// A topic that the pipeline reads and does not write, or of which it reads what others wrote.
struct InputTopic: Sendable {
    enum Part: Sendable {
        case platform
        case hashEntries
        /// Only what `tutela rescan` wrote: all else follows from the other topics.
        case signals
        case verdicts
    }

    var name: String
    var part: Part
    var partitions: Int32

    static func all(_ settings: PipelineSettings) -> [InputTopic] {
        let (topics, many) = (settings.topics, settings.partitions)
        return [
            InputTopic(name: topics.hashEntries, part: .hashEntries, partitions: 1),
            InputTopic(name: topics.accounts, part: .platform, partitions: many),
            InputTopic(name: topics.groups, part: .platform, partitions: many),
            InputTopic(name: topics.invites, part: .platform, partitions: many),
            InputTopic(name: topics.reports, part: .platform, partitions: many),
            InputTopic(name: topics.signals, part: .signals, partitions: many),
            InputTopic(name: topics.verdicts, part: .verdicts, partitions: 1),
        ]
    }
}

/// Some of the input, in order, up to a time.
struct InputSlice: Sendable {
    /// What the pipeline's clock says while it works on it.
    var end: Instant
    /// Compared; false while the packs warm up.
    var isCounted: Bool
    var hashEntries = OutputBatch()
    var records = OutputBatch()
    /// Apart, for whether a verdict means anything depends on what was decided before.
    var verdicts: [Record] = []

    init(end: Instant, isCounted: Bool) {
        self.end = end
        self.isCounted = isCounted
    }

    var count: Int { hashEntries.count + records.count + verdicts.count }
    var bytes: Int { hashEntries.bytes.count + records.bytes.count }
}

/// What of the input is taken, and in what pieces.
package struct InputRange: Sendable {
    /// What is before warms the packs up.
    package var from: Instant?
    package var to: Instant?
    package var slice: TimeSpan

    package init(from: Instant? = nil, to: Instant? = nil, slice: TimeSpan = .hours(1)) {
        self.from = from
        self.to = to
        self.slice = slice
    }

    /// The end of the slice that a time is in.
    package func end(of time: Instant) -> Instant {
        let (length, at) = (slice.milliseconds, time.milliseconds)
        let rest = ((at % length) + length) % length
        let end = Instant(milliseconds: at - rest) + slice
        if let from, time < from { return min(end, from) }
        return end
    }

    func contains(_ time: Instant) -> Bool {
        (from.map { $0 <= time } ?? true) && (to.map { time < $0 } ?? true)
    }

    package func isCounted(_ end: Instant) -> Bool { from.map { end > $0 } ?? true }
}

/// What was read of a topic.
package struct TopicCount: Hashable, Sendable {
    package var warming = 0
    package var counted = 0
    /// Left out, since the pipeline wrote it itself and both runs write their own.
    package var own = 0
}

/// Merges the partitions of the input as lanes do, by event time, and cuts slices. Each partition's
/// own order stays. A record without a time has its time stamp's, as everywhere; one with an impossible
/// time follows the one before it.
struct InputMerge {
    private struct Head {
        let topic: InputTopic
        let source: TopicPartition
        let reader: any LogReader
        /// Of heads of one time the first goes first.
        let rank: Int
        var chunk: RecordChunk?
        var index = 0
        var key: Int64?
        /// It has a time that its time stamp allows, or none and so its time stamp.
        var isPossible = false
        /// Its time is not past its time stamp.
        var isTimed = false

        func goes(before other: Head) -> Bool {
            let (own, its) = (key ?? 0, other.key ?? 0)
            return own == its ? rank < other.rank : own < its
        }
    }

    /// Limits of a slice (I11); one that is longer goes on with the same clock.
    static let maximumRecords = 65_536
    static let maximumBytes = 32 << 20

    private let range: InputRange
    private let eventSource: String
    /// A binary heap: each head goes before those at twice its index plus one and plus two.
    private var heads: [Head] = []
    private var added = 0
    private var last: Instant?
    private(set) var counts: [String: TopicCount] = [:]
    /// Event times of what was read.
    private(set) var span: ClosedRange<Instant>?
    private(set) var slices = 0

    init(_ range: InputRange, eventSource: String) {
        self.range = range
        self.eventSource = eventSource
    }

    mutating func add(_ topic: InputTopic, _ source: TopicPartition, _ reader: any LogReader)
        async throws
    {
        var head = Head(topic: topic, source: source, reader: reader, rank: added)
        added += 1
        do {
            try await advance(&head)
        } catch {
            await reader.close()
            throw error
        }
        guard head.chunk != nil else { return await reader.close() }
        // What is sorted is a heap.
        heads.insert(head, at: heads.firstIndex { head.goes(before: $0) } ?? heads.count)
    }

    /// - Returns: nil at the end of the range.
    mutating func next() async throws -> InputSlice? {
        guard let first = heads.first, isInRange(first.key) else { return nil }
        let time = Instant(milliseconds: first.key ?? 0)
        let end = max(range.end(of: time), last ?? range.end(of: time))
        last = end
        slices += 1
        var slice = InputSlice(end: end, isCounted: range.isCounted(end))
        while let head = heads.first, let key = head.key, key < end.milliseconds,
            isInRange(key), slice.count < Self.maximumRecords, slice.bytes < Self.maximumBytes
        {
            take(head, &slice)
            try await moveOn(head)
        }
        return slice
    }

    func close() async {
        for head in heads { await head.reader.close() }
    }

    private func isInRange(_ key: Int64?) -> Bool {
        guard let to = range.to, let key else { return true }
        return key < to.milliseconds
    }

    /// Puts the first head's next record in its place in the order.
    private mutating func moveOn(_ first: Head) async throws {
        var head = first
        head.index += 1
        try await advance(&head)
        heads[0] = head
        if head.chunk == nil {
            await head.reader.close()
            heads.swapAt(0, heads.count - 1)
            heads.removeLast()
        }
        var at = 0
        while true {
            var first = at
            for child in (2 * at + 1)...(2 * at + 2)
            where child < heads.count && heads[child].goes(before: heads[first]) { first = child }
            guard first != at else { return }
            heads.swapAt(at, first)
            at = first
        }
    }

    private mutating func take(_ head: Head, _ slice: inout InputSlice) {
        guard let chunk = head.chunk else { return }
        let record = chunk[head.index]
        note(head, slice.isCounted)
        // A time stamp that the event's time is past stays, for it is what makes it impossible.
        let stamp = head.isTimed ? slice.end.milliseconds : record.timestamp
        switch head.topic.part {
        case .platform, .signals: slice.records.append(record, stamp: stamp)
        case .hashEntries: slice.hashEntries.append(record, stamp: stamp)
        case .verdicts: slice.verdicts.append(record)
        }
    }

    private mutating func note(_ head: Head, _ isCounted: Bool) {
        if isCounted {
            counts[head.topic.name, default: TopicCount()].counted += 1
        } else {
            counts[head.topic.name, default: TopicCount()].warming += 1
        }
        guard head.isPossible, let key = head.key else { return }
        let time = Instant(milliseconds: key)
        guard let known = span else {
            span = time...time
            return
        }
        span = min(known.lowerBound, time)...max(known.upperBound, time)
    }

    /// Moves on to the next record that is wanted; no chunk is left at the end.
    private mutating func advance(_ head: inout Head) async throws {
        while true {
            guard let chunk = head.chunk, head.index < chunk.count else {
                head.chunk = try await head.reader.next()
                head.index = 0
                if head.chunk == nil { return }
                continue
            }
            let record = chunk[head.index]
            if isOurs(record, head.topic.part) {
                counts[head.topic.name, default: TopicCount()].own += 1
                head.index += 1
                continue
            }
            let time = RecordTime.eventTime(of: record)
            head.isTimed = time.map { $0 <= record.timestamp } ?? false
            let key = MergeKey.of(eventTime: time, timestamp: record.timestamp)
            head.isPossible = time == nil || time == key
            head.key = head.isPossible ? key : head.key ?? key
            return
        }
    }

    private func isOurs(_ record: Record, _ part: InputTopic.Part) -> Bool {
        func isFrom(_ stage: String) -> Bool {
            record.bytes(of: .eventSource) == Array("\(eventSource)/\(stage)".utf8)
        }
        return switch part {
        case .platform, .verdicts: false
        case .hashEntries: isFrom(EnforceStage.name)
        case .signals: !isFrom("rescan")
        }
    }
}

extension OutputBatch {
    /// Appends a record as it is but for its time stamp.
    mutating func append(_ record: Record, stamp: Int64) {
        append(
            topic: record.source.topic, partition: record.source.partition,
            key: record.bytes(of: .key), value: record.bytes(of: .value), headers: record.headers,
            timestamp: stamp)
    }
}
