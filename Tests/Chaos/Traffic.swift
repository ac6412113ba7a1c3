import Pipeline
import SafetyModel
import Simulation
import Streaming

/// Simulated platform traffic, a given number of records of it. Everyone an event names lives in the
/// partition of the event's key, so that no signal travels and decisions do not depend on how lanes
/// interleave. Duplicates, late events and malformed ones are part of it.
struct Traffic {
    private var simulator: Simulator
    private(set) var left: Int

    init(topics: Topics, partitions: Int32, seed: UInt64, records: Int) {
        var settings = SimulationSettings()
        settings.seed = seed
        settings.partitions = partitions
        settings.stampsRecords = false
        settings.keepsSubjectsTogether = true
        settings.isReactive = false
        settings.hasReviewer = false
        // More people rather than more days, for windows to be full and watermarks to move.
        settings.accounts = max(1_000, records / 40)
        settings.days = 365
        settings.noise.malformed = 0.003
        settings.noise.duplicated = 0.005
        settings.noise.late = 0.004
        settings.topics.accounts = topics.accounts
        settings.topics.groups = topics.groups
        settings.topics.invites = topics.invites
        settings.topics.reports = topics.reports
        settings.topics.hashEntries = topics.hashEntries
        simulator = Simulator(settings)
        left = records
    }

    var hashEntries: OutputBatch { simulator.hashEntries() }

    /// Some thousands of records; nil when all were made.
    mutating func next() -> OutputBatch? {
        guard left > 0 else { return nil }
        var batch = OutputBatch()
        while batch.count < min(5_000, left), let slice = simulator.nextSlice() {
            batch.append(contentsOf: slice.records)
        }
        left = batch.isEmpty ? 0 : max(0, left - batch.count)
        return batch.isEmpty ? nil : batch
    }
}
