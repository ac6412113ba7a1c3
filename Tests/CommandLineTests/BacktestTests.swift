import FileLog
import Foundation
import Testing

@Suite("Backtest")
struct BacktestTests {
    private static let features = """
        pack: try
        features:
          account:
            reporters_7d: distinct(reported, reporter) over 7d
        rules:
          - id: several
            on: account
            when: signal.kind == reported and reporters_7d >= LIMIT
            harm: enticement
            propose: {self: [request_review]}
            cooldown: 72h
          - id: quick
            on: account
            when: signal.kind == reported and reporters_7d >= 2
            harm: enticement
            propose: {self: [limit_invites]}
            budget: {per: 1d, limit: 2}
            cooldown: 72h
            shadow: SHADOW

        """
    private static let trial = """
          - id: any
            on: account
            when: signal.kind == reported
            harm: enticement
            propose: {self: [request_review]}
            cooldown: 72h
            shadow: true

        """
    private static let baseline = features.replacing("LIMIT", with: "2")
        .replacing("SHADOW", with: "true")
    private static let candidate =
        features.replacing("LIMIT", with: "3").replacing("SHADOW", with: "false") + trial

    /// Minutes 0 to 999 warm up.
    private static let reports: [(subject: String, reporter: String, minute: Int64)] = [
        ("c", "r1", 10), ("c", "r2", 20), ("a", "r1", 1_200), ("a", "r2", 1_210),
        ("b", "r1", 1_220), ("a", "r3", 1_230), ("b", "r2", 1_300), ("c", "r3", 1_500),
    ]
    private static let from = "2026-01-05T16:40:00Z"

    private struct Place {
        var archive: Archive
        var baseline: String
        var candidate: String
    }

    private func withArchive(
        without topic: String = "", isOpen: Bool = false, _ body: (Place) throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "tutela-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (old, new) = (folder.appending(path: "old.yaml"), folder.appending(path: "new.yaml"))
        try Data(Self.baseline.utf8).write(to: old)
        try Data(Self.candidate.utf8).write(to: new)
        let (archive, log) = try await Archive.make(
            in: folder, reports: Self.reports, without: topic)
        defer { log.close() }
        if !isOpen { log.close() }
        try body(Place(archive: archive, baseline: old.path(), candidate: new.path()))
    }

    private func backtest(_ place: Place, _ more: [String] = []) throws -> Program.Result {
        try Program.run(
            [
                "backtest", "--dir", place.archive.path, "--baseline", place.baseline,
                "--candidate", place.candidate,
            ] + more)
    }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private func lines(_ report: [String: Any], _ table: String) -> [String: [String: Any]] {
        let lines = report[table] as? [[String: Any]] ?? []
        return Dictionary(
            lines.map { ($0["rule"] as? String ?? $0["action"] as? String ?? "", $0) },
            uniquingKeysWith: { $1 })
    }

    /// baseline, candidate, only baseline, only candidate, gained, lost, shared
    private func counts(_ line: [String: Any]?, _ name: String) -> [Int] {
        let counts = line?[name] as? [String: Int] ?? [:]
        return [
            "baseline", "candidate", "only_baseline", "only_candidate", "subjects_gained",
            "subjects_lost", "subjects_shared",
        ].map { counts[$0] ?? -1 }
    }

    private func subjects(_ line: [String: Any]?, _ list: String) -> [String] {
        (line?[list] as? [[String: Any]] ?? []).map { $0["subject"] as? String ?? "" }
    }

