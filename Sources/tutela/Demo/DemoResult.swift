package import Pipeline
import SafetyModel
package import Simulation

/// All that a demo came to.
package struct DemoResult {
    package let settings: SimulationSettings
    var decisions: DecisionTally
    /// Records written, by `ce_type`.
    package private(set) var events: [String: Int] = [:]
    package private(set) var stages = BatchCounts()
    package internal(set) var quality = QualityScore()
    package internal(set) var unreadable = 0
    package private(set) var took = Duration.zero

    init(settings: SimulationSettings, topics: Topics) {
        self.settings = settings
        decisions = DecisionTally(topics: topics)
    }

    package var total: Int { events.values.reduce(0, +) }
    /// The same for the same seed, on every machine.
    package var digest: String { decisions.digest }

    package var eventsPerSecond: Int {
        let (seconds, attoseconds) = took.components
        let elapsed = Double(seconds) + Double(attoseconds) * 1e-18
        return elapsed > 0 ? Int(Double(total) / elapsed) : 0
    }

    mutating func note(_ slice: SimulatedSlice, _ counts: BatchCounts, took: Duration) {
        events.merge(slice.counts, uniquingKeysWith: +)
        stages = counts
        self.took = took
    }
}
