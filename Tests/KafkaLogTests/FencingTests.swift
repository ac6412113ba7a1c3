import Foundation
import KafkaLog
import KafkaTesting
import Streaming
import Testing

@Suite(.timeLimit(.minutes(2))) struct FencingTests {
    @Test("The commit of a zombie whose instance has started elsewhere is fenced and invisible")
    func fencesZombie() async throws {
        let fixture = try await Fixture.make()
        let (from, to) = (try await fixture.topic("in"), try await fixture.topic("out"))
        let source = TopicPartition(from, 0)
        try await fixture.write((0..<5).map { (from, 0, "\($0)") })
        let zombie = try await fixture.log.openLane(fixture.lane([from], instance: "one"))
        _ = try await zombie.startNext()
        #expect(await zombie.commit(.one(to, "a"), offsets: [source: 1]).kind == "committed")
        let successor = try await fixture.log.openLane(fixture.lane([from], instance: "one"))
        #expect(await zombie.commit(.one(to, "b"), offsets: [source: 2]).kind == "fenced")
        #expect(await zombie.commit(.one(to, "c"), offsets: [source: 3]).kind == "fenced")
        await #expect(throws: LogError.self) {
            while true { _ = try await zombie.next(wait: .seconds(10)) }
        }
        #expect(try await successor.startNext() == [source])
        #expect(try await successor.committed([source]) == [source: 1])
        let last = await successor.commit(.one(to, "d"), offsets: [source: 4])
        #expect(last.kind == "committed", "\(last)")
        #expect(try await fixture.values(to) == ["a", "d"])
        await zombie.close()
        await successor.close()
        await fixture.log.close()
    }

    @Test("A static member that starts again has its partitions back at once")
    func restartsStatic() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        try await fixture.write((0..<10).map { (topic, Int32($0 % 2), "\($0)") })
        for round in 0..<3 {
            let lane = try await fixture.log.openLane(fixture.lane([topic], instance: "one"))
            let sources = try await lane.startNext()
            #expect(sources.count == 2)
            #expect(
                await lane.commit(OutputBatch(), offsets: [sources[0]: Int64(round)]).kind
                    == "committed")
            await lane.close()
        }
        await fixture.log.close()
    }

    /// Only where a broker was given: the one that the tests start takes the offsets of any generation.
    @Test(
        "A commit with the group metadata of an earlier generation is refused by the broker",
        .enabled(if: ProcessInfo.processInfo.environment[TestBroker.variable] != nil))
    func fencesGeneration() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in", partitions: 2)
        let settings = fixture.lane([topic])
        let stale = try #require(
            StaleMember(brokers: fixture.broker.address, group: settings.group, topic: topic))
        #expect(stale.assignedCount == 2)
        // It is told of the rebalance and joins the new generation; what it knew stays as it was.
        let lane = try await fixture.log.openLane(settings)
        let deadline = ContinuousClock.now + .seconds(30)
        while stale.assignedCount != 1, ContinuousClock.now < deadline { stale.poll() }
        #expect(try await lane.startNext().count == 1)
        let error = stale.commit(
            transactionalID: "\(fixture.prefix).stale", topic: topic, offset: 7)
        #expect(error == "ILLEGAL_GENERATION")
        #expect(try await lane.committed([TopicPartition(topic, 0)]) == [:])
        stale.close()
        await lane.close()
        await fixture.log.close()
    }

    @Test("After a renewed producer the lane commits again")
    func renews() async throws {
        let fixture = try await Fixture.make()
        let (from, to) = (try await fixture.topic("in"), try await fixture.topic("out"))
        let source = TopicPartition(from, 0)
        let lane = try await fixture.log.openLane(fixture.lane([from]))
        _ = try await lane.startNext()
        try await lane.renewProducer()
        #expect(await lane.commit(.one(to, "a"), offsets: [source: 1]).kind == "committed")
        await lane.close()
        await fixture.log.close()
    }
}
