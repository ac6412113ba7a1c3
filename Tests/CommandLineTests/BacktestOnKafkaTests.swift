import Foundation
import KafkaLog
import KafkaTesting
import Streaming
import Testing

@Suite("Backtest on a broker")
struct BacktestOnKafkaTests {
    private static let pack = """
        pack: try
        rules:
          - id: any-report
            on: [account, group, link]
            when: signal.kind == reported
            harm: enticement
            propose: {self: [request_review]}

        """

    /// The settings of the topics' names.
    private static let topics = [
        "accounts", "groups", "invites", "reports", "signals", "hash_entries", "verdicts",
        "proposals", "assess_state", "enforce_state", "packs", "ledger", "dead_letters",
        "enforcement", "cyber_tips", "review_requests",
    ]

    @Test("Topics are compared as an archive is, and nothing is written to them")
    func topics() async throws {
        let broker = try await TestBroker.shared
        let log = try KafkaLog(KafkaSettings(brokers: broker.address))
        let prefix = "backtest-\(UInt32.random(in: 0 ... .max))"
        let folder = FileManager.default.temporaryDirectory.appending(path: "tutela-\(prefix)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pack = folder.appending(path: "any-report.yaml").path()
        try Data(Self.pack.utf8).write(to: URL(filePath: pack))
        var environment = [
            "TUTELA_KAFKA_BROKERS": broker.address, "TUTELA_PIPELINE_PARTITIONS": "2",
        ]
        for topic in Self.topics {
            environment["TUTELA_TOPICS_\(topic.uppercased())"] = "\(prefix).\(topic)"
        }
        func run(_ arguments: [String]) throws -> Program.Result {
            try Program.run(arguments, environment: environment)
        }
        let missing = try run(["backtest", "--candidate", pack])
        #expect(missing.status == 78)
        #expect(missing.error.contains("there is no topic"), "\(missing.error)")
        #expect(try run(["topics", "create"]).status == 0)
        let traffic = ["--accounts", "120", "--days", "1", "--partitions", "2"]
        let start = ["--start", "2026-01-05T00:00:00Z"]
        let made = try run(["simulate"] + traffic + start)
        #expect(made.status == 0, "\(made.error)")
        let before = try await ends(log, prefix)
        let result = try run(["backtest", "--candidate", pack, "--json", "-"])
        #expect(result.status == 0, "\(result.error)")
        #expect(try await ends(log, prefix) == before)
        await log.close()

        try Program.withDirectory { directory in
            let place = directory.appending(path: "log").path()
            #expect(try run(["simulate", "--dir", place] + traffic).status == 0)
            let archive = try run(
                ["backtest", "--dir", place, "--candidate", pack, "--json", "-"])
            for table in ["rules", "actions", "shadow_rules"] {
                let (one, other) = try (part(table, result.output), part(table, archive.output))
                #expect(one == other && !(table == "rules" && one.count == 0))
            }
        }
    }

    private func part(_ name: String, _ output: String) throws -> NSArray {
        let root = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return try #require(root?[name] as? NSArray)
    }

    private func ends(_ log: KafkaLog, _ prefix: String) async throws -> [LogBounds] {
        var ends: [LogBounds] = []
        for topic in Self.topics.map({ "\(prefix).\($0)" }) {
            let count = try #require(try await log.partitionCount(of: topic), "\(topic)")
            for partition in 0..<count {
                ends.append(try await log.bounds(of: TopicPartition(topic, partition)))
            }
        }
        return ends
    }
}