    @Test("Who is gained and lost is exact, by rule and by action, after a warm-up")
    func exact() async throws {
        try await withArchive { place in
            let before = try place.archive.contents()
            let result = try backtest(place, ["--from", Self.from, "--json", "-"])
            #expect(result.status == 0, "\(result.error)")
            #expect(try place.archive.contents() == before)
            let report = try json(result.output)
            #expect(report["differs"] as? Bool == true)
            let rules = lines(report, "rules")
            // a is reviewed later, b not at all; of c the baseline told before the range.
            #expect(counts(rules["several"], "proposals") == [2, 2, 2, 2, 1, 1, 1])
            #expect(counts(rules["several"], "reviews") == [2, 2, 2, 2, 1, 1, 1])
            #expect(subjects(rules["several"], "gained") == ["account c"])
            #expect(subjects(rules["several"], "lost") == ["account b"])
            #expect(rules["several"]?["definition"] as? String == "changed")
            #expect(counts(rules["quick"], "proposals") == [0, 2, 0, 2, 2, 0, 0])
            #expect(rules["quick"]?["definition"] as? String == "promoted to live")
            #expect(subjects(rules["quick"], "gained") == ["account a", "account b"])
            #expect(rules["any"] == nil)
            let shadow = lines(report, "shadow_rules")
            #expect(counts(shadow["any"], "proposals") == [0, 2, 0, 2, 2, 0, 0])
            #expect(counts(shadow["any"], "reviews") == [0, 0, 0, 0, 0, 0, 0])
            #expect(counts(shadow["quick"], "proposals") == [2, 0, 2, 0, 0, 2, 0])
            let actions = lines(report, "actions")
            // The budget is two a day, and the warm-up took one: a is limited, b goes to review.
            #expect(counts(actions["limit_invites"], "enforcements") == [0, 1, 0, 1, 1, 0, 0])
            #expect(counts(rules["quick"], "reviews") == [0, 1, 0, 1, 1, 0, 0])
            #expect(counts(rules["quick"], "budget_hits") == [0, 1, 0, 1, 1, 0, 0])
            #expect(counts(rules["several"], "budget_hits") == [0, 0, 0, 0, 0, 0, 0])
            #expect(actions.count == 1)
            let side = report["candidate"] as? [String: Any]
            #expect(side?["verdicts_applied"] as? Int == 0)
            #expect(side?["verdicts_not_applicable"] as? Int == 1)
            let topics = (report["source"] as? [String: Any])?["topics"] as? [[String: Any]] ?? []
            let reports = topics.first { $0["topic"] as? String == "platform.reports.v1" }
            #expect(reports?["warm_up"] as? Int == 2)
            #expect(reports?["compared"] as? Int == 6)
        }
    }

