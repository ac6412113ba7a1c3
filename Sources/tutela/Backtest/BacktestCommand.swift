import ArgumentParser
import FileLog
import Foundation
import KafkaLog
import Policy
import SafetyModel
import Streaming

struct BacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Says what another policy pack would have done with what was recorded.",
        discussion: """
            Runs two packs over the same recorded events, each through both stages with decisions and \
            consequences of its own, and compares what they led to: proposals, review requests, \
            enforcements and budgets, with examples. The source is only read, without group or commit; \
            a directory that a running process writes to can be read too. Term lists, text model, \
            calibration and sealing key are those of the settings; without the key a few groups may \
            be compared by name otherwise.

            Everything before --from warms both packs up and is not compared.
            """)

    @OptionGroup var options: ConfigOptions

    @Option(help: "The pack to try: a folder with pack.yaml, or a file.")
    var candidate: String

    @Option(help: "The pack to compare it with; without it that of the settings.")
    var baseline: String?

    @Option(help: "A log in a directory, such as `tutela demo --dir` leaves, instead of Kafka.")
    var dir: String?

    @Option(help: "Compare from this event time on, RFC 3339.", transform: Self.instant)
    var from: Instant?

    @Option(help: "Compare what is before this event time, RFC 3339.", transform: Self.instant)
    var to: Instant?

    @Option(help: "Minutes of event time after which decisions reach the rules again.")
    var slice = 60

    @Option(help: "The most examples of gained and of lost subjects for each rule.")
    var examples = 5

    @Option(help: "Write the report as Markdown to this file instead of standard output.")
    var markdown: String?

    @Option(help: "Write the report as JSON too: to this file, or - for standard output.")
    var json: String?

    @Flag(help: "Exit with code 1 where the packs differ in what they led to.")
    var failOnChange = false

    private static func instant(_ text: String) throws -> Instant {
        guard let instant = Instant(rfc3339: text.utf8) else {
            throw ValidationError("a time is RFC 3339, such as 2026-01-05T00:00:00Z")
        }
        return instant
    }

    func validate() throws {
        guard (1...10_080).contains(slice) else {
            throw ValidationError("--slice must be from 1 to 10080 minutes.")
        }
        guard (0...1_000).contains(examples) else {
            throw ValidationError("--examples must be from 0 to 1000.")
        }
        if let from, let to, from >= to { throw ValidationError("--from must be before --to.") }
    }

    func run() async throws {
        let json = try json.map(ReportFile.init)
        let isWanted = markdown != nil || json?.isStandardOutput != true
        let markdown = isWanted ? try ReportFile(markdown ?? "-") : nil
        let (settings, environment) = try options.load(beside: dir)
        let candidate = try Self.pack(candidate, "--candidate")
        var running = settings.policy.pack.isEmpty ? nil : settings.policy.pack
        if let baseline { running = baseline }
        let baseline = try Self.pack(
            running, self.baseline == nil ? "policy.pack" : "--baseline")
        var backtest = Backtest(
            BacktestSettings(
                pipeline: settings.pipeline, enforce: settings.enforce,
                bank: try settings.emptyBank(), texts: try settings.textLibrary(),
                sealer: try? settings.sealer(environment)),
            baseline: baseline, candidate: candidate,
            range: InputRange(from: from, to: to, slice: .minutes(Int64(slice))),
            place: dir ?? "Kafka at \(settings.kafka.brokers)", examples: examples)
        let report: BacktestReport
        if let dir {
            let log = try FileArchive.open(dir)
            defer { log.close() }
            report = try await Self.run(&backtest, log)
        } else {
            let log = try KafkaLog(
                BacktestInput.modest(
                    try settings.kafkaSettings(environment),
                    readers: BacktestInput.largestCount(settings.pipeline)))
            do {
                report = try await Self.run(&backtest, log)
            } catch {
                await log.close()
                throw error
            }
            await log.close()
        }
        try Self.write(report, markdown: markdown, json: json)
        if failOnChange, report.differs {
            throw Finding(text: "the candidate would decide otherwise than the baseline")
        }
    }

    private static func run(
        _ backtest: inout Backtest, _ log: any EventLog
    ) async throws -> BacktestReport {
        let isWatched = isatty(2) == 1
        func show(_ text: String) {
            if isWatched { FileHandle.standardError.write(Data("\r\u{1b}[2K\(text)".utf8)) }
        }
        defer { show("") }
        return try await backtest.run(log) { time, total in
            show("\(time.rfc3339)  \(grouped(total)) records")
        }
    }

    /// All its mistakes, where it has any.
    private static func pack(_ path: String?, _ option: String) throws -> NamedPack {
        let location = PackLocation(path)
        let content = try location.content()
        let mistakes = Pack.check(
            yaml: content.text, file: location.name, models: content.models)
        guard mistakes.isEmpty else {
            let count = mistakes.count == 1 ? "a mistake" : "\(mistakes.count) mistakes"
            throw ConfigurationError(
                where: "\(option) \(location.name)", "the pack has \(count)",
                mistakes.map { "\($0)" }.joined(separator: "\n"))
        }
        let name = path == nil ? "the built-in pack" : location.name
        let pack = try Pack.load(
            yaml: content.text, file: location.name, models: content.models)
        return NamedPack(name: name, pack: pack)
    }

    private static func write(
        _ report: BacktestReport, markdown: ReportFile?, json: ReportFile?
    ) throws {
        if let json {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try json.write(try encoder.encode(report) + Data("\n".utf8))
        }
        if let markdown {
            var document = BacktestMarkdown(report)
            try markdown.write(Data(document.document().utf8))
        }
    }
}
