import CyberTip
import FileLog
import KafkaLog
import Foundation
package import Pipeline
package import Policy
import SafetyModel
package import Simulation
import Streaming
import Synchronization

/// Simulated traffic through both stages on an embedded log, slice by slice.
package struct Demo {
    package let settings: SimulationSettings
    package let pipeline: PipelineSettings
    private let pack: Pack
    private var simulator: Simulator
    private let counts = StageCounts()

    /// What the summary is made of.
    package private(set) var result: DemoResult

    package init(_ settings: SimulationSettings, pack: Pack = .builtin) {
        self.settings = settings
        self.pack = pack
        var pipeline = PipelineSettings(partitions: settings.partitions)
        pipeline.partitioner = settings.partitioner
        pipeline.isTest = true
        self.pipeline = pipeline
        simulator = Simulator(settings)
        result = DemoResult(settings: settings, topics: pipeline.topics)
    }

    /// Everything is enforced, so that there is something to see; the real default is to observe.
    var enforce: EnforceSettings {
        var enforce = EnforceSettings()
        enforce.modes = ModeTable(standard: .enforce)
        enforce.evidence.conclusiveBanks = Set(Simulator.conclusiveBanks)
        enforce.verdictKeys = [
            VerdictKey(
                id: Simulator.reviewerKeyID, reviewer: Simulator.reviewerID,
                publicKey: simulator.reviewerKey)
        ]
        return enforce
    }

    /// - Parameters:
    ///   - directory: where the log is kept; must be empty or absent.
    ///   - progress: called after each slice.
    package mutating func run(
        in directory: String, progress: (DemoResult, SimulatedSlice) -> Void
    ) async throws {
        let began = ContinuousClock.now
        let clock = SliceClock(settings.start.milliseconds)
        let log = try FileLog(
            directory: directory, durability: .system, clock: { clock.now })
        defer { log.close() }
        for plan in topicCounts { try log.createTopic(plan.name, partitions: plan.partitions) }
        let run = try await EmbeddedRun(
            log: log, settings: pipeline, enforce: enforce, pack: pack,
            sealer: Sealer(try SealingKey(bytes: sealingKey, id: "demo")),
            watched: watched, observer: counts.observe)
        try await run.write(simulator.hashEntries())
        while let slice = simulator.nextSlice() {
            clock.move(to: slice.end.milliseconds)
            try await run.write(slice.records)
            let published = try await run.advance()
            for record in published {
                result.decisions.add(record)
                if !simulator.observe(record) { result.unreadable += 1 }
            }
            result.note(slice, counts.value, took: ContinuousClock.now - began)
            progress(result, slice)
        }
        await run.close()
        result.scores = simulator.tally.score(simulator.truth)
    }

    /// A key for nothing but this: what it seals is made up.
    private var sealingKey: [UInt8] {
        var random = SeededRandom(seed: settings.seed, label: "sealing key")
        return random.bytes(32)
    }

    /// Puts the settings beside the log, so that `tutela replay --dir` needs no others.
    package func keepSettings(in directory: String, pack: String?) throws {
        let folder = URL(filePath: directory, directoryHint: .isDirectory).standardizedFileURL
        let key = folder.appending(path: "sealing-key")
        var configuration = Configuration()
        configuration.pipeline = pipeline
        configuration.enforce = enforce
        configuration.sealing.key = .file(key.path())
        configuration.sealing.keyID = "demo"
        configuration.policy.pack = pack ?? ""
        try Data("\(sealingKey.hex)\n".utf8).write(to: key)
        try Data(ConfigurationExample.text(configuration).utf8)
            .write(to: folder.appending(path: "tutela.yaml"))
    }

    private var topicCounts: [(name: String, partitions: Int32)] {
        var configuration = Configuration()
        configuration.pipeline = pipeline
        return configuration.topicPlans.map { ($0.name, $0.partitions) }
    }

    private var watched: [TopicPartition] {
        let topics = pipeline.topics
        let wanted = [
            topics.proposals, topics.enforcement, topics.cyberTips, topics.reviewRequests,
            topics.deadLetters,
        ]
        return wanted.flatMap { name in
            let partitions = topicCounts.first { $0.name == name }?.partitions ?? 0
            return (0..<partitions).map { TopicPartition(name, $0) }
        }
    }
}

/// The stages' own counts, added up. Called from their actors.
final class StageCounts: Sendable {
    private let sum = Mutex(BatchCounts())

    var value: BatchCounts { sum.withLock { $0 } }

    var observe: PipelineObserver {
        { notice in
            guard case .processed(let task, let counts) = notice, task.stage == AssessStage.name
            else { return }
            self.sum.withLock { sum in
                sum.outcomes.merge(counts.outcomes, uniquingKeysWith: +)
                sum.signals += counts.signals
                sum.travelled += counts.travelled
                sum.matches += counts.matches
                sum.proposals += counts.proposals
            }
        }
    }
}
