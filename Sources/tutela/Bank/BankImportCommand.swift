import ArgumentParser
import Foundation
import HashLists
import Pipeline
import SafetyModel

struct BankImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Publishes what a list says to the hash entries' topic, and nothing twice.",
        discussion: """
            Compares the list with the bank as it stands on the topic and writes only what differs, in \
            transactions: after a stop, or a kill, the same command goes on. A malformed entry is \
            reported with its line, and the rest goes on. Of two states of an entry the one with the \
            later time at its source wins; without times a list has one state of each entry.

            Exit code 1 where something was rejected or entries were not removed as asked.
            """)

    @OptionGroup var choice: LogChoice

    @Argument(help: "Files to read, in order.")
    var files: [String]

    @Option(help: "The bank that the entries go to.")
    var bank: String

    @Option(
        help: "csv, jsonl, ncmec or threatexchange; by the files' names where it is left out.",
        transform: ListFormat.option)
    var format: ListFormat?

    @Option(
        help: "What entries are that do not say it themselves: \(BankCategory.optionNames).",
        transform: BankCategory.option)
    var category: BankCategory?

    @Option(
        name: .customLong("member-category"),
        help: "MEMBER=CATEGORY: entries of this member id are of that category. May be repeated.")
    var memberCategories: [String] = []

    @Option(help: "Who lists the entries; without it the bank's name.")
    var source: String?

    @Option(help: "The list's version; without it the file's name.")
    var listVersion: String?

    @Option(help: "The source's environment, such as production or test.")
    var environment = ""

    @Option(help: "Names the terms the entries may be used under.")
    var terms = ""

    @Flag(help: "Matches with these entries are to lead to review only.")
    var quarantined = false

    @Flag(
        help: """
            The files are the whole list: entries of the same source that they do not name are \
            removed, once everything else is in.
            """)
    var complete = false

    @Option(help: "With --complete: the most to remove, in per cent of the source's entries.")
    var maximumRemovals = 5

    @Flag(help: "Say what would change, and write nothing.")
    var dryRun = false

    @Option(help: "How many rejected entries to name; all are counted.")
    var show = 20

    func validate() throws {
        try checkBank(bank)
        guard !files.isEmpty else { throw ValidationError("name at least one file") }
        guard (0...100).contains(maximumRemovals) else {
            throw ValidationError("--maximum-removals must be from 0 to 100")
        }
        _ = try memberTable()
        for file in files { _ = try format(of: file) }
        for text in [source ?? bank, listVersion ?? "1", environment, terms]
        where text.utf8.count > 255 {
            throw ValidationError("source, version, environment and terms have at most 255 bytes")
        }
    }

    func run() async throws {
        for file in files where !FileManager.default.isReadableFile(atPath: file) {
            throw ConfigurationError(
                where: file, "the file cannot be read",
                "check that it exists and that this user may read it")
        }
        try await choice.with(creates: !dryRun) { log in
            guard bank != log.settings.enforce.learnedBank else {
                throw ConfigurationError(
                    where: bank, "verdicts teach this bank, lists do not",
                    "choose another bank, or another enforce.learned_bank")
            }
            let run = ImportRun(
                log: log, settings: try settings, screen: Screen(), isDryRun: dryRun, show: show)
            try await run.run(
                files.map { (path: $0, format: try format(of: $0)) },
                removing: complete ? maximumRemovals : nil)
        }
    }

    private var settings: ImportSettings {
        get throws {
            let name = files.last.map { URL(filePath: $0).lastPathComponent } ?? ""
            var settings = ImportSettings(
                bank: bank, category: category, source: source ?? bank,
                listVersion: listVersion ?? String(name.suffix(100)))
            settings.memberCategories = try memberTable()
            settings.environment = environment
            settings.terms = terms
            settings.isQuarantined = quarantined
            return settings
        }
    }

    private func format(of file: String) throws -> ListFormat {
        guard let format = format ?? ListFormat(fileName: file) else {
            throw ValidationError("\(file): its name tells no format; say --format")
        }
        let saysCategory = format == .csv || format == .jsonLines
        guard saysCategory || category != nil else {
            throw ValidationError("lists of this format tell no category; say --category")
        }
        return format
    }

    private func memberTable() throws -> [String: BankCategory] {
        var table: [String: BankCategory] = [:]
        for text in memberCategories {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let category = BankCategory(listName: parts[1]) else {
                throw ValidationError(
                    "--member-category is MEMBER=CATEGORY, one of \(BankCategory.optionNames)")
            }
            table[parts[0]] = category
        }
        return table
    }
}
