import ArgumentParser
import AuditTrail
import FileLog
import Foundation
import KafkaLog
import Pipeline
import Streaming

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Runs recorded batches again and compares what comes out with the ledger.",
        discussion: """
            Reads the ledger from its first record, feeds its batches through Assess with the banks \
            as they stood, and says where the first difference is. Changes nothing. Exit code 1 where \
            something differs.
            """)

    @OptionGroup var options: ConfigOptions

    @Option(help: "A log in a directory, such as `tutela demo --dir` leaves, instead of Kafka.")
    var dir: String?

    @Option(help: "Only this partition.")
    var partition: Int32?

    func run() async throws {
        let (settings, environment) = try options.load(beside: dir)
        if let dir {
            let log = try FileLog(directory: dir, durability: .system, clock: { 0 })
            defer { log.close() }
            try await replay(log, settings, environment)
        } else {
            let log = try KafkaLog(try settings.kafkaSettings(environment))
            do {
                try await replay(log, settings, environment)
            } catch {
                await log.close()
                throw error
            }
            await log.close()
        }
    }

    private func replay(
        _ log: any EventLog, _ settings: Configuration, _ environment: [String: String]
    ) async throws {
        let sealer = try settings.sealer(environment)
        let pack = try settings.pack()
        let screen = Screen()
        var differences = 0
        let all = 0..<settings.pipeline.partitions
        for partition in partition.map({ [$0] }) ?? Array(all) {
            let report = try await AssessStage.replay(
                partition: partition, settings: settings.pipeline, pack: pack, log: log,
                sealer: sealer)
            let counts = "\(grouped(report.batches)) batches, \(grouped(report.records)) records"
            if let difference = report.difference {
                differences += 1
                screen.line("\(report.task)  \(screen.paint("differs", .red))  \(counts)")
                screen.line("  \(difference)")
            } else {
                screen.line("\(report.task)  \(screen.paint("the same", .green))  \(counts)")
            }
        }
        if differences > 0 {
            throw Finding(text: "\(differences) tasks came out otherwise than the ledger says")
        }
    }
}
