import CyberTip
import KafkaLog
import Pipeline
import Policy
import SafetyModel
import Simulation
import Streaming

/// Simulated traffic through both stages on an embedded log, slice by slice. The made-up people and
/// the reviewer answer what is published.
struct SimulatedRun {
    /// One slice, done.
    struct Step {
        var slice: SimulatedSlice
        /// Verdicts, and all that the stages published.
        var published: [Record]
        /// The stages' counts so far.
        var counts: BatchCounts
        /// Records among those published that should be readable and are not.
        var unreadable: Int
    }

    let settings: SimulationSettings
    let pipeline: PipelineSettings
    private let pack: Pack
    private let texts: SimulatedTexts
    private var simulator: Simulator
    private let counts = StageCounts()

    init(_ settings: SimulationSettings, pack: Pack, texts: SimulatedTexts) {
        self.settings = settings
        self.pack = pack
        self.texts = texts
        var pipeline = PipelineSettings(partitions: settings.partitions)
        pipeline.partitioner = settings.partitioner
        pipeline.isTest = true
        self.pipeline = pipeline
        simulator = Simulator(settings)
    }

    /// What is true, and what the pipeline is never told.
    var truth: GroundTruth { simulator.truth }

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

    /// A key for nothing but this: what it seals is made up.
    var sealingKey: [UInt8] {
        var random = SeededRandom(seed: settings.seed, label: "sealing key")
        return random.bytes(32)
    }

    /// What the log must hold before `run`.
    var topics: [(name: String, partitions: Int32)] {
        var configuration = Configuration()
        configuration.pipeline = pipeline
        return configuration.topicPlans.map { ($0.name, $0.partitions) }
    }

    /// Lets all days pass.
    /// - Parameters:
    ///   - log: holds all topics, and takes the time from `clock`.
    ///   - step: called after each slice.
    mutating func run(
        on log: any EventLog, _ clock: SliceClock, step: (Step) -> Void
    ) async throws {
        let run = try await EmbeddedRun(
            log: log, settings: pipeline, enforce: enforce, pack: pack,
            sealer: Sealer(try SealingKey(bytes: sealingKey, id: "demo")),
            texts: texts.library(), watched: watched, observer: counts.observe)
        try await run.write(simulator.hashEntries())
        while let slice = simulator.nextSlice() {
            clock.move(to: slice.end.milliseconds)
            try await run.write(slice.records)
            let published = try await run.advance()
            let unreadable = published.count { !simulator.observe($0) }
            step(
                Step(
                    slice: slice, published: published, counts: counts.value,
                    unreadable: unreadable))
        }
        await run.close()
    }

    private var watched: [TopicPartition] {
        let names = pipeline.topics
        let wanted = [
            names.verdicts, names.proposals, names.enforcement, names.cyberTips,
            names.reviewRequests, names.deadLetters,
        ]
        let partitions = Dictionary(uniqueKeysWithValues: topics.map { ($0.name, $0.partitions) })
        return wanted.flatMap { name in
            (0..<(partitions[name] ?? 0)).map { TopicPartition(name, $0) }
        }
    }
}
