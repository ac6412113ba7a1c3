import KafkaLog
import Streaming
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(3))) struct RebalanceTests {
    /// Copies records as the engine would: each chunk in one transaction, settled before release.
    private func copy(
        _ lane: any LaneLog, to topic: String, _ progress: Progress,
        until isDone: @Sendable () -> Bool
    ) async throws {
        var held: [TopicPartition] = []
        while !isDone() {
            guard let event = try await lane.next(wait: .milliseconds(100)) else { continue }
            switch event {
            case .assigned(let sources):
                held = sources
                var positions = try await lane.committed(sources)
                for source in sources where positions[source] == nil { positions[source] = 0 }
                try await lane.start(positions)
            case .records(let chunk):
                guard chunk.records.allSatisfy({ held.contains($0.source) }) else { continue }
                try await copy(chunk, lane, to: topic)
                progress.copied(chunk.count)
            case .revoked(let sources):
                held = []
                await lane.release(sources)
            case .lost: held = []
            case .drained: continue
            }
        }
    }

    private func copy(_ chunk: RecordChunk, _ lane: any LaneLog, to topic: String) async throws {
        var output = OutputBatch()
        var offsets: [TopicPartition: Int64] = [:]
        for record in chunk.records {
            output.append(
                topic: topic, partition: record.source.partition, key: nil,
                value: record.bytes(of: .value))
            offsets[record.source] = record.offset + 1
        }
        let result = await lane.commit(output, offsets: offsets)
        #expect(result.kind == "committed")
    }

    @Test("Lanes that come and go share the work, and each record is copied once")
    func rebalances() async throws {
        let fixture = try await Fixture.make()
        let (from, to) = (
            try await fixture.topic("in", partitions: 4),
            try await fixture.topic("out", partitions: 4)
        )
        let (parts, perPart) = (6, 400)
        for part in 0..<parts - 1 {
            try await fixture.write(
                (0..<perPart).map { (from, Int32($0 % 4), "\(part * perPart + $0)") })
        }
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 {
                let lane = try await fixture.log.openLane(fixture.lane([from]))
                group.addTask {
                    try await copy(lane, to: to, progress) { progress.isStopped(number) }
                    await lane.close()
                }
                try await ContinuousClock().sleep(for: .seconds(1))
            }
            progress.stop(0)
            try await ContinuousClock().sleep(for: .seconds(1))
            try await fixture.write(
                (0..<perPart).map {
                    (from, Int32($0 % 4), "\((parts - 1) * perPart + $0)")
                })
            progress.stop(1)
            let deadline = ContinuousClock.now + .seconds(60)
            while progress.count < parts * perPart, ContinuousClock.now < deadline {
                try await ContinuousClock().sleep(for: .milliseconds(100))
            }
            progress.stop(2)
            try await group.waitForAll()
        }
        var values: [Int] = []
        for partition in 0..<Int32(4) {
            let found = try await fixture.values(to, partition).compactMap { Int($0) }
            #expect(found == found.sorted())
            values += found
        }
        #expect(values.count == parts * perPart)
        #expect(Set(values).count == parts * perPart)
        await fixture.log.close()
    }

    @Test("Partitions of all topics with the same number go to the same lane")
    func copartitions() async throws {
        let fixture = try await Fixture.make()
        let topics = [
            try await fixture.topic("a", partitions: 4),
            try await fixture.topic("b", partitions: 4),
        ]
        let first = try await fixture.log.openLane(fixture.lane(topics))
        #expect(try await first.startNext().count == 8)
        let second = try await fixture.log.openLane(fixture.lane(topics))
        async let joined = second.startNext()
        _ = try await first.events { $0.kind == "revoked" }
        await first.release([])
        let mine = try await first.startNext()
        let others = try await joined
        for sources in [mine, others] {
            #expect(sources.count == 4)
            let numbers = topics.map { topic in
                Set(sources.filter { $0.topic == topic }.map(\.partition))
            }
            #expect(numbers[0] == numbers[1])
        }
        #expect(Set(mine).isDisjoint(with: others))
        await first.close()
        await second.close()
        await fixture.log.close()
    }

    @Test("A commit between revoked and released counts; one after the deadline does not")
    func commitsBeforeRelease() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        let out = try await fixture.topic("out")
        try await fixture.write((0..<10).map { (topic, Int32($0 % 2), "\($0)") })
        let first = try await fixture.log.openLane(fixture.lane([topic]))
        let sources = try await first.startNext()
        #expect(sources.count == 2)
        let second = try await fixture.log.openLane(fixture.lane([topic]))
        async let joined = second.startNext()
        _ = try await first.events { $0.kind == "revoked" }
        let drained = await first.commit(.one(out, "drained"), offsets: [sources[0]: 1])
        #expect(drained.kind == "committed")
        // The deadline passes: half of the session time-out of six seconds.
        _ = try await joined
        let late = await first.commit(.one(out, "late"), offsets: [sources[0]: 2])
        #expect(late.kind == "fenced")
        await first.release(sources)
        let mine = try await first.startNext()
        #expect(mine.count == 1)
        let again = await first.commit(.one(out, "again"), offsets: [mine[0]: 3])
        #expect(again.kind == "committed")
        #expect(try await fixture.values(out) == ["drained", "again"])
        await first.close()
        await second.close()
        await fixture.log.close()
    }

    @Test("Starting an assignment that is gone already starts nothing")
    func ignoresLateStart() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        try await fixture.write([(topic, 0, "a"), (topic, 1, "b")])
        let first = try await fixture.log.openLane(fixture.lane([topic]))
        let seen = try await first.events { $0.kind == "assigned" }
        guard case .assigned(let old)? = seen.last else { return }
        let second = try await fixture.log.openLane(fixture.lane([topic]))
        // Only once the first lane's deadline has passed can the second have its share.
        let others = try await second.startNext()
        try await first.start(Dictionary(uniqueKeysWithValues: old.map { ($0, 0) }))
        let refused = await first.commit(OutputBatch(), offsets: [old[0]: 1])
        #expect(refused.kind == "fenced")
        _ = try await first.events { $0.kind == "revoked" }
        await first.release(old)
        let mine = try await first.startNext()
        #expect(Set(mine + others) == Set(old))
        let values = try await first.events { $0.kind == "drained" }.flatMap(\.values)
        #expect(values == [mine[0].partition == 0 ? "a" : "b"])
        await first.close()
        await second.close()
        await fixture.log.close()
    }
}

