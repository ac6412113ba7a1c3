import ArgumentParser
import EventSchemas
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

            Exit code 1 where a limit held something back, or where an event that matches is not \
            assessed yet.
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

    @Flag(help: "One JSON object instead of text.")
    var json = false

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
                sealer: try sealer(of: log))
            let screen = Screen()
            let writer = try await dryRun ? nil : log.writer(named: "rescan")
            do {
                let report = try await rescan.run(writer: writer) { report in
                    if json { return }
                    screen.progress(
                        "\(grouped(report.events)) events  \(grouped(report.matches)) matches  "
                            + "\(grouped(report.published)) published")
                }
                if json {
                    try printJSON(RescanSummary(report, isDryRun: dryRun))
                } else {
                    screen.progress("")
                    show(report, on: screen)
                }
                try checkFindings(report)
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

    /// Events hold sealed parts, so what reads banks alone does without a key and this does not.
    private func sealer(of log: ToolLog) throws(ConfigurationError) -> any FieldSealer {
        do throws(ConfigurationError) {
            return try log.settings.sealer(log.environment)
        } catch {
            throw ConfigurationError(
                where: error.place, "\(error.problem); rescan reads events and needs the key",
                error.remedy)
        }
    }

    private func show(_ report: RescanReport, on screen: Screen) {
        if dryRun { screen.line("nothing was written (--dry-run)") }
        var table = Table()
        let rows = [
            ("entries", report.entries), ("events", report.events),
            ("  with media", report.eventsWithMedia), ("matches", report.matches),
            ("  found before", report.alreadyCompared),
            ("events not assessed yet", report.notAssessedYet),
            ("held back as known benign", report.suppressed),
            ("signals published", report.published),
            ("  published before", report.alreadyPublished),
            ("  held back by limits", report.heldBack),
        ]
        for (name, count) in rows { table.add(.init(name), .init(grouped(count))) }
        for line in table.lines(screen) { screen.line(line) }
    }

    private func checkFindings(_ report: RescanReport) throws {
        var findings = report.floods.prefix(20).map {
            "\($0.bank)/\($0.entry) matches more than \(entryLimit) times; look at the entry first"
        }
        if report.isCutShort {
            findings.append("stopped at --limit \(limit); the same command goes on from here")
        }
        if report.notAssessedYet > 0 {
            findings.append("\(report.notAssessedYet) events not assessed yet; run again")
        }
        if !findings.isEmpty { throw Finding(text: findings.joined(separator: "; ")) }
    }
}

/// What a run came to, as JSON.
private struct RescanSummary: Encodable {
    var dryRun: Bool
    var entries: Int
    var events: Int
    var eventsWithMedia: Int
    var unreadable: Int
    var withheld: Int
    var matches: Int
    var foundBefore: Int
    var notAssessedYet: Int
    var suppressed: Int
    var published: Int
    var publishedBefore: Int
    var heldBack: Int
    /// `bank/entry` of those that reached their limit.
    var floods: [String]
    var cutShort: Bool

    init(_ report: RescanReport, isDryRun: Bool) {
        dryRun = isDryRun
        entries = report.entries
        events = report.events
        eventsWithMedia = report.eventsWithMedia
        unreadable = report.unreadable
        withheld = report.withheld
        matches = report.matches
        foundBefore = report.alreadyCompared
        notAssessedYet = report.notAssessedYet
        suppressed = report.suppressed
        published = report.published
        publishedBefore = report.alreadyPublished
        heldBack = report.heldBack
        floods = report.floods.map { "\($0.bank)/\($0.entry)" }
        cutShort = report.isCutShort
    }
}
