import Streaming
import StreamingTesting
import Testing

@Suite struct TaskMergerTests {
    static let task = TaskID(stage: "test", partition: 0)

    func merger(
        _ topics: [String], from: Int64 = 0, limits: BatchLimits = BatchLimits()
    ) -> TaskMerger {
        TaskMerger(
            task: Self.task, positions: topics.map { (TopicPartition($0, 0), from) },
            limits: limits)
    }

    func push(
        _ merger: inout TaskMerger, _ rank: Int, _ topic: String,
        _ records: [(offset: Int64, time: Int64)]
    ) throws {
        try merger.push(
            chunk(topic, records), 0..<records.count, rank: rank, eventTime: eventTime)
    }

    @Test("Heads are merged by event time, then by topic rank")
    func order() throws {
        var merger = merger(["a", "b"])
        try push(&merger, 0, "a", [(0, 10), (1, 5), (2, 30)])
        try push(&merger, 1, "b", [(0, 10), (1, 20)])
        merger.drained(rank: 0, end: 3)
        merger.drained(rank: 1, end: 2)
        merger.fill()
        let taken = merger.takeBatch()
        let batch = try #require(taken)
        #expect(batch.records.map(label) == ["a0", "a1", "b0", "b1", "a2"])
    }

    @Test("A task is at its end once every source is, whether or not its records were taken")
    func end() throws {
        var merger = merger(["a", "b"])
        #expect(!merger.isAtEnd)
        try push(&merger, 0, "a", [(0, 10)])
        merger.drained(rank: 0, end: 1)
        #expect(!merger.isAtEnd)
        merger.drained(rank: 1, end: 0)
        #expect(merger.isAtEnd)
        try push(&merger, 1, "b", [(0, 20)])
        #expect(!merger.isAtEnd)
    }

