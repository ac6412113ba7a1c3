import ArgumentParser
import EventSchemas
import Pipeline
import SafetyModel
import Streaming

struct BankSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Sets how a bank is compared; what is not named stays as it is.",
        discussion: "Takes effect with the next batch, in every process that reads the topic.")

    enum Switch: String, EnumerableFlag {
        case enabled, disabled
    }

    @OptionGroup var choice: LogChoice

    @Argument(help: "The bank.")
    var bank: String

    @Option(help: "Largest Hamming distance that still matches, 0 to 31.")
    var distance: UInt16?

    @Option(help: "Smallest PDQ quality that is compared, 0 to 100.")
    var qualityFloor: UInt8?

    @Option(help: "Percentage of a video's frames that must match, 1 to 100.")
    var framePercentage: UInt8?

    @Option(help: "Percentage of a listed video's frames that must be near it, 0 to 100.")
    var listedFramePercentage: UInt8?

    @Flag(help: "Whether its entries match at all.")
    var state: Switch?

    @Flag(inversion: .prefixedNo, help: "Whether all its matches lead to review only.")
    var quarantined: Bool?

    @Option(help: "Names the terms the list is held under.")
    var terms: String?

    @Flag(inversion: .prefixedNo, help: "Whether the terms allow to hand entries on.")
    var shareable: Bool?

    @Flag(help: "Settings for a bank that has neither entries nor settings yet.")
    var new = false

    func validate() throws {
        try checkBank(bank)
        if let distance, distance > 31 { throw ValidationError("--distance is 0 to 31") }
        if let qualityFloor, qualityFloor > 100 {
            throw ValidationError("--quality-floor is 0 to 100")
        }
        if let framePercentage, !(1...100).contains(framePercentage) {
            throw ValidationError("--frame-percentage is 1 to 100")
        }
        if let listedFramePercentage, listedFramePercentage > 100 {
            throw ValidationError("--listed-frame-percentage is 0 to 100")
        }
        if let terms, terms.utf8.count > 255 {
            throw ValidationError("--terms has at most 255 bytes")
        }
    }

    func run() async throws {
        try await choice.with { log in
            let writer = try await log.writer(named: "bank-\(bank)")
            let topic = BankTopic(log)
            var known: BankRules?
            var banks: Set<String> = []
            var treatment = Bank().treatment
            try await topic.forEach { item in
                treatment.take(item.update, at: item.offset)
                switch item.update {
                case .entry(let entry): banks.insert(entry.bank)
                case .quarantine: break
                case .settings(let name, let rules):
                    banks.insert(name)
                    if name == bank { known = rules }
                }
            }
            guard new || banks.contains(bank) else {
                await writer.close()
                throw unknown(among: banks)
            }
            var rules = known ?? BankRules()
            // No settings record tells of a quarantine that more flags than fit led to.
            rules.isQuarantined = treatment.quarantined.contains(bank)
            let before = known.map { _ in rules }
            apply(to: &rules)
            if rules != before {
                var output = OutputBatch()
                topic.append(
                    PBHashEntryEvent(bank: bank, rules), key: "\(bank)/",
                    type: EventType.bankSettings, by: "bank", at: .now, to: &output)
                try await writer.write(output)
            }
            await writer.close()
            Screen().line(
                "bank \(bank): distance \(rules.maximumDistance), quality from "
                    + "\(rules.qualityFloor), \(rules.framePercentage) % of frames, "
                    + "\(rules.listedFramePercentage) % of listed ones, "
                    + (rules.isEnabled ? "enabled" : "disabled")
                    + (rules.isQuarantined ? ", under quarantine" : "")
                    + (rules.isShareable ? ", may be shared" : ", may not be shared")
                    + (rules.terms.isEmpty ? "" : " (\(rules.terms))")
                    + (rules == before ? "; as it was" : ""))
        }
    }

    /// A misspelt name would be settings that nothing is compared by.
    private func unknown(among banks: Set<String>) -> Finding {
        let near = nearest(bank, among: banks.sorted()).map { "; did you mean \($0)?" } ?? ""
        return Finding(text: "there is no bank \(bank)\(near) (--new makes one)")
    }

    private func apply(to rules: inout BankRules) {
        rules.maximumDistance = distance ?? rules.maximumDistance
        rules.qualityFloor = qualityFloor ?? rules.qualityFloor
        rules.framePercentage = framePercentage ?? rules.framePercentage
        rules.listedFramePercentage = listedFramePercentage ?? rules.listedFramePercentage
        rules.isEnabled = state.map { $0 == .enabled } ?? rules.isEnabled
        rules.isQuarantined = quarantined ?? rules.isQuarantined
        rules.terms = terms ?? rules.terms
        rules.isShareable = shareable ?? rules.isShareable
    }
}

struct BankQuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Puts entries under quarantine, or lifts it: their matches lead to review only.",
        discussion: """
            Enforce puts an entry under quarantine itself once it has used up its budget \
            (enforce.budgets.entry). It stands until it is lifted here or by a verdict; whoever lifts \
            it starts the entry's count anew.
            """)

    @OptionGroup var choice: LogChoice

    @Argument(help: "The bank.")
    var bank: String

    @Argument(help: "Ids of entries.")
    var entries: [String]

    @Flag(help: "Lift the quarantine.")
    var lift = false

    func validate() throws {
        try checkBank(bank)
        guard !entries.isEmpty, entries.count <= ImportRun.transactionRecords else {
            throw ValidationError("name 1 to \(ImportRun.transactionRecords) entries")
        }
    }

    func run() async throws {
        try await choice.with { log in
            let writer = try await log.writer(named: "bank-\(bank)")
            let topic = BankTopic(log)
            var standing: Set<String> = []
            try await topic.forEach { item in
                guard case .entry(let entry) = item.update, entry.bank == bank,
                    entries.contains(entry.entry)
                else { return }
                if entry.operation == .remove {
                    standing.remove(entry.entry)
                } else {
                    standing.insert(entry.entry)
                }
            }
            var output = OutputBatch()
            for entry in entries where standing.contains(entry) {
                let word = EntryQuarantine(
                    bank: bank, entry: entry, isQuarantined: !lift, reason: .operation)
                topic.append(
                    PBHashEntryEvent(word), key: word.recordKey, type: EventType.entryQuarantined,
                    by: "bank", at: .now, to: &output)
            }
            if !output.isEmpty { try await writer.write(output) }
            await writer.close()
            Screen().line("\(output.count) \(lift ? "lifted" : "put under quarantine")")
            if output.count < entries.count {
                throw Finding(text: "the bank has no entry of some of these ids")
            }
        }
    }
}
