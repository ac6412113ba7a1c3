import ArgumentParser
import Foundation
import Pipeline
import Streaming

struct RescanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rescan",
        abstract: "Compares new entries of the banks with media seen before.",
        discussion: """
            Reads the platform's events that the log still holds and publishes what matches to the \
            signals' topic; Assess and Enforce decide on it by the same rules as on new events. Matches \
            that Assess found itself when the event came are left out, and nothing is published \
            twice, so a run that was stopped is gone on with by the same command. The bank version to \
            begin at is what `tutela bank stats` said before an import.

            Exit code 1 where a limit held something back.
            """)

    @OptionGroup var choice: LogChoice

    @Option(help: "Entries that came or changed at this bank version or later.")
    var after: Int64?

    @Option(help: "Entries of this bank.")
    var bank: String?

    @Option(help: "Entries of --bank whose ids this file names, one a line.")
    var entries: String?

    @Option(help: "The most signals that this run publishes.")
    var limit = 10_000

    @Option(help: "The most signals about one entry, of all runs; past it the entry floods.")
    var entryLimit = 100

    @Flag(help: "Say what would be published, and write nothing.")
    var dryRun = false

    func validate() throws {
        guard after != nil || bank != nil else {
            throw ValidationError("say which entries: --after VERSION, --bank NAME, or both")
        }
        guard entries == nil || bank != nil else {
            throw ValidationError("--entries needs --bank")
        }
        guard (1...10_000_000).contains(limit), (1...1_000_000).contains(entryLimit) else {
            throw ValidationError("--limit and --entry-limit must be positive")
        }
    }

    func run() async throws {
        let settings = try settings()
        try await choice.with { log in
            let rescan = Rescan(
                settings, pipeline: log.settings.pipeline, log: log.log,
                sealer: try log.settings.sealer(log.environment))
            let screen = Screen()
            let writer = try await dryRun ? nil : log.writer(named: "rescan")
            do {
                let report = try await rescan.run(writer: writer) { report in
                    screen.progress(
                        "\(grouped(report.events)) events  \(grouped(report.matches)) matches  "
                            + "\(grouped(report.published)) published")
                }
                screen.progress("")
                try show(report, on: screen)
            } catch {
                await writer?.close()
                throw error
            }
            await writer?.close()
        }
    }

    private func settings() throws -> RescanSettings {
        var settings = RescanSettings()
        settings.after = after ?? 0
        settings.bank = bank
        settings.runLimit = limit
        settings.entryLimit = entryLimit
        if let entries, let bank {
            guard let data = FileManager.default.contents(atPath: entries) else {
                throw ConfigurationError(
                    where: entries, "the file cannot be read",
                    "check that it exists and that this user may read it")
            }
            let ids = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            settings.entries = Set(ids.map { EntryName(bank: bank, entry: String($0)) })
        }
        return settings
    }

    private func show(_ report: RescanReport, on screen: Screen) throws {
        if dryRun { screen.line("nothing was written (--dry-run)") }
        var table = Table()
        let rows = [
            ("entries", report.entries), ("events", report.events),
            ("  with media", report.eventsWithMedia), ("matches", report.matches),
            ("  found before", report.alreadyCompared),
            ("held back as known benign", report.suppressed),
            ("signals published", report.published),
            ("  published before", report.alreadyPublished),
            ("  held back by limits", report.heldBack),
        ]
        for (name, count) in rows { table.add(.init(name), .init(grouped(count))) }
        for line in table.lines(screen) { screen.line(line) }
        var findings = report.floods.prefix(20).map {
            "\($0.bank)/\($0.entry) matches more than \(entryLimit) times; look at the entry first"
        }
        if report.isCutShort {
            findings.append("stopped at --limit \(limit); the same command goes on from here")
        }
        if !findings.isEmpty { throw Finding(text: findings.joined(separator: "; ")) }
    }
}
