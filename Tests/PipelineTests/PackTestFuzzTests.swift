import Pipeline
import Policy
import TestSupport
import Testing

@Suite("Damaged tests that begin with platform events")
struct PackTestFuzzTests {
    private static let file = """
        tests:
          - name: A group that is made again after it was taken down
            events:
              - type: group.created
                at: 0h
                data: {groupId: g, context: {actorAccountId: owner}, created: {kind: GROUP_KIND_GROUP}}
              - type: account.device_linked
                at: 1h
                times: 3
                every: 5m
                data:
                  accountId: owner
                  context: {actorAccountId: owner, deviceToken: "d{n}"}
                  deviceLinked: {deviceToken: "d{n}", kind: DEVICE_KIND_COMPANION, deviceReused: true}
              - type: report.filed
                at: 2h
                times: 3
                data:
                  context: {actorAccountId: "r{n}", region: AA}
                  subject: {kind: SUBJECT_KIND_ACCOUNT, id: owner}
                  reportId: "report-{n}"
                  filed: {source: REPORT_SOURCE_USER, category: REPORT_CATEGORY_CSAM}
            signals:
              - {kind: enforced, subject: group g, action: disable_group, decision: d1, at: 5h}
            expect_not: [any]
          - name: Sightings
            events:
              - type: invite.sighted
                at: 1h
                data:
                  linkId: l
                  groupId: g
                  context: {}
                  sighted: {sourceClass: SIGHTING_SOURCE_CLASS_FORUM, sourceToken: p}
            expect:
              - {rule: busy-link, target: link l, actions: [request_review], times: 1}
        """
    private static let words = [
        "{", "}", "[", "]", ",", ": ", "- ", "\n", "\"", "null", "true", "-1", "1e999", "{n}",
        "\\u",
        "group.created", "account.registered", "data:", "times: 99999", "99999999999999999999",
        "at: 36500d", "context: {", "createTime", "é", "\u{0}",
    ]

    @Test("They are an error or other tests", .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzz() throws {
        let events = try PackTestEvents()
        let fuzzing = Fuzzing(
            "pack-test-events", seeds: [Array(Self.file.utf8)], words: Self.words)
        let pack = Pack.builtin
        // Rejected events are the rule; their readers have read every part before.
        let report = fuzzing.run(rounds: 3_000) { bytes, _ in
            let tests = try? PackTest.load(
                yaml: String(decoding: bytes, as: UTF8.self), file: "t",
                events: { event throws(PackTest.EventFault) in try events.signals(of: event) })
            for test in tests ?? [] { _ = test.run(pack) }
            return tests != nil
        }
        #expect(report.isSound, "\(report)")
    }
}
