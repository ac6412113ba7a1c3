import AuditTrail
import EventSchemas
import Pipeline
import Policy
import SafetyModel
import Testing

@Suite("A subject's history")
struct HistoryTests {
    private let owner = Subject(.account, "owner")

    private func created(_ number: Int, at time: Instant) -> Input {
        var event = PBGroupEvent()
        event.context = TestEvents.context("owner")
        event.groupID = "g-\(number)"
        event.created.kind = .group
        return Input(
            Topics().groups, key: event.groupID, type: EventType.platform(.group, "created"),
            id: "create-\(number)", time: time, value: event.bytes(as: .protobuf))
    }

    private func history(
        _ rig: AssessRig, until end: Instant? = nil, meeting other: Pack? = nil
    ) async throws -> SubjectHistory {
        try await AssessStage.history(
            of: owner, settings: rig.settings, pack: rig.pack, log: rig.log, sealer: rig.sealer,
            until: end, meeting: other)
    }

    @Test("Another pack meets all of a history that is longer than what is kept of it")
    func long() async throws {
        let rig = try AssessRig()
        let count = SubjectHistory.maximumSteps + 200
        try await rig.send(
            (0..<count).map { created($0, at: AssessRig.start + TimeSpan(milliseconds: Int64($0))) }
        )
        try await rig.run()
        let pack = try Pack.load(
            yaml: """
                pack: other
                features: {account: {groups: count(group_created) over 7d}}
                rules:
                  - id: many
                    on: account
                    when: groups >= 100000
                    harm: csam
                    propose: [request_review]
                """, file: "other.yaml")
        let history = try await history(rig, meeting: pack)
        #expect(history.report.difference == nil)
        #expect(history.dropped > 0)
        #expect(history.dropped + history.steps.count == count)
        let last = try #require(history.steps.last)
        let explanation = pack.explain(meeting: last.signal, last.state, history: nil)
        #expect(explanation.features.map(\.value) == ["\(count)"])
    }

    @Test("A history ends before the first signal that is later, whatever came after it")
    func ends() async throws {
        let rig = try AssessRig()
        for (number, minute) in [1, 10, 5].enumerated() {
            try await rig.send([created(number, at: AssessRig.start + .minutes(Int64(minute)))])
            try await rig.run()
        }
        let times = try await history(rig, until: AssessRig.start + .minutes(7)).steps
            .map(\.signal.time)
        #expect(times == [AssessRig.start + .minutes(1)])
        #expect(try await history(rig).steps.count == 3)
    }
}
