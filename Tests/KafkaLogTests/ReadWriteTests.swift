import KafkaLog
import Streaming
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReadWriteTests {
    @Test("Headers, keys, tombstones, empty values and time stamps arrive as they were written")
    func roundTrip() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        var output = OutputBatch()
        let headers = [
            Header("ce_id", "e-1"), Header("ce_type", "account.registered"),
            Header("trace", "abc"), Header("empty", ""),
        ]
        output.append(
            topic: topic, partition: 1, key: [1, 2], value: [3, 4, 5], headers: headers,
            timestamp: 1_900_000_000_123)
        output.append(topic: topic, partition: 1, key: [1, 2], value: nil)
        output.append(topic: topic, partition: 1, key: nil, value: [])
        let writer = try await fixture.log.openWriter()
        try await writer.write(output)
        await writer.close()
        let reader = try await fixture.log.openReader(
            TopicPartition(topic, 1), from: 0, follow: false)
        let chunk = try #require(try await reader.next())
        try #require(chunk.count == 3)
        #expect(chunk[0].source == TopicPartition(topic, 1))
        #expect(chunk.records.map(\.offset) == [0, 1, 2])
        #expect(chunk[0].timestamp == 1_900_000_000_123)
        #expect(chunk[0].headers == headers)
        #expect(chunk[0].bytes(of: .key) == [1, 2])
        #expect(chunk[0].bytes(of: .value) == [3, 4, 5])
        #expect(!chunk[1].has(.value))
        #expect(chunk[2].bytes(of: .value) == [])
        #expect(!chunk[2].has(.key))
        #expect(chunk[2].timestamp > 1_700_000_000_000)
        #expect(try await reader.next() == nil)
        // The transaction's marker is behind the records.
        #expect(await reader.position == 4)
        await reader.close()
        await fixture.log.close()
    }

    @Test("A reader starts at a position, ends at the end it found, and a following one reads on")
    func readerBounds() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in")
        let source = TopicPartition(topic, 0)
        let empty = try await fixture.log.openReader(source, from: 0, follow: false)
        #expect(try await empty.next() == nil)
        await empty.close()
        try await fixture.write((0..<5).map { (topic, 0, "v\($0)") })
        let late = try await fixture.log.openReader(source, from: 3, follow: false)
        let following = try await fixture.log.openReader(source, from: 5, follow: true)
        try await fixture.write([(topic, 0, "later")])
        #expect(try await late.next()?.values == ["v3", "v4"])
        #expect(try await late.next() == nil)
        var values: [String] = []
        while values.isEmpty { values = try await following.next()?.values ?? ["ended"] }
        #expect(values == ["later"])
        #expect(try await following.next()?.count == 0)
        await late.close()
        await following.close()
        await fixture.log.close()
    }

    @Test("Bounds count every record and marker, and an unknown topic is told from an empty one")
    func bounds() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 3)
        #expect(try await fixture.log.partitionCount(of: topic) == 3)
        #expect(try await fixture.log.partitionCount(of: topic + ".missing") == nil)
        let source = TopicPartition(topic, 2)
        #expect(try await fixture.log.bounds(of: source) == LogBounds(low: 0, end: 0))
        try await fixture.write([(topic, 2, "a"), (topic, 2, "b")])
        #expect(try await fixture.log.bounds(of: source) == LogBounds(low: 0, end: 3))
        await fixture.log.close()
    }

    @Test("A large batch arrives whole and in order")
    func manyRecords() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in")
        try await fixture.write((0..<20_000).map { (topic, 0, "\($0)") })
        #expect(try await fixture.values(topic) == (0..<20_000).map { "\($0)" })
        await fixture.log.close()
    }
}
