import KafkaLog
import KafkaTesting
import Streaming
import Testing

@Suite(.timeLimit(.minutes(2))) struct PendingTransactionTests {
    private func pending(
        _ fixture: Fixture, _ topic: String, id: String = "stranger"
    ) throws -> PendingTransaction {
        try #require(
            PendingTransaction(
                brokers: fixture.broker.address, id: "\(fixture.prefix).\(id)", topic: topic,
                partition: 0, value: "pending"))
    }

    @Test("A reader waits for a transaction that is open, and delivers it only once committed")
    func readerWaits() async throws {
        let fixture = try await Fixture.make()
        for commit in [true, false] {
            let topic = try await fixture.topic("in.\(commit)")
            let source = TopicPartition(topic, 0)
            try await fixture.write([(topic, 0, "before")])
            let open = try pending(fixture, topic, id: "\(commit)")
            #expect(try await fixture.log.bounds(of: source).end == 2)
            let reader = try await fixture.log.openReader(source, from: 0, follow: false)
            #expect(try await reader.next()?.values == ["before"])
            async let rest = reader.next()
            try await ContinuousClock().sleep(for: .milliseconds(300))
            #expect(open.end(commit: commit))
            #expect(try await rest?.values == (commit ? ["pending"] : nil))
            if commit { #expect(try await reader.next() == nil) }
            #expect(await reader.position >= 3)
            await reader.close()
        }
        await fixture.log.close()
    }

    @Test("A lane is told of no end while a transaction is open, and of its end when it is aborted")
    func drainedBehindAbort() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in")
        try await fixture.write([(topic, 0, "before")])
        let open = try pending(fixture, topic)
        let lane = try await fixture.log.openLane(fixture.lane([topic]))
        _ = try await lane.startNext()
        let first = try await lane.events { $0.kind == "drained" }
        #expect(first.flatMap(\.values) == ["before"])
        guard case .drained(_, let stable)? = first.last else { return }
        #expect(stable == 2)
        #expect(open.end(commit: false))
        let second = try await lane.events { event in
            if case .drained(_, let end) = event { return end >= 4 }
            return false
        }
        #expect(second.flatMap(\.values) == [])
        await lane.close()
        await fixture.log.close()
    }

    @Test("A lane that starts aborts what its predecessor with the same instance left open")
    func settlesPredecessor() async throws {
        let fixture = try await Fixture.make()
        let topic = try await fixture.topic("in")
        let open = try pending(fixture, topic, id: "one")
        try await fixture.write([(topic, 0, "after")])
        open.abandon()
        let lane = try await fixture.log.openLane(fixture.lane([topic], instance: "one"))
        _ = try await lane.startNext()
        let events = try await lane.events { event in
            if case .drained(_, let end) = event { return end >= 3 }
            return false
        }
        #expect(events.flatMap(\.values) == ["after"])
        await lane.close()
        await fixture.log.close()
    }
}