@Suite(.timeLimit(.minutes(1))) struct LateAnswerTests {
    @Test("A lane that closes while its revocation waits does not hold up its group")
    func closesWhileRevoked() async throws {
        // A group that is held up waits for the silent member as long as its poll interval.
        let fixture = try await Fixture.make(
            KafkaSettings(brokers: "", maximumPollInterval: .seconds(120)))
        let topic = try await fixture.topic("in", partitions: 2)
        let first = try await fixture.log.openLane(fixture.lane([topic]))
        #expect(try await first.startNext().count == 2)
        let second = try await fixture.log.openLane(fixture.lane([topic]))
        _ = try await first.events { $0.kind == "revoked" }
        await first.close()
        var held = try await second.startNext()
        if held.count == 1 {
            // A busy machine closed it after the revocation's deadline: it had its share meanwhile.
            _ = try await second.events { $0.kind == "revoked" }
            await second.release(held)
            held = try await second.startNext()
        }
        #expect(held.count == 2)
        await second.close()
        await fixture.log.close()
    }

    @Test("A lane that starts while its revocation waits may commit until it releases")
    func startsWhileRevoked() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        let out = try await fixture.topic("out")
        try await fixture.write((0..<10).map { (topic, Int32($0 % 2), "\($0)") })
        let first = try await fixture.log.openLane(fixture.lane([topic]))
        _ = try await first.events { $0.kind == "assigned" }
        let second = try await fixture.log.openLane(fixture.lane([topic]))
        async let joined = second.startNext()
        _ = try await first.events { $0.kind == "revoked" }
        let sources = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
        try await first.start([sources[0]: 0, sources[1]: 0])
        let result = await first.commit(.one(out, "a"), offsets: [sources[0]: 1])
        #expect(result.kind == "committed")
        await first.release(sources)
        let mine = try await first.startNext()
        let others = try await joined
        #expect(Set(mine + others) == Set(sources))
        let seen = try await first.events { $0.kind == "drained" }
        #expect(seen.flatMap(\.values).count == (mine == [sources[0]] ? 4 : 5))
        await first.close()
        await second.close()
        await fixture.log.close()
    }
}

/// Who has been asked to stop, and how much is done.
final class Progress: Sendable {
    private let state = Mutex<(stopped: Set<Int>, count: Int)>(([], 0))

    func stop(_ number: Int) { state.withLock { _ = $0.stopped.insert(number) } }

    func isStopped(_ number: Int) -> Bool { state.withLock { $0.stopped.contains(number) } }

    func copied(_ count: Int) { state.withLock { $0.count += count } }

    var count: Int { state.withLock { $0.count } }
}
