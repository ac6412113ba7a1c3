import ArgumentParser
import Foundation
import KafkaLog
import Pipeline
import SafetyModel
import Simulation
import Streaming

/// Fills the platform's topics with simulated traffic for the benchmark.
struct Preload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes simulated platform traffic to a broker.")

    @Option(help: "host:port of the broker.")
    var broker: String

    @Option(help: "Put before the names of the topics.")
    var prefix: String

    @Option(help: "Records of platform traffic.")
    var events: Int

    @Option(help: "protobuf or json.")
    var format: String = "protobuf"

    @Option(help: "Partitions of the topics.")
    var partitions: Int32 = 8

    @Option(help: "Seed of the traffic.")
    var seed: UInt64 = 1

    @Option(help: "Times a day that an account sets a new photo; 4.2 makes it one event in three.")
    var photos: Double?

    func run() async throws {
        guard let format = SimulationSettings.Format(rawValue: format) else {
            throw ValidationError("no format '\(format)'")
        }
        var settings = SimulationSettings()
        settings.seed = seed
        settings.photosADay = photos
        settings.format = format
        settings.partitions = partitions
        settings.stampsRecords = false
        settings.isReactive = false
        settings.hasReviewer = false
        settings.accounts = max(1_000, events / 40)
        settings.days = 365
        let topics = Benchmark.topics(input: prefix, output: prefix)
        settings.topics.accounts = topics.accounts
        settings.topics.groups = topics.groups
        settings.topics.invites = topics.invites
        settings.topics.reports = topics.reports
        settings.topics.hashEntries = topics.hashEntries

        let log = try KafkaLog(KafkaSettings(brokers: broker))
        _ = try await log.createTopics(Benchmark.plans(topics, partitions: partitions))
        let writer = try await log.openWriter()
        var simulator = Simulator(settings)
        try await writer.write(simulator.hashEntries())
        var written = 0
        var bytes = 0
        while written < events, let slice = simulator.nextSlice() {
            try await writer.write(slice.records)
            written += slice.records.count
            bytes += slice.records.entries.reduce(0) { $0 + ($1.value?.count ?? 0) }
        }
        await writer.close()
        await log.close()
        say("{\"events\": \(written), \"mean_value_bytes\": \(bytes / max(1, written))}")
    }
}
