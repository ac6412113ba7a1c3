import ArgumentParser
import EventSchemas
import Foundation
import HashLists
import Pipeline
import SafetyModel

struct BankStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Says for each bank what stands in it and how it is compared.")

    @OptionGroup var choice: LogChoice

    @Flag(help: "One JSON object instead of text.")
    var json = false

    func run() async throws {
        try await choice.with { log in
            let screen = Screen()
            var census = BankCensus()
            var rules: [String: BankRules] = [:]
            var treatment = Bank().treatment
            let read = try await BankTopic(log).forEach { item in
                treatment.take(item.update, at: item.offset)
                switch item.update {
                case .entry(let entry): census.note(entry)
                case .settings(let bank, let settings): rules[bank] = settings
                case .quarantine(let held):
                    census.note(
                        bank: held.bank, entry: held.entry, isQuarantined: held.isQuarantined)
                }
            } progress: { position, end in
                if !json { screen.progress("\(grouped(Int(position))) of \(grouped(Int(end)))") }
            }
            if !json { screen.progress("") }
            let counts = census.counts
            for bank in treatment.quarantined {
                rules[bank, default: BankRules()].isQuarantined = true
            }
            let banks = Set(counts.keys).union(rules.keys).sorted().map { name in
                BankReport(name, counts[name] ?? BankCensus.Bank(), rules[name] ?? BankRules())
            }
            if json {
                try printJSON(StatsReport(version: read.version, banks: banks))
                return
            }
            screen.line("bank version \(grouped(Int(read.version)))")
            for bank in banks { bank.show(on: screen) }
            if read.unreadable > 0 {
                throw Finding(text: "\(grouped(read.unreadable)) records could not be read")
            }
        }
    }
}

private struct StatsReport: Encodable {
    var version: Int64
    var banks: [BankReport]
}

private struct BankReport: Encodable {
    var bank: String
    var entries: Int
    var algorithms: [String: Int]
    var categories: [String: Int]
    var quarantined: Int
    var enabled: Bool
    var bankQuarantined: Bool
    var distance: UInt16
    var qualityFloor: UInt8
    var framePercentage: UInt8
    var listedFramePercentage: UInt8
    var terms: String
    var shareable: Bool

    init(_ name: String, _ counts: BankCensus.Bank, _ rules: BankRules) {
        bank = name
        entries = counts.entries
        algorithms = Dictionary(
            uniqueKeysWithValues: counts.algorithms.map { ("\($0.key)", $0.value) })
        categories = Dictionary(
            uniqueKeysWithValues: counts.categories.map { ($0.key.listName, $0.value) })
        quarantined = counts.quarantined
        enabled = rules.isEnabled
        bankQuarantined = rules.isQuarantined
        distance = rules.maximumDistance
        qualityFloor = rules.qualityFloor
        framePercentage = rules.framePercentage
        listedFramePercentage = rules.listedFramePercentage
        terms = rules.terms
        shareable = rules.isShareable
    }

    func show(on screen: Screen) {
        let state =
            !enabled ? "  disabled" : bankQuarantined ? "  under quarantine as a whole" : ""
        screen.line(screen.paint(bank, .bold) + screen.paint(state, .yellow))
        var table = Table()
        table.add(.init("entries"), .init(grouped(entries)))
        for (name, count) in algorithms.sorted(by: { $0.key < $1.key }) {
            table.add(.init("  \(name)"), .init(grouped(count)))
        }
        for (name, count) in categories.sorted(by: { $0.key < $1.key }) {
            table.add(.init("  \(name)"), .init(grouped(count)))
        }
        table.add(.init("quarantined"), .init(grouped(quarantined)))
        for line in table.lines(screen) { screen.line(line) }
        screen.line(
            "  distance \(distance), quality from \(qualityFloor), \(framePercentage) % of frames, "
                + "\(listedFramePercentage) % of listed ones")
        let sharing = shareable ? "may be shared" : "may not be shared"
        screen.line("  \(sharing)\(terms.isEmpty ? "" : ": \(terms)")")
    }
}

/// Standard output, keys sorted.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
