import Foundation
import Policy
import SafetyModel
import Simulation
import Streaming

/// Runs of the whole pipeline on simulated traffic, each on a log in memory, held against the truth.
struct Evaluation {
    let pack: Pack
    let texts: SimulatedTexts

    /// - Parameters:
    ///   - settings: one for each run.
    ///   - done: told how many runs are through.
    /// - Returns: the score of each run, in the order of `settings`.
    func run(_ settings: [SimulationSettings], done: (Int) -> Void) async throws -> [QualityScore] {
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return try await withThrowingTaskGroup(of: (Int, QualityScore).self) { group in
            var scores: [QualityScore?] = Array(repeating: nil, count: settings.count)
            var waiting = Array(settings.enumerated())[...]
            func start() {
                guard let (place, settings) = waiting.popFirst() else { return }
                group.addTask { (place, try await self.score(settings)) }
            }
            for _ in 0..<width { start() }
            var finished = 0
            while let (place, score) = try await group.next() {
                scores[place] = score
                finished += 1
                done(finished)
                start()
            }
            return scores.compactMap(\.self)
        }
    }

    private func score(_ settings: SimulationSettings) async throws -> QualityScore {
        let clock = SliceClock(settings.start.milliseconds)
        let log = MemoryLog(clock: { clock.now })
        var run = SimulatedRun(settings, pack: pack, texts: texts)
        for plan in run.topics { try log.createTopic(plan.name, partitions: plan.partitions) }
        var tally = QualityTally()
        var unreadable = 0
        try await run.run(on: log, clock) { step in
            unreadable += step.published.count { !tally.add($0) }
        }
        guard unreadable == 0 else {
            throw Finding(text: "\(unreadable) published records cannot be read")
        }
        return tally.score(run.truth, run.settings)
    }
}
