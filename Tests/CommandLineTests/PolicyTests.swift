import EventSchemas
import FileLog
import Foundation
import SafetyModel
import Streaming
import Testing

@Suite("What analysts do with packs")
struct PolicyTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func test(_ tests: String) throws -> Program.Result {
        try Program.withDirectory { directory in
            let file = directory.appending(path: "tests.yaml")
            try Data(tests.utf8).write(to: file)
            let pack = Self.repository.appending(path: "Deploy/packs/default")
            return try Program.run(["policy", "test", pack.path(), "--tests", file.path()])
        }
    }

    @Test("A test may begin with platform events, and the page's example of that passes")
    func platformEvents() throws {
        let page = try String(
            contentsOf: Self.repository.appending(path: "Schemas/policy-packs.md"), encoding: .utf8)
        let examples = page.components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        let example = try #require(examples.last)
        let passed = try test(example)
        #expect(passed.status == 0, "\(passed.output)\(passed.error)")
        #expect(passed.output.contains("1 tests passed"))
        // Without the second group nobody made anything again.
        let failed = try test(
            example.replacing(
                "actorAccountId: owner}", with: "actorAccountId: \"owner-{n}\"}", maxReplacements: 1
            ))
        #expect(failed.status == 1)
        #expect(failed.output.contains("group-created-again for group h did not come"))
    }

    @Test("A platform event that the pipeline would reject is an error at its place")
    func wrongEvents() throws {
        let head = "tests:\n  - name: n\n    expect_not: [any]\n    events:\n"
        let wrong = [
            ("      - {type: group.created, data: {groupId: 7}}", ["4:", "the event is rejected"]),
            ("      - {type: groups.created, data: {}}", ["is no type of event", "group.…"]),
            ("      - {type: group.made, data: {groupId: g}}", ["missingField at context"]),
            ("      - {type: group.created, dataa: {}}", ["did you mean \"data\"?"]),
        ]
        for (event, parts) in wrong {
            let result = try test(head + event)
            #expect(result.status == 78, "\(event)")
            for part in parts + ["tests.yaml:5:"] where part != "4:" {
                #expect(result.error.contains(part), "\(event): \(result.error)")
            }
        }
    }

    @Test("A subject of a recorded run is explained with what was proposed about it")
    func explainsRecords() async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "explain-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: directory) }
        let made = try Program.run(
            ["demo", "--accounts", "300", "--days", "3", "--dir", directory.path()])
        #expect(made.status == 0, "\(made.error)")
        let proposals = try await proposals(in: directory)
        for proposal in try [#require(proposals.first), #require(proposals.last)] {
            let kind = ["account", "group", "link"][Int(proposal.subject.kind.rawValue) - 1]
            let subject = "\(kind) \(proposal.subject.id)"
            let result = try Program.run([
                "policy", "explain", "--dir", directory.path(), "--subject", subject,
                "--signals", "10000",
            ])
            #expect(result.status == 0, "\(result.error)")
            #expect(result.output.hasPrefix(subject))
            let own = proposals.filter { $0.subject == proposal.subject }
            let shown = result.output.split(separator: "\n").filter { $0.contains("proposed  ") }
            #expect(shown.count == own.count)
            for (line, proposal) in zip(shown, own) {
                #expect(line.contains("proposed  \(proposal.rule) for "))
            }
        }
        let early = try Program.run([
            "policy", "explain", "--dir", directory.path(), "--subject", "group nobody",
            "--signals=-5",
        ])
        #expect(early.status == 64 && early.error.contains("--signals must be from 0 to"))
        let unknown = try Program.run([
            "policy", "explain", "--dir", directory.path(), "--subject", "group nobody",
        ])
        #expect(unknown.status == 1)
        #expect(unknown.error.contains("nothing was recorded about group nobody"))
    }

    private func proposals(in directory: URL) async throws -> [PBProposal] {
        let log = try FileLog(directory: directory.path(), durability: .system, clock: { 0 })
        defer { log.close() }
        let reader = try await log.openReader(
            TopicPartition("tutela.proposals.v1", 0), from: 0, follow: false)
        var all: [PBProposal] = []
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count {
                let value = try #require(chunk[index].bytes(of: .value))
                all.append(try #require(PBProposal(canonicalBytes: value)))
            }
        }
        await reader.close()
        return all
    }
}
