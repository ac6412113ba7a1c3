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

@Suite struct TopicPlanTests {
    private func state(
        _ configuration: [String: String], replicas: Int = 3, hasLeader: Bool = true
    ) -> TopicState {
        TopicState(
            partitions: [PartitionState(id: 0, hasLeader: hasLeader, replicas: replicas)],
            configuration: configuration)
    }

    @Test("A changelog that is also deleted by age is an error")
    func compactAndDelete() {
        let plan = TopicPlan("state", partitions: 1, cleanup: .compact)
        let findings = plan.findings(state(["cleanup.policy": "compact, delete"]))
        #expect(findings.map(\.severity) == [.error])
        #expect(findings[0].description.contains("old rows would be deleted"))
        #expect(plan.findings(state(["cleanup.policy": "compact"])) == [])
    }

    @Test("Records that are kept for ever may not be deleted by age or by size")
    func forever() {
        let plan = TopicPlan("ledger", partitions: 1, retention: .forever)
        let deleting = ["cleanup.policy": "delete"]
        func severities(_ more: [String: String]) -> [TopicFinding.Severity] {
            plan.findings(state(deleting.merging(more) { $1 })).map(\.severity)
        }
        #expect(severities(["retention.ms": "-1", "retention.bytes": "-1"]) == [])
        #expect(severities(["retention.ms": "604800000"]) == [.error])
        #expect(severities(["retention.bytes": "1000"]) == [.error])
    }

    @Test("Too few copies warn, a missing leader is an error")
    func copies() {
        let plan = TopicPlan("in", partitions: 1, replication: 3, minimumInSyncReplicas: 2)
        #expect(plan.findings(state(["min.insync.replicas": "2"])) == [])
        let few = plan.findings(state(["min.insync.replicas": "1"], replicas: 1))
        #expect(few.map(\.severity) == [.warning, .warning])
        #expect(plan.findings(state([:], hasLeader: false)).map(\.severity) == [.error])
    }
}
