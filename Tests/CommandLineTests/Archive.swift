import FileLog
import Foundation
import SafetyModel
import Streaming

/// A small log made by hand: reports about accounts, at minutes after a fixed time.
struct Archive {
    static let start: Int64 = 1_767_571_200_000  // 2026-01-05T00:00:00Z
    static let topics = [
        ("platform.accounts.v1", 2), ("platform.groups.v1", 2), ("platform.invites.v1", 2),
        ("platform.reports.v1", 2), ("tutela.signals.v1", 2), ("safety.hash-entries.v1", 1),
        ("safety.verdicts.v1", 1),
    ]

    let directory: URL
    var path: String { directory.path() }

    /// - Parameter leftOut: a topic that is not made.
    /// - Returns: the archive, and its log, still open for writing.
    static func make(
        in folder: URL, reports: [(subject: String, reporter: String, minute: Int64)],
        without leftOut: String = ""
    ) async throws -> (Archive, FileLog) {
        let archive = Archive(directory: folder.appending(path: "log"))
        let log = try FileLog(
            directory: archive.path, durability: .system, clock: { start })
        for (name, partitions) in topics where name != leftOut {
            try log.createTopic(name, partitions: Int32(partitions))
        }
        var output = OutputBatch()
        for (number, report) in reports.enumerated() {
            add(report, number, to: &output)
        }
        addVerdict(to: &output)
        let writer = try await log.openWriter()
        try await writer.write(output)
        await writer.close()
        try Data("pipeline:\n  partitions: 2\nenforce:\n  mode: enforce\n".utf8)
            .write(to: archive.directory.appending(path: "tutela.yaml"))
        return (archive, log)
    }

    private static func add(
        _ report: (subject: String, reporter: String, minute: Int64), _ number: Int,
        to output: inout OutputBatch
    ) {
        let value = """
            {"context": {"actorAccountId": "\(report.reporter)"},
             "subject": {"kind": "SUBJECT_KIND_ACCOUNT", "id": "\(report.subject)"},
             "reportId": "rep-\(number)", "partyToken": "party-\(report.reporter)",
             "filed": {"source": "REPORT_SOURCE_USER", "category": "REPORT_CATEGORY_ENTICEMENT"}}
            """
        output.append(
            topic: "platform.reports.v1",
            partition: Partitioner.murmur2.partition(of: report.subject.utf8, count: 2),
            key: Array(report.subject.utf8), value: Array(value.utf8),
            headers: headers("tutela.report.filed.v1", "e-\(number)", report.minute),
            timestamp: start + report.minute * 60_000 + 1_000)
    }

    /// About a proposal that never was.
    private static func addVerdict(to output: inout OutputBatch) {
        output.append(
            topic: "safety.verdicts.v1", partition: 0, key: Array("b".utf8),
            value: Array(#"{"consideredProposalIds": ["AAAAAAAAAAAAAAAAAAAAAQ=="]}"#.utf8),
            headers: headers("tutela.verdict.v1", "v-0", 3_000), timestamp: start + 200_000_000)
    }

    private static func headers(_ type: String, _ id: String, _ minute: Int64) -> [Header] {
        [
            Header("ce_specversion", "1.0"), Header("ce_id", id), Header("ce_source", "/test"),
            Header("ce_type", type), Header("content-type", "application/json"),
            Header("ce_time", Instant(milliseconds: start + minute * 60_000).rfc3339),
        ]
    }

    /// Every file with its bytes.
    func contents() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            files[name] = try Data(contentsOf: directory.appending(path: name))
        }
        return files
    }
}