    @Test("The Markdown says what the JSON says")
    func agree() async throws {
        try await withArchive { place in
            let file = place.archive.directory.appending(path: "../out.json").path()
            let result = try backtest(place, ["--from", Self.from, "--json", file])
            let text = result.output
            let report = try json(String(contentsOfFile: file, encoding: .utf8))
            for (table, name) in [
                ("rules", "proposals"), ("shadow_rules", "proposals"), ("actions", "enforcements"),
            ] {
                for (key, line) in lines(report, table) {
                    let cells = counts(line, name).dropLast().map(String.init)
                    let middle =
                        (line["definition"] ?? line["mode"]) as? String ?? "?"
                    let row = "| `\(key)` | \(middle) | \(cells.joined(separator: " | ")) |"
                    #expect(text.contains(row), "\(row)\n\(text)")
                }
            }
            #expect(
                text.contains(
                    """
                    **The candidate would decide otherwise** on these 7 records. 2 live rules would \
                    propose otherwise: 3 subjects gained, 1 lost, counted by rule.
                    """))
            #expect(
                text.contains(
                    """
                    `several`, lost (1 of 1):

                    * 2026-01-05T21:40:00.000Z  `account b` – request_review
                      * `reporters_7d` = 2
                    """))
            #expect(text.contains("reporters_7d >= 2'\n  + when: "))
        }
    }

    @Test("The same pack makes no difference, and only a difference is one to fail on")
    func same() async throws {
        try await withArchive { place in
            var place = place
            #expect(try backtest(place, ["--fail-on-change"]).status == 1)
            place.candidate = place.baseline
            let result = try backtest(place, ["--fail-on-change"])
            #expect(result.status == 0, "\(result.error)")
            #expect(result.output.contains("**No difference.** On 9 records both packs led"))
            #expect(result.output.contains("The packs are the same."))
        }
    }

    @Test("A log that a process writes to is read, and what is only there to warm up is not told")
    func whileWritten() async throws {
        try await withArchive(isOpen: true) { place in
            let result = try backtest(
                place, ["--from", "2026-01-06T00:30:00Z", "--examples", "0"])
            #expect(result.status == 0, "\(result.error)")
            #expect(result.output.contains("| `several` | changed | 0 | 1 | 0 | 1 | 1 | 0 |"))
            #expect(!result.output.contains("## Examples"))
        }
    }

    @Test("The demo's own decisions are made again from its archive")
    func demo() throws {
        try Program.withDirectory { directory in
            let place = directory.appending(path: "log").path()
            let made = try Program.run([
                "demo", "--accounts", "300", "--days", "3", "--dir", place,
            ])
            #expect(made.status == 0, "\(made.error)")
            let pack = directory.appending(path: "p.yaml")
            try Data(Self.candidate.utf8).write(to: pack)
            let result = try Program.run([
                "backtest", "--dir", place, "--candidate", pack.path(), "--json", "-",
            ])
            let report = try json(result.output)
            let record = report["record"] as? [String: Int] ?? [:]
            // A record that came late may fall into the slice before the one it came with.
            for kind in ["proposals", "enforcements"] {
                let (all, again) = (record[kind] ?? 0, record[kind + "_made_again"] ?? 0)
                #expect(all > 20 && again * 100 >= all * 99, "\(kind): \(again) of \(all)")
            }
            #expect((report["dead_letters"] as? [[String: Any]])?.isEmpty == false)
        }
    }

    @Test("What cannot be compared is an error that says what to do")
    func errors() async throws {
        try await withArchive { place in
            func complaint(_ arguments: [String], _ texts: String...) throws {
                let result = try Program.run(["backtest"] + arguments)
                #expect(result.status == 78)
                #expect(result.output == "")
                for text in texts { #expect(result.error.contains(text), "\(result.error)") }
            }
            let (dir, new) = (place.archive.path, place.candidate)
            try complaint(
                ["--dir", dir + "/not", "--candidate", new], "there is no log in this directory",
                "tutela demo --dir")
            #expect(!FileManager.default.fileExists(atPath: dir + "/not"))
            try complaint(
                ["--dir", dir, "--candidate", new, "--from", "2027-01-01T00:00:00Z"],
                "there is nothing to compare from 2027-01-01T00:00:00.000Z",
                "events from 2026-01-05T00:10:00.000Z to", "choose --from and --to")
            try complaint(
                ["--dir", dir, "--candidate", new, "--to", "2025-01-01T00:00:00Z"],
                "no record was found")
            let wrong = place.archive.directory.appending(path: "../wrong.yaml").path()
            try Data(Self.candidate.replacing("reporters_7d >=", with: "reporter_7d >=").utf8)
                .write(to: URL(filePath: wrong))
            try complaint(
                ["--dir", dir, "--candidate", wrong], "--candidate", "the pack has 2 mistakes",
                "wrong.yaml:8:", "wrong.yaml:14:", #"did you mean "reporters_7d"?"#)
            let other = place.archive.directory.appending(path: "../other.yaml").path()
            try Data("pipeline:\n  partitions: 3\n".utf8).write(to: URL(filePath: other))
            try complaint(
                ["--dir", dir, "--candidate", new, "--config", other],
                "platform.accounts.v1 has 2 partitions, not 3", "set pipeline.partitions to 2")
        }
        try await withArchive(without: "platform.groups.v1") { place in
            let result = try backtest(place)
            #expect(result.status == 78)
            #expect(result.error.contains("there is no topic platform.groups.v1"))
        }
    }
}
