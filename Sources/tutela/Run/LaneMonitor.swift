import CoreMetrics
import Logging
import Observability
import Streaming
import Synchronization

/// Turns what one lane tells into metrics, logs and readiness (I12).
final class LaneMonitor: LaneObserver {
    private struct State {
        /// When the round in hand began; nil between rounds.
        var roundBegan: Duration?
        /// When the lane last committed, or began to owe a commit.
        var progress: Duration = .zero
        var lag: [TopicPartition: Int64] = [:]
        var stalled: Set<TaskID> = []
        var isStuck = false
    }

    private let stage: String
    private let component: String
    private let stallAfter: Duration
    private let clock: any LaneClock
    private let health: Health
    private let meters: StageMeters
    private let logger: Logger
    private let state = Mutex(State())

    init(
        stage: String, lane: Int, stallAfter: Duration, clock: any LaneClock, health: Health,
        meters: StageMeters, logger: Logger
    ) {
        self.stage = stage
        component = "\(stage)-lane-\(lane)"
        self.stallAfter = stallAfter
        self.clock = clock
        self.health = health
        self.meters = meters
        self.logger = logger
        health.set(component, .joining)
    }

    func observe(_ observation: LaneObservation) {
        switch observation {
        case .joined:
            health.clear(component)
            log(.info, "Lane joined its group")
        case .opening(let task):
            health.set("\(task)", .restoring)
            log(.info, "Task restores its state", task)
        case .opened(let task, let took):
            opened(task, took)
        case .closed(let task):
            closed(task)
        case .received(_, let records, _):
            meters.received.increment(by: records)
        case .roundBegan:
            state.withLock { $0.roundBegan = clock.now }
        case .round(let report):
            committed(report)
        case .commitFailed(_, let outcome, let error):
            state.withLock { $0.roundBegan = nil }
            meters.commits(outcome).increment()
            logger.log(
                .warning, "Commit failed",
                [
                    .stage: stage, .lane: component, .errorCode: error.code.rawValue,
                    .errorMessage: error.message,
                ])
        case .lag(let source, let records):
            state.withLock { $0.lag[source] = records }
            meters.lag(source).record(records)
        case .stalled(let task, let source, let time):
            stalled(task, source, time)
        case .moving(let task):
            moving(task)
        case .restarting, .stopped:
            break
        }
    }

    /// Called now and then: finds a lane that owes work and shows no progress, whatever the reason.
    func check() {
        let now = clock.now
        let (reason, wasStuck) = state.withLock { state -> (String?, Bool) in
            let behind = state.lag.values.reduce(0, +)
            if behind == 0, state.roundBegan == nil { state.progress = now }
            var reason: String?
            if let began = state.roundBegan, now - began > stallAfter {
                reason = "a round runs for \(seconds(now - began)) s"
            } else if behind > 0, now - state.progress > stallAfter {
                reason =
                    "no commit for \(seconds(now - state.progress)) s, \(behind) records behind"
            }
            defer { state.isStuck = reason != nil }
            return (reason, state.isStuck)
        }
        if let reason {
            health.set(component, .stalled, reason)
            if !wasStuck {
                meters.stalls.increment()
                log(.error, "Lane does not progress")
            }
        } else if wasStuck {
            health.clear(component)
        }
        meters.count(
            stalled: state.withLock { $0.stalled.count + ($0.isStuck ? 1 : 0) }, lane: component)
    }

    private func opened(_ task: TaskID, _ took: Duration) {
        health.clear("\(task)")
        meters.restoreDuration.recordNanoseconds(took.nanoseconds)
        meters.assigned.increment()
        meters.rebalances("assigned").increment()
        state.withLock { $0.progress = clock.now }
        logger.log(
            .info, "Task delivers",
            [.stage: stage, .task: "\(task)", .duration: "\(took.nanoseconds / 1_000_000)"])
    }

    private func closed(_ task: TaskID) {
        health.clear("\(task)")
        meters.assigned.decrement()
        meters.rebalances("revoked").increment()
        state.withLock {
            $0.stalled.remove(task)
            $0.lag = $0.lag.filter { $0.key.partition != task.partition }
        }
        log(.info, "Task left this lane", task)
    }

    private func committed(_ report: RoundReport) {
        let now = clock.now
        state.withLock {
            $0.roundBegan = nil
            $0.progress = now
        }
        meters.commits("committed").increment()
        meters.batchEvents.record(report.records)
        meters.batchDuration.recordNanoseconds(report.processing.nanoseconds)
        meters.commitDuration.recordNanoseconds(report.commit.nanoseconds)
    }

    private func stalled(_ task: TaskID, _ source: TopicPartition, _ time: Duration) {
        guard time >= stallAfter else { return }
        health.set("\(task)", .stalled, "waits for \(source) for \(seconds(time)) s")
        guard state.withLock({ $0.stalled.insert(task).inserted }) else { return }
        meters.stalls.increment()
        logger.log(
            .error, "Task waits for a topic",
            [
                .stage: stage, .task: "\(task)", .topic: source.topic,
                .kafkaPartition: "\(source.partition)",
            ])
    }

    private func moving(_ task: TaskID) {
        guard state.withLock({ $0.stalled.remove(task) }) != nil else { return }
        health.clear("\(task)")
        log(.notice, "Task moves again", task)
    }

    private func log(_ level: Logger.Level, _ message: StaticString, _ task: TaskID? = nil) {
        if let task {
            logger.log(
                level, message, [.stage: stage, .lane: component, .task: "\(task)"])
        } else {
            logger.log(level, message, [.stage: stage, .lane: component])
        }
    }
}

private func seconds(_ duration: Duration) -> Int64 { duration.components.seconds }

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole + attoseconds / 1_000_000_000
    }
}
