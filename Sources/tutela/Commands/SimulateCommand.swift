import ArgumentParser
import FileLog
import Foundation
import KafkaLog
import Pipeline
import SafetyModel
import Simulation
import Streaming

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Writes simulated, labelled platform traffic to Kafka or to a directory.",
        discussion: """
            First the entries of made-up hash lists, then the days hour by hour. On Kafka the \
            made-up people answer what the pipeline publishes: some come back after a ban, and a simulated \
            reviewer signs verdicts. Everything is generated.
            """)

    @OptionGroup var options: ConfigOptions
    @OptionGroup var traffic: TrafficOptions

    @Option(help: "Write to a log in this directory instead of to Kafka.")
    var dir: String?

    @Option(help: "Records a second; 0 for as fast as it goes.")
    var rate = 0

    @Option(
        help: """
            First event time, RFC 3339. Without it the days end now on Kafka, for its brokers \
            stamp records, and begin on a fixed date in a directory.
            """)
    var start: String?

    func run() async throws {
        guard rate >= 0 else { throw ValidationError("--rate must not be negative.") }
        var (configuration, environment) = try options.load()
        var settings = try traffic.settings(configuration)
        if let start { settings.start = try instant(start) }
        if let dir {
            configuration.pipeline.partitions = settings.partitions
            let clock = SliceClock(settings.start.milliseconds)
            let log = try FileLog(
                directory: dir, durability: .system, clock: { clock.now })
            defer { log.close() }
            for plan in configuration.topicPlans {
                try log.createTopic(plan.name, partitions: plan.partitions)
            }
            try await write(settings, to: log, clock)
        } else {
            settings.stampsRecords = false
            if start == nil { settings.start = recent(days: settings.days) }
            let log = try KafkaLog(try configuration.kafkaSettings(environment))
            do {
                try await check(log, settings)
                try await write(settings, to: log, nil)
            } catch {
                await log.close()
                throw error
            }
            await log.close()
        }
    }

    private func write(
        _ settings: SimulationSettings, to log: any EventLog, _ clock: SliceClock?
    ) async throws {
        var simulator = Simulator(settings)
        let screen = Screen()
        explain(simulator, screen)
        let answers = OutputCursor(log: log, sources: try await answers(of: log, settings))
        try await answers.skip()
        let writer = try await log.openWriter()
        try await writer.write(simulator.hashEntries())
        let pace = Pace(rate: rate)
        var total = 0
        while let slice = simulator.nextSlice() {
            clock?.move(to: slice.end.milliseconds)
            if !slice.records.isEmpty { try await writer.write(slice.records) }
            total += slice.records.count
            try await pace.wait(until: total)
            for record in try await answers.read() { simulator.observe(record) }
            screen.progress("\(slice.end.rfc3339)  \(grouped(total)) records")
        }
        await writer.close()
        screen.progress("")
        screen.line("\(grouped(total)) records written.")
    }

    /// The reviewer's verdicts count only where their key is in the settings.
    private func explain(_ simulator: Simulator, _ screen: Screen) {
        screen.line("The simulated reviewer signs with this key; trust it in the settings:")
        screen.line(
            """
              enforce:
                verdict_keys:
                  - id: \(Simulator.reviewerKeyID)
                    reviewer: \(Simulator.reviewerID)
                    public_key: "\(simulator.reviewerKey.hex)"
            """)
    }

    private func check(_ log: KafkaLog, _ settings: SimulationSettings) async throws {
        let topic = settings.topics.accounts
        guard let count = try await log.partitionCount(of: topic) else {
            throw ConfigurationError(
                where: topic, "there is no such topic", "run `tutela topics create` first")
        }
        guard count == settings.partitions else {
            throw ConfigurationError(
                where: topic, "it has \(count) partitions, not \(settings.partitions)",
                "set pipeline.partitions to \(count)")
        }
    }

    private func answers(
        of log: any EventLog, _ settings: SimulationSettings
    ) async throws -> [TopicPartition] {
        var sources: [TopicPartition] = []
        for topic in [settings.topics.enforcement, settings.topics.reviewRequests] {
            let count = try await log.partitionCount(of: topic) ?? 0
            sources += (0..<count).map { TopicPartition(topic, $0) }
        }
        return sources
    }

    private func instant(_ text: String) throws -> Instant {
        guard let instant = Instant(rfc3339: text.utf8) else {
            throw ValidationError("--start must be RFC 3339, such as 2026-01-05T00:00:00Z.")
        }
        return instant
    }

    private func recent(days: Int) -> Instant {
        let hour: Int64 = 3_600_000
        let now = Int64(Date().timeIntervalSince1970 * 1_000) / hour * hour
        return Instant(milliseconds: now) - .days(Int64(days))
    }
}

/// Holds writing back to a number of records a second.
private struct Pace {
    let rate: Int
    private let clock = MonotonicClock()
    private let began: Duration

    init(rate: Int) {
        self.rate = rate
        began = clock.now
    }

    func wait(until total: Int) async throws {
        guard rate > 0 else { return }
        let due = began + .milliseconds(Int64(total) * 1_000 / Int64(rate))
        if due > clock.now { try await clock.sleep(for: due - clock.now) }
    }
}
