import KafkaLog
import KafkaTesting
import Streaming
import Testing

/// Error paths only: the mock cluster acknowledges transactions without having any.
@Suite(.timeLimit(.minutes(2))) struct InjectedErrorTests {
    private let mock: MockCluster
    private let log: KafkaLog
    private let source = TopicPartition("in", 0)

    init() throws {
        mock = try #require(MockCluster())
        mock.createTopic("in", partitions: 1)
        mock.createTopic("out", partitions: 1)
        log = try KafkaLog(
            KafkaSettings(
                brokers: mock.address, sessionTimeout: .seconds(6), transactionTimeout: .seconds(3),
                requestTimeout: .seconds(5)))
    }

    private func lane() async throws -> any LaneLog {
        let lane = try await log.openLane(
            LaneSettings(stage: "test", topics: ["in"], group: "group"))
        #expect(try await lane.startNext() == [source])
        return lane
    }

    private func end(_ lane: any LaneLog) async {
        await lane.close()
        await log.close()
        mock.close()
    }

    @Test("A commit whose answer never comes is unknown until the producer is renewed")
    func unknown() async throws {
        let lane = try await lane()
        mock.answer(.endTransaction, with: Array(repeating: .disconnect, count: 1000))
        let result = await lane.commit(.one("out", "a"), offsets: [source: 1])
        #expect(result.kind == "unknown")
        #expect(await lane.commit(.one("out", "b"), offsets: [source: 1]).kind == "unknown")
        mock.clear(.endTransaction)
        try await lane.renewProducer()
        #expect(await lane.commit(.one("out", "c"), offsets: [source: 1]).kind == "committed")
        await end(lane)
    }

    @Test(
        "A stale generation or member id in the offsets is fenced after the abort",
        arguments: [MockCluster.Answer.illegalGeneration, .unknownMember, .fencedInstance])
    func staleGeneration(answer: MockCluster.Answer) async throws {
        let lane = try await lane()
        mock.answer(.transactionOffsetCommit, with: [answer])
        let result = await lane.commit(.one("out", "a"), offsets: [source: 1])
        #expect(result.kind == "fenced")
        await end(lane)
    }

    @Test(
        "A producer whose epoch is old is fenced for good",
        arguments: [
            (MockCluster.Request.addPartitionsToTransaction, MockCluster.Answer.producerFenced),
            (.endTransaction, .producerFenced), (.endTransaction, .invalidProducerEpoch),
            (.addOffsetsToTransaction, .invalidProducerEpoch),
        ])
    func fenced(request: MockCluster.Request, answer: MockCluster.Answer) async throws {
        let lane = try await lane()
        mock.answer(request, with: [answer])
        #expect(await lane.commit(.one("out", "a"), offsets: [source: 1]).kind == "fenced")
        #expect(await lane.commit(.one("out", "a"), offsets: [source: 1]).kind == "fenced")
        await end(lane)
    }

    @Test("A passing error is tried again inside the commit")
    func retries() async throws {
        let lane = try await lane()
        mock.answer(.endTransaction, with: [.coordinatorNotAvailable, .disconnect])
        mock.answer(.transactionOffsetCommit, with: [.coordinatorNotAvailable])
        #expect(await lane.commit(.one("out", "a"), offsets: [source: 1]).kind == "committed")
        await end(lane)
    }

    @Test("Partitions that were lost are told as lost, and a commit for them is fenced")
    func loses() async throws {
        let lane = try await lane()
        mock.answer(.heartbeat, with: [.unknownMember])
        let seen = try await lane.events { $0.kind == "lost" || $0.kind == "revoked" }
        #expect(seen.last?.kind == "lost")
        #expect(await lane.commit(.one("out", "a"), offsets: [source: 1]).kind == "fenced")
        #expect(try await lane.startNext() == [source])
        #expect(await lane.commit(.one("out", "b"), offsets: [source: 1]).kind == "committed")
        await end(lane)
    }

    @Test("A position that the topic does not have any more ends the lane with an error")
    func outOfRange() async throws {
        let lane = try await log.openLane(
            LaneSettings(stage: "test", topics: ["in"], group: "group"))
        let seen = try await lane.events { $0.kind == "assigned" }
        #expect(seen.count == 1)
        try await lane.start([source: 1000])
        let error = await #expect(throws: LogError.self) {
            while true { _ = try await lane.next(wait: .seconds(20)) }
        }
        #expect(error?.code == .outOfRange)
        await end(lane)
    }
}
