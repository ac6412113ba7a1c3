import Pipeline
import Streaming
import Synchronization

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
