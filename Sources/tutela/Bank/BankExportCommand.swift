import ArgumentParser
import EventSchemas
import Foundation
import HashLists
import SafetyModel

struct BankExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a bank's entries as a list that `bank import` reads.",
        discussion: """
            Lists are held under terms. A bank that is not marked as shareable (`tutela bank set NAME \
            --shareable`) is refused, unless --keep-private says that the copy stays in the house.
            """)

    @OptionGroup var choice: LogChoice

    @Argument(help: "The bank.")
    var bank: String

    @Option(help: "csv or jsonl.", transform: ListFormat.option)
    var format = ListFormat.csv

    @Option(help: "Write to this file instead of standard output.")
    var output: String?

    @Flag(help: "Export a bank that may not be shared: the copy is for this organisation alone.")
    var keepPrivate = false

    func validate() throws {
        guard format == .csv || format == .jsonLines else {
            throw ValidationError("--format is csv or jsonl")
        }
    }

    func run() async throws {
        try await choice.with { log in
            let topic = BankTopic(log)
            var rules = BankRules()
            // The last word on an entry is what counts: its offset, in 24 bytes an entry.
            var last: [ContentID: Int64] = [:]
            try await topic.forEach { item in
                switch item.update {
                case .entry(let entry) where entry.bank == bank:
                    let key = ContentID.event(source: bank, id: entry.entry)
                    last[key] = entry.operation == .remove ? nil : item.offset
                case .settings(bank, let settings): rules = settings
                default: break
                }
            }
            guard rules.isShareable || keepPrivate else {
                let terms = rules.terms.isEmpty ? "" : " Its terms: \(rules.terms)."
                throw ConfigurationError(
                    where: bank, "this bank may not be shared.\(terms)",
                    "--keep-private exports it for this organisation alone; "
                        + "`tutela bank set \(bank) --shareable` says that its terms allow more")
            }
            let out = try ExportFile(output, format)
            out.header()
            try await topic.forEach { item in
                guard case .entry(let entry) = item.update, entry.bank == bank,
                    last[.event(source: bank, id: entry.entry)] == item.offset
                else { return }
                try out.add(entry, item.origin)
            }
            try out.close()
            if output != nil { Screen().line("\(grouped(last.count)) entries written.") }
        }
    }
}

/// Entries as lines of a file.
private final class ExportFile {
    private static let columns = [
        "entry_id", "algorithm", "digest", "quality", "category", "source", "list_version",
        "member_id", "entry_key", "changed",
    ]

    private let file: FileHandle
    private let format: ListFormat
    private var pending: [UInt8] = []
    private let encoder: JSONEncoder

    init(_ path: String?, _ format: ListFormat) throws {
        self.format = format
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let path else {
            file = .standardOutput
            return
        }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw ConfigurationError(
                where: path, "the file cannot be written", "check its directory")
        }
        file = handle
    }

    func header() {
        if format == .csv { pending += Array("\(Self.columns.joined(separator: ","))\n".utf8) }
    }

    func add(_ entry: HashEntry, _ origin: EntryOrigin) throws {
        let changed =
            origin.changed > 0 ? Instant(milliseconds: origin.changed).rfc3339 : ""
        let values = [
            entry.entry, "\(entry.digest.algorithm)", entry.digest.bytes.hex,
            "\(entry.digest.quality)", entry.category.listName, entry.source, entry.listVersion,
            origin.memberID, entry.entryKey, changed,
        ]
        if format == .csv {
            pending += Array(values.map(quoted).joined(separator: ",").utf8)
        } else {
            let pairs = zip(Self.columns, values).filter { !$0.1.isEmpty }
            pending += try encoder.encode(Dictionary(uniqueKeysWithValues: pairs))
        }
        pending.append(UInt8(ascii: "\n"))
        if pending.count > 1 << 16 { try flush() }
    }

    func close() throws { try flush() }

    private func flush() throws {
        try file.write(contentsOf: Data(pending))
        pending.removeAll(keepingCapacity: true)
    }

    private func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
