import ArgumentParser
import CyberTip
import Foundation
import KafkaLog
import Pipeline
import Policy
import SafetyModel
import Simulation
import Streaming

/// The whole Assess stage on a log in memory, once with each pack, in turn.
struct PolicyStage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy-stage",
        abstract: "Runs Assess with the default pack beside another and prints what each cost.")

    @Option(help: "The file of the other pack.")
    var beside: String

    @Option(help: "Records of platform traffic.")
    var events = 200_000

    @Option(help: "How often each pack runs over the same records.")
    var rounds = 5

    func run() async throws {
        let text = String(decoding: try Data(contentsOf: URL(filePath: beside)), as: UTF8.self)
        let packs = [try Pack.load(yaml: text, file: beside), Pack.builtin]
        let traffic = traffic()
        var costs: [[Double]] = [[], []]
        for round in 0..<rounds {
            // Who comes first changes, so that a machine that warms up favours neither.
            for index in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                costs[index].append(try await cost(of: packs[index], traffic))
            }
        }
        let rates = costs.map { Double(traffic.count) / $0.sorted()[rounds / 2] }
        say(
            "{\"events\": \(traffic.count), \"rounds\": \(rounds), "
                + "\"events_per_cpu_second\": {\"\(packs[0].name)\": \(Int(rates[0])), "
                + "\"\(packs[1].name)\": \(Int(rates[1]))}, "
                + "\"ratio\": \((rates[1] / rates[0] * 1000).rounded() / 1000)}")
    }

    private struct Traffic {
        var settings: SimulationSettings
        var bank: OutputBatch
        var slices: [OutputBatch] = []
        var count = 0
    }

    private func traffic() -> Traffic {
        var settings = SimulationSettings()
        settings.accounts = max(1_000, events / 40)
        settings.days = 365
        settings.isReactive = false
        settings.hasReviewer = false
        var simulator = Simulator(settings)
        var traffic = Traffic(settings: settings, bank: simulator.hashEntries())
        while traffic.count < events, let slice = simulator.nextSlice() {
            traffic.slices.append(slice.records)
            traffic.count += slice.records.count
        }
        return traffic
    }

    /// Seconds of the process's CPU for all records.
    private func cost(of pack: Pack, _ traffic: Traffic) async throws -> Double {
        let end = traffic.settings.start + .days(Int64(traffic.settings.days))
        let log = MemoryLog { end.milliseconds }
        let settings = PipelineSettings(partitions: traffic.settings.partitions)
        for plan in Benchmark.plans(settings.topics, partitions: settings.partitions) {
            try log.createTopic(plan.name, partitions: plan.partitions)
        }
        let writer = try await log.openWriter()
        try await writer.write(traffic.bank)
        for slice in traffic.slices { try await writer.write(slice) }
        await writer.close()
        let sealer = Sealer(try SealingKey(bytes: Array(1...32), id: "bench"))
        let bank = BankFeed(log: log, topic: settings.topics.hashEntries, sealer: sealer)
        try await bank.catchUp()
        let lane = Lane(
            log: log,
            stage: AssessStage(
                settings: settings, pack: pack, bank: bank, log: log, sealer: sealer),
            configuration: LaneConfiguration(
                settings: LaneSettings(
                    stage: AssessStage.name, topics: settings.topics.assessSources,
                    group: "bench"),
                eventTime: { RecordTime.eventTime(of: $0) }))
        let start = cpu()
        _ = try await lane.runUntilQuiet()
        let seconds = cpu() - start
        await lane.close()
        return seconds
    }

    private func cpu() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
