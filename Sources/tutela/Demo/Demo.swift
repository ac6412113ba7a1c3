import FileLog
import Foundation
import Pipeline
import Policy
import SafetyModel
package import Simulation

/// A simulated platform for people to look at: its log in a directory, and what became of it.
package struct Demo {
    private var run: SimulatedRun
    private let texts: SimulatedTexts

    /// What the summary is made of.
    package private(set) var result: DemoResult

    init(_ settings: SimulationSettings, pack: Pack, texts: SimulatedTexts) {
        self.texts = texts
        run = SimulatedRun(settings, pack: pack, texts: texts)
        result = DemoResult(settings: settings, topics: run.pipeline.topics)
    }

    /// - Parameters:
    ///   - directory: where the log is kept; must be empty or absent.
    ///   - progress: called after each slice.
    package mutating func run(
        in directory: String, progress: (DemoResult, SimulatedSlice) -> Void
    ) async throws {
        let began = ContinuousClock.now
        let clock = SliceClock(run.settings.start.milliseconds)
        let log = try FileLog(
            directory: directory, durability: .system, clock: { clock.now })
        defer { log.close() }
        for plan in run.topics { try log.createTopic(plan.name, partitions: plan.partitions) }
        var result = result
        var tally = QualityTally()
        try await run.run(on: log, clock) { step in
            for record in step.published {
                result.decisions.add(record)
                _ = tally.add(record)
            }
            result.unreadable += step.unreadable
            result.note(step.slice, step.counts, took: ContinuousClock.now - began)
            progress(result, step.slice)
        }
        result.quality = tally.score(run.truth, run.settings)
        self.result = result
    }

    /// Puts the settings beside the log, so that `tutela replay --dir` needs no others.
    package func keepSettings(in directory: String, pack: String?) throws {
        let folder = URL(filePath: directory, directoryHint: .isDirectory).standardizedFileURL
        let key = folder.appending(path: "sealing-key")
        var configuration = Configuration()
        configuration.pipeline = run.pipeline
        configuration.enforce = run.enforce
        configuration.sealing.key = .file(key.path())
        configuration.sealing.keyID = "demo"
        configuration.policy.pack = pack ?? ""
        configuration.text.lists = try texts.keep(in: folder)
        try Data("\(run.sealingKey.hex)\n".utf8).write(to: key)
        try Data(ConfigurationExample.text(configuration).utf8)
            .write(to: folder.appending(path: "tutela.yaml"))
    }
}
