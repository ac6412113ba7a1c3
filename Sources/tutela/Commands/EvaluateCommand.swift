import ArgumentParser
import Foundation
import Pipeline
import Policy
import SafetyModel
import Simulation

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Scores a policy pack on simulated traffic whose truth is known.",
        discussion: """
            The whole pipeline runs on each seed's traffic, in memory: whom it caught and how \
            soon, whom it restricted wrongly, what it cost reviewers, and which rule did it. \
            Everything is enforced. Exit code 1 where a gate is not met, as where nobody was to \
            be caught. The same options give the same report.
            """)

    @OptionGroup var traffic: TrafficOptions
    @OptionGroup var lists: ListOptions

    @Option(help: "Seeds, with commas; without it three, from --seed on.")
    var seeds: String?

    @Option(help: "Policy pack to score instead of the one that is built in.")
    var pack: String?

    @Option(
        help: """
            After the runs in which reviewers never err, others in which this part of their \
            verdicts is wrong; 0 for no others. Without it as the traffic file's reviewer_errors \
            says, else 0.01.
            """)
    var erring: Double?

    @Option(help: "Write the report to this file, as Markdown; - prints nothing else.")
    var markdown: String?

    @Option(help: "Write the report to this file, as JSON; - prints nothing else.")
    var json: String?

    @Option(help: "Draw the report into this file, as SVG; - prints nothing else.")
    var plot: String?

    @Flag(help: "List whom the pack missed and whom it hit wrongly.")
    var details = false

    @Flag(help: "Exit code 0 also where a gate is not met.")
    var reportOnly = false

    static let maximumSeeds = 100

    func run() async throws {
        let markdown = try markdown.map(ReportFile.init)
        let json = try json.map(ReportFile.init)
        let plot = try plot.map(ReportFile.init)
        var configuration = Configuration()
        configuration.pipeline.partitions = 4
        configuration.policy.pack = pack ?? ""
        let loaded = try configuration.pack()
        let seeds = try wantedSeeds()
        let settings = try traffic.settings(configuration)
        let erring = erring ?? settings.reviewerErrorRate
        guard (0...1).contains(erring) else {
            throw ValidationError("--erring must be from 0 to 1.")
        }
        let rates = erring > 0 ? [0, erring] : [0]
        let runs = rates.flatMap { rate in
            seeds.map { seed in
                var run = settings
                run.seed = seed
                run.reviewerErrorRate = rate
                return run
            }
        }
        let texts = try lists.texts()
        let screen = Screen()
        let scores = try await Evaluation(pack: loaded, texts: texts).run(runs) { done in
            screen.progress("\(done) of \(runs.count) runs")
        }
        screen.progress("")
        let parts = rates.enumerated().map { place, rate in
            var sum = QualityScore()
            for score in scores[(place * seeds.count)..<((place + 1) * seeds.count)] {
                sum.merge(score)
            }
            return QualityReport.Part(errorRate: rate, score: sum)
        }
        let report = QualityReport(
            pack: pack ?? "the default pack", digest: loaded.digest.hex, seeds: seeds,
            settings: settings, texts: texts, parts: parts)
        if ![markdown, json, plot].contains(where: { $0?.isStandardOutput == true }) {
            for line in report.lines(screen, details: details) { screen.line(line) }
        }
        try markdown?.write(Data(report.markdown(details: details).utf8))
        try json?.write(try QualityJSON(report).bytes())
        if let plot {
            var picture = QualityPlot(report)
            try plot.write(Data(picture.svg().utf8))
        }
        guard report.unmet == 0 || reportOnly else {
            throw Finding(text: "\(report.unmet) of \(report.gateCount) gates are not met")
        }
    }

    private func wantedSeeds() throws -> [UInt64] {
        guard let seeds else { return (0..<3).map { traffic.seed &+ $0 } }
        let words = seeds.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = words.compactMap { UInt64($0) }
        guard numbers.count == words.count, numbers.count <= Self.maximumSeeds,
            Set(numbers).count == numbers.count
        else {
            throw ValidationError(
                "--seeds must be different whole numbers with commas, such as 1,2,3; at most "
                    + "\(Self.maximumSeeds).")
        }
        return numbers
    }
}
