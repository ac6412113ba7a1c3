import KafkaLog
import Streaming
import Testing

@Suite(.timeLimit(.minutes(1))) struct TopicTests {
    @Test("Creating twice is the same as once, and what was created is as planned")
    func creates() async throws {
        let fixture = try await Fixture.make()
        let plans = [
            TopicPlan("\(fixture.prefix).a", partitions: 4, retention: .forever),
            TopicPlan("\(fixture.prefix).b", partitions: 2, cleanup: .compact),
            TopicPlan("\(fixture.prefix).c", partitions: 1, retention: .atLeast(.seconds(86_400))),
        ]
        #expect(try await fixture.log.createTopics(plans).allSatisfy(\.created))
        #expect(try await fixture.log.createTopics(plans).allSatisfy { !$0.created })
        #expect(try await fixture.log.checkTopics(plans) == [])
        await fixture.log.close()
    }

    @Test("Every difference from the plan is found, with what to do")
    func finds() async throws {
        let fixture = try await Fixture.make()
        let name = "\(fixture.prefix).a"
        _ = try await fixture.log.createTopics([
            TopicPlan(name, partitions: 2, retention: .atLeast(.seconds(60)))
        ])
        func findings(_ plan: TopicPlan) async throws -> [TopicFinding] {
            try await fixture.log.checkTopics([plan])
        }
        let more = try await findings(TopicPlan(name, partitions: 3))
        #expect(more.map(\.severity) == [.error])
        #expect(more[0].problem == "it has 2 partitions where 3 are planned")
        #expect(try await findings(TopicPlan(name, partitions: 1)).count == 1)
        let compact = try await findings(TopicPlan(name, partitions: 2, cleanup: .compact))
        #expect(compact.map(\.remedy) == ["set cleanup.policy=compact"])
        let long = try await findings(
            TopicPlan(name, partitions: 2, retention: .atLeast(.seconds(61))))
        #expect(long.map(\.severity) == [.warning])
        #expect(long[0].remedy == "set retention.ms to 61000 at least")
        let forever = try await findings(TopicPlan(name, partitions: 2, retention: .forever))
        #expect(forever.first?.severity == .error)
        let missing = try await findings(TopicPlan("\(name).missing", partitions: 1))
        #expect(missing.map(\.problem) == ["there is no such topic"])
        await fixture.log.close()
    }
}
