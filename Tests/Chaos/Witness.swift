import KafkaLog
import Streaming

/// Writes what lanes and the client tell to the worker's log, for whoever looks into a failure.
struct Witness: LaneObserver {
    func observe(_ observation: LaneObservation) {
        switch observation {
        case .received, .round, .lag: break
        default: say("\(ContinuousClock.now): \(observation)")
        }
    }

    static let notice: @Sendable (KafkaNotice) -> Void = { say("\(ContinuousClock.now): \($0)") }
}
