import KafkaLog
import Streaming
import Testing

@Suite(.timeLimit(.minutes(2))) struct LaneTests {
    @Test("Records are delivered from the start position, and the end is told behind markers")
    func deliversAndDrains() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in")
        try await fixture.write([(topic, 0, "a"), (topic, 0, "b")])
        try await fixture.write([(topic, 0, "c")])
        let lane = try await fixture.log.openLane(fixture.lane([topic]))
        #expect(try await lane.startNext(from: 1) == [TopicPartition(topic, 0)])
        let events = try await lane.events { event in
            if case .drained(_, let end) = event { return end >= 5 }
            return false
        }
        #expect(events.flatMap(\.values) == ["b", "c"])
        await lane.close()
        await fixture.log.close()
    }

    @Test("Records and offsets of a commit become visible together")
    func commits() async throws {
        let fixture = try await Fixture.make()
        let (from, to) = (try await fixture.topic("in"), try await fixture.topic("out"))
        try await fixture.write([(from, 0, "a")])
        let lane = try await fixture.log.openLane(fixture.lane([from]))
        let source = TopicPartition(from, 0)
        _ = try await lane.startNext()
        #expect(try await lane.committed([source]) == [:])
        let result = await lane.commit(.one(to, "made of a"), offsets: [source: 1])
        #expect(result.kind == "committed")
        #expect(try await lane.committed([source]) == [source: 1])
        #expect(try await fixture.values(to) == ["made of a"])
        await lane.close()
        await fixture.log.close()
    }

    @Test("An aborted transaction leaves neither records nor offsets, and the lane goes on")
    func aborts() async throws {
        let fixture = try await Fixture.make()
        let (from, to) = (try await fixture.topic("in"), try await fixture.topic("out"))
        let lane = try await fixture.log.openLane(fixture.lane([from]))
        let source = TopicPartition(from, 0)
        _ = try await lane.startNext()
        var output = OutputBatch.one(to, "never seen")
        output.append(topic: to, partition: 7, key: nil, value: [1])
        let failed = await lane.commit(output, offsets: [source: 9])
        #expect(failed.kind == "aborted")
        #expect(try await lane.committed([source]) == [:])
        let result = await lane.commit(.one(to, "seen"), offsets: [source: 0])
        #expect(result.kind == "committed")
        #expect(try await fixture.values(to) == ["seen"])
        await lane.close()
        await fixture.log.close()
    }

    @Test("Offsets of partitions that are not the lane's are refused before anything is written")
    func refusesForeignOffsets() async throws {
        let fixture = try await Fixture.make()
        let (from, to) = (try await fixture.topic("in"), try await fixture.topic("out"))
        let lane = try await fixture.log.openLane(fixture.lane([from]))
        let before = await lane.commit(.one(to, "x"), offsets: [TopicPartition(from, 0): 1])
        #expect(before.kind == "fenced")
        _ = try await lane.startNext()
        let foreign = await lane.commit(.one(to, "x"), offsets: [TopicPartition(from, 1): 1])
        #expect(foreign.kind == "fenced")
        #expect(try await fixture.values(to) == [])
        await lane.close()
        await fixture.log.close()
    }

    @Test("A source that is held back delivers nothing, loses nothing, and others flow")
    func pausesOneSource() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        let lane = try await fixture.log.openLane(fixture.lane([topic]))
        #expect(try await lane.startNext().count == 2)
        _ = try await lane.events { $0.kind == "drained" }
        await lane.pause([TopicPartition(topic, 0)])
        try await fixture.write((0..<100).map { (topic, Int32($0 % 2), "\($0)") })
        var values: [String] = []
        _ = try await lane.events { event in
            values += event.values
            return values.count >= 50
        }
        #expect(values == stride(from: 1, to: 100, by: 2).map { "\($0)" })
        for _ in 0..<3 { values += try await lane.next(wait: .milliseconds(200))?.values ?? [] }
        #expect(values.count == 50)
        await lane.resume([TopicPartition(topic, 0)])
        _ = try await lane.events { event in
            values += event.values
            return values.count >= 100
        }
        #expect(Array(values.suffix(50)) == stride(from: 0, to: 100, by: 2).map { "\($0)" })
        await lane.close()
        await fixture.log.close()
    }

    @Test("A lane that takes nothing for long stays a member and loses nothing")
    func stallsLong() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        let count = 3000
        for part in 0..<4 {
            try await fixture.write(
                (0..<count / 4).map { (topic, Int32($0 % 2), "\(part * count / 4 + $0)") })
        }
        var settings = fixture.lane([topic])
        settings.maximumBufferedRecords = 10
        let lane = try await fixture.log.openLane(settings)
        _ = try await lane.startNext()
        try await ContinuousClock().sleep(for: .seconds(3))
        var values: [Int] = []
        _ = try await lane.events { event in
            values += event.values.compactMap { Int($0) }
            return values.count >= count
        }
        #expect(values.sorted() == Array(0..<count))
        await lane.close()
        await fixture.log.close()
    }

    @Test("Waiting ends when the time is up or the caller is cancelled")
    func waits() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in")
        let lane = try await fixture.log.openLane(fixture.lane([topic]))
        _ = try await lane.startNext()
        _ = try await lane.events { $0.kind == "drained" }
        let began = ContinuousClock.now
        let nothing = try await lane.next(wait: .milliseconds(30))
        #expect(nothing == nil)
        #expect(ContinuousClock.now - began >= .milliseconds(29))
        let waiting = Task { try await lane.next(wait: .seconds(60)) }
        waiting.cancel()
        let cancelled = try await waiting.value
        #expect(cancelled == nil)
        await lane.close()
        await #expect(throws: LogError.self) { _ = try await lane.next(wait: .seconds(1)) }
        await fixture.log.close()
    }
}
