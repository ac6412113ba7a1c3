import AuditTrail
import CyberTip
import Crypto
package import EventSchemas
import HashMatching
package import Pipeline
package import Policy
package import SafetyModel
package import Streaming

/// A pack and what it is called in the report.
package struct NamedPack: Sendable {
    package var name: String
    package var pack: Pack

    package init(name: String, pack: Pack) {
        self.name = name
        self.pack = pack
    }
}

/// What both packs run with.
package struct BacktestSettings: Sendable {
    package var pipeline: PipelineSettings
    package var enforce: EnforceSettings
    /// How media are compared and what classifiers' scores mean, before any entry is read.
    package var bank: Bank
    /// What names and other texts are looked at with.
    package var texts: TextLibrary
    /// The pipeline's own; nil for one made up, with which names have other sketches.
    package var sealer: (any FieldSealer)?

    package init(
        pipeline: PipelineSettings, enforce: EnforceSettings, bank: Bank = Bank(),
        texts: TextLibrary = TextLibrary(), sealer: (any FieldSealer)? = nil
    ) {
        self.pipeline = pipeline
        self.enforce = enforce
        self.bank = bank
        self.texts = texts
        self.sealer = sealer
        // What is read back here is protobuf.
        self.pipeline.outputFormat = .protobuf
        self.enforce.isStopped = false
    }
}

