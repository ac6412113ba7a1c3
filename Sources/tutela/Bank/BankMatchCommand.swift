import ArgumentParser
import EventSchemas
import Foundation
import HashLists
import HashMatching
import Pipeline
import SafetyModel

struct BankMatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Says what a digest matches in the banks, and why.",
        discussion: """
            Compares as the pipeline does, with each bank's own distance and quality floor. Near matches \
            that a known benign entry holds back are shown with that entry. Exit code 0 whether or \
            not something matches.
            """)

    @OptionGroup var choice: LogChoice

    @Argument(
        help: """
            A digest in hexadecimal digits, an image, a list as `bank import` takes it, a text with \
            one digest a line, or a directory of these. Frames of a video – vpdq rows of a list that \
            share their entry_key, all vpdq lines of a text – are one item.
            """)
    var digestOrFile: String

    @Option(
        help: "The digest's algorithm; without it what its length allows.",
        transform: HashAlgorithm.option)
    var algorithm: HashAlgorithm?

    @Option(help: "The digest's PDQ quality.")
    var quality: UInt8 = 100

    @Flag(help: "One JSON object a line instead of text.")
    var json = false

    func validate() throws {
        guard quality <= 100 else { throw ValidationError("--quality is 0 to 100") }
    }

    func run() async throws {
        let sources =
            FileManager.default.fileExists(atPath: digestOrFile)
            ? try DigestSource.all(at: digestOrFile)
            : [
                try DigestSource(digest: digestOrFile, algorithm: algorithm, quality: quality)
            ]
        try await choice.with { log in
            let topic = BankTopic(log)
            let feed = BankFeed(
                log: log.log, topic: topic.topic, sealer: NothingToSeal(),
                bank: try log.settings.emptyBank(), images: log.settings.bankImages,
                savesImages: false
            ) { notice in
                guard case .bankImageFailed(let error) = notice else { return }
                FileHandle.standardError.write(Data("\(error)\n".utf8))
            }
            try await feed.catchUp()
            let bank = feed.current
            let results = sources.map { bank.matches([$0.item]) }
            var rules: [String: BankRules] = [:]
            if results.contains(where: { !$0.matches.isEmpty || !$0.suppressed.isEmpty }) {
                rules = try await self.rules(topic)
            }
            let screen = Screen()
            for (source, result) in zip(sources, results) {
                let answer = MatchAnswer(source, result, bank.version, rules)
                if json { try printJSON(answer) } else { answer.show(on: screen) }
            }
        }
    }

    /// What may be done with a bank's entries is no part of what is compared: it is read by itself.
    private func rules(_ topic: BankTopic) async throws -> [String: BankRules] {
        var rules: [String: BankRules] = [:]
        try await topic.forEach { item in
            if case .settings(let name, let settings) = item.update { rules[name] = settings }
        }
        return rules
    }
}

extension DigestSource {
    fileprivate var item: MediaItem {
        MediaItem(
            reference: "", use: .profilePhoto, attribution: .serverObserved, uploader: nil,
            digests: digests)
    }
}

/// What was found for one item.
private struct MatchAnswer: Encodable {
    var name: String
    var bankVersion: Int64
    var matches: [MatchReport]
    var suppressed: [MatchReport]

    init(
        _ source: DigestSource, _ result: MatchResult, _ version: Int64,
        _ rules: [String: BankRules]
    ) {
        name = source.name
        bankVersion = version
        matches = result.matches.map { MatchReport($0, rules[$0.bank], nil) }
        suppressed = result.suppressed.map {
            MatchReport($0, rules[$0.bank], result.benign[$0.media])
        }
    }

    func show(on screen: Screen) {
        let nothing = matches.isEmpty && suppressed.isEmpty ? "  no match" : ""
        screen.line("\(name)  bank version \(grouped(Int(bankVersion)))\(nothing)")
        for match in matches {
            screen.line("  " + screen.paint(match.kind, .red) + "  " + match.text)
            screen.line("         " + match.sharing)
        }
        for match in suppressed {
            screen.line("  " + screen.paint("held back", .green) + "  " + match.text)
            screen.line("         by known benign \(match.benign ?? "")")
        }
    }
}

private struct MatchReport: Encodable {
    var kind: String
    var bank: String
    var entry: String
    var category: String
    var source: String
    var listVersion: String
    var algorithm: String
    var distance: UInt16
    var threshold: UInt16
    var quality: UInt8
    var quarantined: Bool
    var terms: String
    var shareable: Bool
    /// Why it does not count: the benign entry.
    var benign: String?

    init(_ match: Match, _ rules: BankRules?, _ benign: Match?) {
        kind = match.isExact ? "exact" : "near"
        bank = match.bank
        entry = match.entry
        category = match.category.listName
        source = match.source
        listVersion = match.listVersion
        algorithm = "\(match.digest.algorithm)"
        distance = match.distance
        threshold = match.threshold
        quality = match.digest.quality
        quarantined = match.quarantined
        terms = rules?.terms ?? ""
        shareable = rules?.isShareable ?? false
        self.benign = benign.map {
            "\($0.bank)/\($0.entry), \($0.digest.algorithm), distance \($0.distance) of "
                + "\($0.threshold)"
        }
    }

    var text: String {
        "\(bank)/\(entry)  \(category)  \(algorithm), distance \(distance) of \(threshold), "
            + "quality \(quality)  source \(source), version \(listVersion)"
            + (quarantined ? "  under quarantine" : "")
    }

    var sharing: String {
        (shareable ? "may be shared" : "may not be shared") + (terms.isEmpty ? "" : ": \(terms)")
    }
}