    @Test("A builder that was copied, or whose chunk is in use, changes neither")
    func builderIsAValue() {
        var builder = RecordChunkBuilder(sources: [TopicPartition("a", 0)], reserving: 1_000)
        func add(_ text: String, to builder: inout RecordChunkBuilder, _ offset: Int64) {
            builder.append(
                source: 0, offset: offset, timestamp: 1, key: nil, value: Array(text.utf8),
                headers: [
                    Header("x", "1"), Header("ce_id", text), Header("y", "22"),
                    Header("ce_type", "t"), Header("z", ""),
                ])
        }
        add("first", to: &builder, 0)
        var copy = builder
        let chunk = builder.finish()
        add("other", to: &copy, 1)
        let both = copy.finish()
        #expect(chunk.count == 1)
        #expect(both[0].bytes(of: .value) == Array("first".utf8))
        #expect(both[1].bytes(of: .value) == Array("other".utf8))
        #expect(chunk[0].bytes(of: .value) == Array("first".utf8))
        #expect(
            both[1].headers.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }
                == ["ce_id=other", "ce_type=t", "x=1", "y=22", "z="])
    }

    @Test("A source that is neither drained nor buffered makes the task wait")
    func waits() throws {
        var merger = merger(["a", "b"])
        try push(&merger, 0, "a", [(0, 10)])
        merger.fill()
        #expect(merger.stagedCount == 0)
        #expect(merger.waitsFor == TopicPartition("b", 0))
        merger.drained(rank: 1, end: 0)
        merger.fill()
        #expect(merger.stagedCount == 1)
        #expect(merger.waitsFor == nil)
    }

    @Test("An end that later records overtook does not drain a source")
    func overtaken() throws {
        var merger = merger(["a", "b"])
        try push(&merger, 1, "b", [(0, 1), (1, 2)])
        merger.drained(rank: 1, end: 1)
        merger.drained(rank: 0, end: 0)
        merger.fill()
        #expect(merger.stagedCount == 2)
        #expect(!merger.isDrained)
        merger.drained(rank: 1, end: 2)
        #expect(merger.isDrained)
    }

    @Test("A new record un-drains its source")
    func undrains() throws {
        var merger = merger(["a", "b"])
        merger.drained(rank: 0, end: 0)
        merger.drained(rank: 1, end: 0)
        try push(&merger, 1, "b", [(0, 5)])
        merger.fill()
        #expect(merger.stagedCount == 1)
        try push(&merger, 0, "a", [(0, 9)])
        merger.fill()
        #expect(merger.stagedCount == 1)
    }

    @Test("A late speaker is put where the batch's ranges place it")
    func disorder() throws {
        var merger = merger(["a", "b"])
        merger.drained(rank: 1, end: 0)
        try push(&merger, 0, "a", [(0, 10), (1, 3)])
        merger.fill()
        try push(&merger, 1, "b", [(0, 5)])
        merger.drained(rank: 0, end: 2)
        merger.fill()
        let taken = merger.takeBatch()
        let batch = try #require(taken)
        #expect(batch.records.map(label) == ["b0", "a0", "a1"])
    }

    @Test("Ranges name every source and go on where the last batch ended, gaps included")
    func ranges() throws {
        var merger = merger(["a", "b"], from: 4, limits: BatchLimits(records: 2))
        try push(&merger, 0, "a", [(5, 1), (9, 2), (12, 3)])
        merger.drained(rank: 0, end: 14)
        merger.drained(rank: 1, end: 4)
        merger.fill()
        let taken = merger.takeBatch()
        let first = try #require(taken)
        #expect(
            first.ranges == [
                OffsetRange(source: TopicPartition("a", 0), from: 4, to: 10, delivered: 2),
                OffsetRange(source: TopicPartition("b", 0), from: 4, to: 4, delivered: 0),
            ])
        merger.fill()
        let next = merger.takeBatch()
        let second = try #require(next)
        #expect(second.ranges[0].from == 10)
        #expect(second.ranges[0].to == 13)
        let none = merger.takeBatch()
        #expect(none == nil)
    }

    @Test("A batch closes by bytes; the record that passes the limit is its last")
    func bytes() throws {
        var merger = merger(["a"], limits: BatchLimits(bytes: 10))
        try push(&merger, 0, "a", (0..<10).map { (Int64($0), 100) })
        merger.fill()
        #expect(merger.isFull)
        #expect(merger.stagedCount == 2)
    }

    @Test("An offset that does not rise is an error")
    func repeats() throws {
        var merger = merger(["a"])
        try push(&merger, 0, "a", [(0, 1), (1, 1)])
        #expect(throws: LogError.self) { try push(&merger, 0, "a", [(1, 1)]) }
    }

    @Test("An event time is the merge key unless it is missing or lies in the future")
    func keys() {
        #expect(MergeKey.of(eventTime: 5, timestamp: 1_000) == 5)
        #expect(MergeKey.of(eventTime: nil, timestamp: 1_000) == 1_000)
        #expect(MergeKey.of(eventTime: 601_000, timestamp: 1_000) == 601_000)
        #expect(MergeKey.of(eventTime: 601_001, timestamp: 1_000) == 1_000)
        #expect(MergeKey.of(eventTime: .max, timestamp: .max) == .max)
    }

    @Test("Batches do not depend on how arrivals are cut", arguments: 0..<40)
    func chunking(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let topics = ["a", "b", "c"]
        let records = topics.map { _ in randomRecords(&random) }
        let limits = BatchLimits(records: Int.random(in: 3...50, using: &random))
        let whole = try batches(topics, records, limits, pieces: .max, &random)
        let cut = try batches(topics, records, limits, pieces: 3, &random)
        #expect(whole.map { $0.records.map(label) } == cut.map { $0.records.map(label) })
        #expect(whole.map(\.ranges) == cut.map(\.ranges))
        #expect(whole.reduce(0) { $0 + $1.records.count } == records.reduce(0) { $0 + $1.count })
        for batch in whole {
            let sources = topics.map { topic in batch.records.filter { $0.source.topic == topic } }
            #expect(
                TaskMerger.order(sources, eventTime: eventTime).map(label)
                    == batch.records.map(label))
        }
    }

    @Test("Order follows from the ranges, whenever records came", arguments: 0..<40)
    func orderFollowsFromRanges(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let topics = ["a", "b", "c"]
        var left = topics.map { _ in randomRecords(&random)[...] }
        var merger = merger(topics, limits: BatchLimits(records: 20))
        var batches: [TaskBatch] = []
        while left.contains(where: { !$0.isEmpty }) {
            let rank = Int.random(in: 0..<3, using: &random)
            let piece = Array(left[rank].prefix(Int.random(in: 0...4, using: &random)))
            left[rank] = left[rank].dropFirst(piece.count)
            try push(&merger, rank, topics[rank], piece)
            if let end = piece.last?.offset { merger.drained(rank: rank, end: end + 1) }
            merger.drained(rank: Int.random(in: 0..<3, using: &random), end: 1_000_000)
            merger.fill()
            if random.chance(0.1), let batch = merger.takeBatch() { batches.append(batch) }
        }
        for batch in batches {
            let sources = topics.map { topic in
                batch.records.filter { $0.source.topic == topic }.sorted { $0.offset < $1.offset }
            }
            #expect(
                TaskMerger.order(sources, eventTime: eventTime).map(label)
                    == batch.records.map(label))
        }
    }

    func randomRecords(_ random: inout SeededRandom) -> [(offset: Int64, time: Int64)] {
        var offset: Int64 = 0
        return (0..<Int.random(in: 0...80, using: &random)).map { _ in
            offset += Int64.random(in: 1...3, using: &random)
            return (offset, Int64.random(in: 0...300, using: &random))
        }
    }

    /// All is delivered in pieces of at most `pieces` records, then drained.
    func batches(
        _ topics: [String], _ records: [[(offset: Int64, time: Int64)]], _ limits: BatchLimits,
        pieces: Int, _ random: inout SeededRandom
    ) throws -> [TaskBatch] {
        var merger = merger(topics, limits: limits)
        var left = records.map { $0[...] }
        var batches: [TaskBatch] = []
        func take() {
            merger.fill()
            while merger.isFull, let batch = merger.takeBatch() {
                batches.append(batch)
                merger.fill()
            }
        }
        while left.contains(where: { !$0.isEmpty }) {
            let rank = Int.random(in: 0..<topics.count, using: &random)
            let piece = Array(left[rank].prefix(pieces))
            left[rank] = left[rank].dropFirst(piece.count)
            try push(&merger, rank, topics[rank], piece)
            take()
        }
        for rank in topics.indices { merger.drained(rank: rank, end: 1_000) }
        take()
        if let batch = merger.takeBatch() { batches.append(batch) }
        return batches
    }
}