/// Two packs on the same recorded input, each in a whole pipeline of its own, in lock-step. The
/// source is only read; everything else happens in memory.
package struct Backtest {
    private let settings: BacktestSettings
    private let baseline: NamedPack
    private let candidate: NamedPack
    private let range: InputRange
    private let place: String
    private let reader: FactReader
    private var comparison: Comparison
    private var warm: (baseline: BatchCounts, candidate: BatchCounts)?

    /// - Parameters:
    ///   - place: what the source is called in the report and in errors.
    ///   - examples: the most examples of gained and of lost subjects for each rule.
    package init(
        _ settings: BacktestSettings, baseline: NamedPack, candidate: NamedPack,
        range: InputRange, place: String, examples: Int
    ) {
        self.settings = settings
        self.baseline = baseline
        self.candidate = candidate
        self.range = range
        self.place = place
        reader = FactReader(topics: settings.pipeline.topics)
        comparison = Comparison(examples: examples)
    }

    /// - Parameter progress: called after each slice with its end and the records so far.
    /// - Throws: `ConfigurationError` where the source or the range cannot be compared.
    package mutating func run(
        _ log: any EventLog, progress: (Instant, Int) -> Void
    ) async throws -> BacktestReport {
        var input = try await BacktestInput.open(log, settings.pipeline, range, place: place)
        var open: [BacktestRun] = []
        do {
            for named in [baseline, candidate] { open.append(try await run(of: named.pack)) }
            let runs = Runs(baseline: open[0], candidate: open[1])
            try await feed(&input, runs, progress)
            let record = try await runs.baseline.repeats(of: log, range)
            let report = try await report(input, runs, record)
            await close(input, open)
            return report
        } catch {
            await close(input, open)
            throw error
        }
    }

    private struct Runs {
        var baseline: BacktestRun
        var candidate: BacktestRun
    }

    private func run(of pack: Pack) async throws -> BacktestRun {
        // What it seals never leaves the process.
        let sealer =
            try settings.sealer ?? Sealer(SealingKey(bytes: Array(0..<32), id: "backtest"))
        return try await BacktestRun(settings, pack, sealer: sealer)
    }

    private mutating func feed(
        _ input: inout BacktestInput, _ runs: Runs, _ progress: (Instant, Int) -> Void
    ) async throws {
        var total = 0
        var isEmpty = true
        while let slice = try await input.next() {
            if slice.isCounted, warm == nil {
                warm = (runs.baseline.counts.value, runs.candidate.counts.value)
            }
            async let before = runs.baseline.take(slice)
            async let after = runs.candidate.take(slice)
            let (old, new) = try await (before, after)
            total += slice.count
            progress(slice.end, total)
            guard slice.isCounted else { continue }
            if slice.count > 0 { isEmpty = false }
            try compare(old, .baseline)
            try compare(new, .candidate)
        }
        guard isEmpty else { return }
        guard let span = input.span else {
            throw ConfigurationError(
                where: place, "there is nothing to compare: no record was found",
                "name a source that holds platform events, and a --to after they begin")
        }
        throw ConfigurationError(
            where: place,
            "there is nothing to compare \(rangeText); before it were events from "
                + "\(span.lowerBound.rfc3339) to \(span.upperBound.rfc3339)",
            "choose --from and --to so that some are in between")
    }

    private var rangeText: String {
        let from = range.from.map { "from \($0.rfc3339)" }
        let to = range.to.map { "to \($0.rfc3339)" }
        return [from, to].compactMap { $0 }.joined(separator: " ")
    }

    private mutating func compare(_ records: [Record], _ side: Side) throws {
        for record in records {
            for fact in try reader.facts(record) where !comparison.add(fact, side) {
                throw ConfigurationError(
                    where: "the range",
                    "the packs differ in more than \(grouped(comparison.limit)) places",
                    "compare a shorter one, with --from and --to")
            }
        }
    }

    private func close(_ input: BacktestInput, _ runs: [BacktestRun]) async {
        await input.close()
        for run in runs { await run.close() }
    }

    private func report(
        _ input: BacktestInput, _ runs: Runs, _ record: BacktestReport.Record
    ) async throws -> BacktestReport {
        let outcomes = Outcome.allCases.compactMap { outcome -> BacktestReport.Outcome? in
            func count(_ run: BacktestRun, _ warm: BatchCounts?) -> Int {
                (run.counts.value.outcomes[outcome] ?? 0) - (warm?.outcomes[outcome] ?? 0)
            }
            let line = BacktestReport.Outcome(
                outcome: words(outcome), baseline: count(runs.baseline, warm?.baseline),
                candidate: count(runs.candidate, warm?.candidate))
            return line.baseline + line.candidate > 0 ? line : nil
        }
        return ReportBuilder(
            comparison: comparison, baseline: baseline.pack, candidate: candidate.pack
        ).report(
            source: source(input), baseline: try await side(baseline, runs.baseline),
            candidate: try await side(candidate, runs.candidate), outcomes: outcomes, record: record
        )
    }

    private func side(
        _ named: NamedPack, _ run: BacktestRun
    ) async throws -> BacktestReport.PackSide {
        let verdicts = await run.verdicts
        return BacktestReport.PackSide(
            file: named.name, name: named.pack.name, digest: named.pack.digest.hex,
            rules: named.pack.ruleIDs.count, bankVersion: try await run.bankVersion(),
            verdictsApplied: verdicts.applied, verdictsNotApplicable: verdicts.notApplicable)
    }

    private func source(_ input: BacktestInput) -> BacktestReport.Source {
        let topics = InputTopic.all(settings.pipeline).compactMap { topic in
            input.counts[topic.name].map { count in
                BacktestReport.Source.Topic(
                    topic: topic.name, warmUp: count.warming, compared: count.counted,
                    leftOut: count.own)
            }
        }
        let modes = settings.enforce.modes
        let exceptions = modes.entries.count
        return BacktestReport.Source(
            place: place, from: range.from?.rfc3339, to: range.to?.rfc3339,
            first: input.span?.lowerBound.rfc3339, last: input.span?.upperBound.rfc3339,
            sliceMinutes: Double(range.slice.milliseconds) / 60_000,
            mode: "\(modes.standard)" + (exceptions == 0 ? "" : ", \(exceptions) exceptions"),
            hasOwnKey: settings.sealer != nil, lookedAtWith: means, topics: topics)
    }

    private var means: [BacktestReport.Means] {
        let matching = Array(SHA256.hash(data: settings.bank.settings.normalForm))
        return settings.texts.digests.map { .init(name: $0.name, digest: $0.digest.hex) }
            + [.init(name: "matching and calibration", digest: matching.hex)]
    }
}
