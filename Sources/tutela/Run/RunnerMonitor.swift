import CoreMetrics
import Logging
import Observability
import Streaming

/// Hears of lanes that start again or end.
struct RunnerMonitor: LaneObserver {
    let health: Health
    let meters: StageMeters
    let logger: Logger

    func observe(_ observation: LaneObservation) {
        switch observation {
        case .restarting(let stage, let lane, let error, let after, let attempt):
            meters.failures.increment()
            health.set("\(stage)-lane-\(lane)", .starting, "starts again, attempt \(attempt)")
            logger.log(
                .warning, "Lane failed and starts again",
                [
                    .stage: stage, .lane: lane, .errorMessage: error,
                    .duration: "\(after.nanoseconds / 1_000_000)", .count: "\(attempt)",
                ])
        case .stopped(let stage, let lane, let error?):
            meters.failures.increment()
            health.set("\(stage)-lane-\(lane)", .failed, "see the log")
            logger.log(
                .error, "Lane ended with an error",
                [.stage: stage, .lane: lane, .errorMessage: error])
        case .stopped(let stage, let lane, nil):
            health.set("\(stage)-lane-\(lane)", .draining, "ended as asked")
            logger.log(.info, "Lane ended", [.stage: stage, .lane: lane])
        default: break
        }
    }
}
