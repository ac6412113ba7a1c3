import Pipeline
import SafetyModel
import Simulation
import Streaming

/// Simulated platform traffic, a given number of records of it. Everyone an event names lives in the
/// partition of the event's key, so that no signal travels and decisions do not depend on how lanes
/// interleave. Duplicates, late events and malformed ones are part of it.
struct Traffic {
    private var simulator: Simulator
    private var isOver = false

    init(topics: Topics, partitions: Int32, seed: UInt64, records: Int) {
        var settings = SimulationSettings()
        settings.seed = seed
        settings.partitions = partitions
        settings.stampsRecords = false
        settings.keepsSubjectsTogether = true
        settings.isReactive = false
        settings.hasReviewer = false
        settings.days = 7
        settings.noise.malformed = 0.003
        settings.noise.duplicated = 0.005
        settings.noise.late = 0.004
        settings.topics.accounts = topics.accounts
        settings.topics.groups = topics.groups
        settings.topics.invites = topics.invites
        settings.topics.reports = topics.reports
        settings.topics.hashEntries = topics.hashEntries
        settings.accounts = Self.accounts(making: records, settings)
        // Enough that every rule and action has its turn.
        let scale = max(1, records / 10_000)
        for pattern in [
            TrafficPattern.knownProfilePhoto, .knownGroupIcon, .outsideLinks, .solicitation,
        ] {
            settings.incidents[pattern] *= scale
        }
        simulator = Simulator(settings)
    }

    /// How many people make about that many records, measured on one day of theirs.
    private static func accounts(making records: Int, _ settings: SimulationSettings) -> Int {
        var probe = settings
        probe.accounts = 1_000
        probe.days = 1
        probe.incidents = .none
        var simulator = Simulator(probe)
        var count = 0
        while let slice = simulator.nextSlice() { count += slice.records.count }
        return max(100, records * probe.accounts / max(1, count * settings.days))
    }

    var hashEntries: OutputBatch { simulator.hashEntries() }

    /// Some thousands of records; nil when all were made.
    mutating func next() -> OutputBatch? {
        var batch = OutputBatch()
        while !isOver, batch.count < 5_000 {
            guard let slice = simulator.nextSlice() else {
                isOver = true
                break
            }
            batch.append(contentsOf: slice.records)
        }
        return batch.isEmpty ? nil : batch
    }
}
