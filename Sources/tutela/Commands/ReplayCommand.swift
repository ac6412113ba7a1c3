import ArgumentParser
import AuditTrail
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

    @OptionGroup var archive: ArchiveOptions

    @Option(
        help: "A term list as it was then, where the settings name a newer one; may be repeated.")
    var list: [String] = []

    @Option(help: "A text model as it was then; may be repeated.")
    var model: [String] = []

    @Option(help: "Only this partition.")
    var partition: Int32?

    func run() async throws {
        let source = try archive.open()
        do {
            try await replay(source)
        } catch {
            await source.close()
            throw error
        }
        await source.close()
    }

    private func replay(_ source: OpenArchive) async throws {
        let settings = source.settings
        let sealer = try settings.sealer(source.environment)
        let pack = try settings.pack()
        let bank = try settings.emptyBank()
        let texts = try settings.textShelf(lists: list, models: model)
        let screen = Screen()
        var differences = 0
        let all = 0..<settings.pipeline.partitions
        for partition in partition.map({ [$0] }) ?? Array(all) {
            let report = try await AssessStage.replay(
                partition: partition, settings: settings.pipeline, pack: pack, bank: bank,
                log: source.log, sealer: sealer, texts: texts)
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
