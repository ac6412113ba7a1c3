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

    /// - Parameters:
    ///   - leftOut: a topic that is not made.
    ///   - settings: beside those that every archive has.
    ///   - more: adds records.
    /// - Returns: the archive, and its log, still open for writing.
    static func make(
        in folder: URL, reports: [(subject: String, reporter: String, minute: Int64)],
        without leftOut: String = "", settings: String = "",
        adding more: (inout OutputBatch) throws -> Void = { _ in }
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
        try more(&output)
        let writer = try await log.openWriter()
        try await writer.write(output)
        await writer.close()
        try Data("pipeline:\n  partitions: 2\nenforce:\n  mode: enforce\n\(settings)".utf8)
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
        add(
            "platform.reports.v1", key: report.subject, "tutela.report.filed.v1",
            id: "e-\(number)", report.minute, Array(value.utf8), to: &output)
    }

    /// Adds a record at its key's home, a second after its event time.
    /// - Parameter isTimed: whether it says when that was.
    static func add(
        _ topic: String, key: String, _ type: String, id: String, _ minute: Int64,
        _ value: [UInt8], content: String = "application/json", isTimed: Bool = true,
        to output: inout OutputBatch
    ) {
        let partitions = topics.first { $0.0 == topic }?.1 ?? 1
        var headers = headers(type, id, minute)
        headers[4] = Header("content-type", content)
        output.append(
            topic: topic,
            partition: Partitioner.murmur2.partition(of: key.utf8, count: Int32(partitions)),
            key: Array(key.utf8), value: value,
            headers: isTimed ? headers : headers.dropLast(),
            timestamp: start + minute * 60_000 + 1_000)
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
