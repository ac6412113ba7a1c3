import ArgumentParser
import CyberTip
import Foundation
import HashMatching
import KafkaLog
import Pipeline
import Policy
import SafetyModel
import Streaming

/// Assess as `tutela run --stage assess` runs it, until a number of events are committed.
struct Assess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs Assess over preloaded topics and prints what it cost.")

    @Option(help: "host:port of the broker.")
    var broker: String

    @Option(help: "Put before the names of the topics that are read.")
    var input: String

    @Option(help: "Put before the names of the group and of the topics that are written.")
    var output: String

    @Option(help: "Events of the platform's topics.")
    var events: Int

    @Option(help: "Partitions of the topics.")
    var partitions: Int32 = 8

    @Option(help: "Lanes in this process.")
    var lanes: Int = 1

    @Option(help: "Entries of random digests that stand in the bank beside the topic's.")
    var bankEntries: Int = 0

    func run() async throws {
        let log = try KafkaLog(
            KafkaSettings(brokers: broker, properties: Benchmark.clientProperties))
        let topics = Benchmark.topics(input: input, output: output)
        _ = try await log.createTopics(Benchmark.plans(topics, partitions: partitions))
        var settings = PipelineSettings(partitions: partitions)
        settings.topics = topics
        let sealer = Sealer(try SealingKey(bytes: Array(1...32), id: "bench"))
        let bank = BankFeed(
            log: log, topic: topics.hashEntries, sealer: sealer,
            bank: Bank(snapshot: HashBank.random(count: bankEntries, seed: 1).rebuilt()))
        try await bank.catchUp()

        let (ended, end) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let meter = Meter(events: events) { end.yield() }
        let ready = settings
        let runner = StageRunner(stage: AssessStage.name, lanes: lanes) { _ in
            Lane(
                log: log,
                stage: AssessStage(
                    settings: ready, pack: .builtin, bank: bank, log: log, sealer: sealer,
                    observer: { meter.observe($0) }),
                configuration: LaneConfiguration(
                    settings: LaneSettings(
                        stage: AssessStage.name, topics: topics.assessSources,
                        group: output + AssessStage.name),
                    eventTime: { record in
                        record.withBytes(of: .eventTime) { raw in
                            raw.flatMap { Instant(rfc3339: $0) }?.milliseconds
                        }
                    },
                    clock: MonotonicClock(), observer: meter))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            group.addTask {
                for await _ in ended { return runner.stop() }
            }
            try await group.waitForAll()
        }
        await log.close()
        say(meter.report)
    }
}

/// What both commands agree on.
enum Benchmark {
    static let clientProperties = [
        "receive.message.max.bytes": "1000000000", "fetch.message.max.bytes": "4194304",
        "queued.max.messages.kbytes": "65536",
    ]

    static func topics(input: String, output: String) -> Topics {
        var topics = Topics()
        for name in [\Topics.accounts, \.groups, \.invites, \.reports, \.hashEntries] {
            topics[keyPath: name] = input + topics[keyPath: name]
        }
        for name in [
            \Topics.signals, \.verdicts, \.proposals, \.assessState, \.enforceState, \.packs,
            \.ledger, \.deadLetters, \.enforcement, \.cyberTips, \.reviewRequests,
        ] {
            topics[keyPath: name] = output + topics[keyPath: name]
        }
        return topics
    }

    static func plans(_ topics: Topics, partitions: Int32) -> [TopicPlan] {
        let many = topics.assessSources + [topics.ledger, topics.deadLetters]
        return many.map { TopicPlan($0, partitions: partitions, retention: .forever) }
            + [topics.hashEntries, topics.proposals].map {
                TopicPlan($0, partitions: 1, retention: .forever)
            }
            + [
                TopicPlan(topics.assessState, partitions: partitions, cleanup: .compact),
                TopicPlan(topics.packs, partitions: 1, cleanup: .compact),
            ]
    }
}

func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}
