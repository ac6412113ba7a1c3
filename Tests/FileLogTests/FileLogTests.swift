import FileLog
import Streaming
import StreamingTesting
import Testing

@Suite struct FileLogTests {
    @Test("Records keep topic, partition, offset, time stamp, key, value and headers")
    func fields() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let first = try scratch.open()
        try first.createTopic("a", partitions: 2)
        var output = OutputBatch()
        output.append(
            topic: "a", partition: 1, key: [1], value: [2, 3],
            headers: [Header("ce_id", "x"), Header("other", "y")], timestamp: 77)
        output.append(topic: "a", partition: 1, key: nil, value: nil)
        try await (try await first.openWriter()).write(output)
        first.close()

        let log = try scratch.open()
        defer { log.close() }
        #expect(try await log.partitionCount(of: "a") == 2)
        #expect(try await log.bounds(of: TopicPartition("a", 0)) == LogBounds(low: 0, end: 0))
        #expect(try await log.bounds(of: TopicPartition("a", 1)) == LogBounds(low: 0, end: 2))
        let reader = try await log.openReader(TopicPartition("a", 1), from: 0, follow: false)
        let chunk = try #require(try await reader.next())
        #expect(try await reader.next() == nil)
        #expect(chunk[0].source == TopicPartition("a", 1))
        #expect(chunk[0].offset == 0)
        #expect(chunk[0].timestamp == 77)
        #expect(chunk[0].bytes(of: .key) == [1])
        #expect(chunk[0].bytes(of: .value) == [2, 3])
        #expect(chunk[0].headers == [Header("ce_id", "x"), Header("other", "y")])
        #expect(chunk[1].offset == 1)
        #expect(chunk[1].timestamp == 1_000)
        #expect(!chunk[1].has(.key) && !chunk[1].has(.value))
    }

    @Test("A second process is refused, with words that say why")
    func locked() throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let first = try scratch.open()
        let error = #expect(throws: LogError.self) { try scratch.open() }
        #expect(error?.code == .rejected)
        #expect(error?.message.contains("in use") == true)
        first.close()
        try scratch.open().close()
    }

    @Test("A topic is created once; another number of partitions is an error")
    func topics() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let log = try scratch.open()
        defer { log.close() }
        try log.createTopic("a", partitions: 2)
        try log.createTopic("a", partitions: 2)
        #expect(throws: LogError.self) { try log.createTopic("a", partitions: 3) }
        await #expect(throws: LogError.self) { try await log.write(["x"], to: "none") }
        await #expect(throws: LogError.self) { try await log.write(["x"], to: "a", partition: 2) }
        #expect(try await log.values(of: "a") == [])
    }

    @Test("A closed log says so")
    func closed() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let log = try scratch.open()
        try log.createTopic("a", partitions: 1)
        log.close()
        log.close()
        await #expect(throws: LogError.self) { try await log.write(["x"], to: "a") }
        await #expect(throws: LogError.self) { try await log.values(of: "a") }
    }

    @Test("Lanes go on after the log is opened anew, and nothing is lost or repeated")
    func lanes() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let sources = ["a", "b"]
        let topics = CountingStage.Topics(state: "state", output: "out", ledger: "ledger")
        for round in 0..<4 {
            let log = try scratch.open()
            for topic in sources + ["state", "out", "ledger"] {
                try log.createTopic(topic, partitions: 2)
            }
            for partition in 0..<2 as Range<Int32> {
                try await log.write(
                    (0..<30).map { "\(round).\($0)" }, to: "a", partition: partition)
                try await log.write(["b\(round)"], to: "b", partition: partition)
            }
            let lane = Lane(
                log: log, stage: CountingStage(log: log, topics: topics),
                configuration: LaneConfiguration(
                    settings: LaneSettings(stage: "s", topics: sources, group: "g"),
                    limits: BatchLimits(records: 8), eventTime: { _ in nil }))
            #expect(try await lane.runUntilQuiet() == 62)
            await lane.close()
            let check = CountingCheck(log: log, sources: sources, topics: topics)
            #expect(try await check.faults() == [])
            log.close()
        }
    }

    @Test("A reader that follows is given what is written later")
    func following() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let log = try scratch.open()
        defer { log.close() }
        try log.createTopic("a", partitions: 1)
        try await log.write(["1"], to: "a")
        let reader = try await log.openReader(TopicPartition("a", 0), from: 0, follow: true)
        #expect(try await reader.next()?.count == 1)
        try await log.write(["2", "3"], to: "a")
        #expect(try await reader.next()?.count == 2)
        #expect(await reader.position == 3)
        await reader.close()
    }
}
