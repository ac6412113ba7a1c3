import EventSchemas
import FileLog
import Foundation
import SafetyModel
import Streaming
import Testing

@Suite("What a backtest takes in")
struct BacktestInputTests {
    private static let pack = """
        pack: try
        rules:
          - id: listed
            on: group
            when: text.surface == group_name and text.list_weight >= WEIGHT
            harm: csam
            propose: {self: [request_review]}

        """

    /// Of both packs on an archive that these records are in.
    private func backtest(
        settings: (URL) throws -> String = { _ in "" }, _ more: [String] = [],
        adding records: (inout OutputBatch) throws -> Void
    ) async throws -> Program.Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tutela-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (archive, log) = try await Archive.make(
            in: folder, reports: [("a", "r1", 10)], settings: settings(folder), adding: records)
        log.close()
        var arguments = ["backtest", "--dir", archive.path] + more
        for (name, weight) in [("baseline", "9"), ("candidate", "3")] {
            let file = folder.appending(path: "\(name).yaml")
            try Data(Self.pack.replacing("WEIGHT", with: weight).utf8).write(to: file)
            arguments += ["--\(name)", file.path()]
        }
        return try Program.run(arguments)
    }

    @Test("Texts are looked at with the settings' own lists, which the report names")
    func lists() async throws {
        let group = """
            {"context": {"actorAccountId": "o"}, "groupId": "g1",
             "created": {"kind": "GROUP_KIND_GROUP", "name": {"clear": "quiet term-a club"}}}
            """
        let result = try await backtest(settings: { folder in
            let list = folder.appending(path: "words.csv")
            try Data("term-a, 3\n".utf8).write(to: list)
            return "text:\n  lists: [\(list.path())]\n"
        }) { output in
            Archive.add(
                "platform.groups.v1", key: "g1", "tutela.group.created.v1", id: "g-1", 20,
                Array(group.utf8), to: &output)
        }
        #expect(result.status == 0, "\(result.error)")
        #expect(
            result.output.contains("| `listed` | changed | 0 | 1 | 0 | 1 | 1 | 0 |"),
            "\(result.output)")
        #expect(result.output.contains("term list words `"))
        #expect(result.output.contains("sealing key was not at hand"))
    }

    @Test("A record without an event time stands at its time stamp")
    func untimed() async throws {
        let report = """
            {"context": {"actorAccountId": "r2"}, "subject": {"kind": "SUBJECT_KIND_ACCOUNT", "id": "a"},
             "reportId": "late", "partyToken": "p",
             "filed": {"source": "REPORT_SOURCE_USER", "category": "REPORT_CATEGORY_ENTICEMENT"}}
            """
        let result = try await backtest([
            "--from", "2026-01-05T16:40:00Z", "--to", "2026-01-06T12:00:00Z",
        ]) { output in
            for minute: Int64 in [20, 1_500, 5_000] {
                Archive.add(
                    "platform.reports.v1", key: "a", "tutela.report.filed.v1",
                    id: "u-\(minute)", minute, Array(report.utf8), isTimed: false, to: &output)
            }
        }
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("| `platform.reports.v1` | 2 | 1 | 0 |"), "\(result.output)")
        #expect(result.output.contains("to 2026-01-06T01:00:01.000Z"))
    }

    @Test("A verdict that cannot be carried out has a line of its own")
    func refused() async throws {
        let signer = try VerdictSigner(keyID: "k", privateKey: Array(1...32))
        let result = try await backtest(settings: { _ in
            "  verdict_keys: [{id: k, reviewer: r-1, public_key: \(signer.publicKey.hex)}]\n"
        }) { output in
            var ban = PBTargetedAction()
            ban.action = .banAccount
            ban.target.kind = .account
            ban.target.id = "a"
            var verdict = PBVerdict()
            verdict.verdictID = Data(1...16)
            verdict.subject = ban.target
            verdict.outcome = .confirm
            verdict.reviewerID = "r-1"
            verdict.role = .unknown
            verdict.harm = .enticement
            verdict.actions = [ban]
            verdict.decidedUnixMs = Archive.start + 30 * 60_000
            try signer.sign(&verdict)
            Archive.add(
                "safety.verdicts.v1", key: "a", EventType.verdict, id: "v-1", 30,
                verdict.canonicalBytes(), content: "application/protobuf", to: &output)
        }
        #expect(result.status == 0, "\(result.error)")
        let line = "| review requests about verdicts not carried out in full |  | 1 | 1 | 0 | 0 |"
        #expect(result.output.contains(line), "\(result.output)")
    }

    @Test("More partitions than can be read at once are an error before anything is read")
    func tooMany() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tutela-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try FileLog(directory: folder.path(), durability: .system, clock: { 0 })
        var output = OutputBatch()
        for (topic, partitions) in Archive.topics {
            let count: Int32 = partitions == 1 ? 1 : 400
            try log.createTopic(topic, partitions: count)
            guard
                ["platform.accounts.v1", "platform.groups.v1", "platform.reports.v1"]
                    .contains(topic)
            else { continue }
            for partition in 0..<count {
                output.append(topic: topic, partition: partition, key: [1], value: [1])
            }
        }
        let writer = try await log.openWriter()
        try await writer.write(output)
        await writer.close()
        log.close()
        let pack = folder.appending(path: "p.yaml")
        try Data(Self.pack.replacing("WEIGHT", with: "1").utf8).write(to: pack)
        func complaint(_ more: [String] = []) throws -> String {
            let result = try Program.run(
                ["backtest", "--dir", folder.path(), "--candidate", pack.path()] + more,
                environment: ["TUTELA_PIPELINE_PARTITIONS": "400"])
            #expect(result.status == 78)
            return result.error
        }
        let text = try complaint()
        #expect(
            text.contains("1,200 partitions hold something, and at most 1,024 are read at once"),
            "\(text)")
        for option in ["--markdown", "--json"] {
            #expect(
                try complaint([option, folder.path() + "/none/x"])
                    .contains("the report cannot be written there"))
        }
    }
}
