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

    @Test("Topics are compared as an archive is, and nothing is written to them")
    func topics() async throws {
        // A broker of its own: the topics' names are the real ones.
        let broker = try await TestBroker.start()
        defer { broker.stop() }
        let log = try KafkaLog(KafkaSettings(brokers: broker.address))
        guard try await log.partitionCount(of: "platform.accounts.v1") == nil else { return }
        let environment = [
            "TUTELA_KAFKA_BROKERS": broker.address, "TUTELA_PIPELINE_PARTITIONS": "2",
        ]
        func run(_ arguments: [String]) throws -> Program.Result {
            try Program.run(arguments, environment: environment)
        }
        let missing = try run(["backtest", "--candidate", try pack()])
        #expect(missing.status == 78)
        #expect(missing.error.contains("there is no topic"), "\(missing.error)")
        #expect(try run(["topics", "create"]).status == 0)
        let traffic = ["--accounts", "120", "--days", "1", "--partitions", "2"]
        let start = ["--start", "2026-01-05T00:00:00Z"]
        let made = try run(["simulate"] + traffic + start)
        #expect(made.status == 0, "\(made.error)")
        let before = try await ends(log)
        let result = try run(["backtest", "--candidate", try pack(), "--json", "-"])
        #expect(result.status == 0, "\(result.error)")
        #expect(try await ends(log) == before)
        await log.close()

        try Program.withDirectory { directory in
            let place = directory.appending(path: "log").path()
            #expect(try run(["simulate", "--dir", place] + traffic).status == 0)
            let archive = try run(
                ["backtest", "--dir", place, "--candidate", try pack(), "--json", "-"])
            for table in ["rules", "actions", "shadow_rules"] {
                let (one, other) = try (part(table, result.output), part(table, archive.output))
                #expect(one == other && !(table == "rules" && one.count == 0))
            }
        }
    }

    private func pack() throws -> String {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "tutela-test-any-report.yaml")
        try Data(Self.pack.utf8).write(to: file, options: .atomic)
        return file.path()
    }

    private func part(_ name: String, _ output: String) throws -> NSArray {
        let root = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        return try #require(root?[name] as? NSArray)
    }

    private func ends(_ log: KafkaLog) async throws -> [LogBounds] {
        let topics = [
            "platform.accounts.v1", "platform.groups.v1", "platform.reports.v1",
            "tutela.proposals.v1", "safety.enforcement.v1", "tutela.ledger.v1",
            "safety.hash-entries.v1", "tutela.signals.v1",
        ]
        var ends: [LogBounds] = []
        for topic in topics {
            for partition in 0..<(try await log.partitionCount(of: topic) ?? 0) {
                ends.append(try await log.bounds(of: TopicPartition(topic, partition)))
            }
        }
        return ends
    }
}
