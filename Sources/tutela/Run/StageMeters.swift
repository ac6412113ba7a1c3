import CoreMetrics
import Observability
import Streaming
import Synchronization

/// The metrics of a stage's lanes, made once.
final class StageMeters: Sendable {
    let received: Counter
    let batchEvents: Recorder
    let batchDuration: CoreMetrics.Timer
    let commitDuration: CoreMetrics.Timer
    let restoreDuration: CoreMetrics.Timer
    let latency: CoreMetrics.Timer
    let assigned: Meter
    let stalls: Counter
    let failures: Counter

    private let stage: String
    private let metrics: Observability.Metrics
    private let stalledTasks: Gauge
    private let made = Mutex(Made())

    private struct Made {
        var lag: [TopicPartition: Gauge] = [:]
        var commits: [String: Counter] = [:]
        var rebalances: [String: Counter] = [:]
        var stalled: [String: Int] = [:]
    }

    init(stage: String, metrics: Observability.Metrics) {
        self.stage = stage
        self.metrics = metrics
        let labels = [(MetricLabel.stage, stage)]
        received = metrics.counter(.stageReceivedEvents, labels)
        batchEvents = metrics.histogram(.stageBatchEvents, labels)
        batchDuration = metrics.timer(.stageBatchDuration, labels)
        commitDuration = metrics.timer(.commitDuration, labels)
        restoreDuration = metrics.timer(.restoreDuration, labels)
        latency = metrics.timer(.endToEndLatency, labels)
        assigned = metrics.meter(.assignedTasks, labels)
        stalls = metrics.counter(.taskStalls, labels)
        failures = metrics.counter(.taskFailures, labels)
        stalledTasks = metrics.gauge(.stalledTasks, labels)
        assigned.set(0)
        stalledTasks.record(0)
    }

    func lag(_ source: TopicPartition) -> Gauge {
        made.withLock { made in
            if let gauge = made.lag[source] { return gauge }
            let gauge = metrics.gauge(
                .consumerLag,
                [(.stage, stage), (.topic, source.topic), (.partition, "\(source.partition)")])
            made.lag[source] = gauge
            return gauge
        }
    }

    /// - Parameter outcome: committed, aborted, fenced or unknown.
    func commits(_ outcome: String) -> Counter {
        made.withLock { made in
            if let counter = made.commits[outcome] { return counter }
            let counter = metrics.counter(.commits, [(.stage, stage), (.outcome, outcome)])
            made.commits[outcome] = counter
            return counter
        }
    }

    func rebalances(_ event: String) -> Counter {
        made.withLock { made in
            if let counter = made.rebalances[event] { return counter }
            let counter = metrics.counter(.rebalances, [(.stage, stage), (.event, event)])
            made.rebalances[event] = counter
            return counter
        }
    }

    /// One lane's stalled tasks; the metric shows the sum.
    func count(stalled: Int, lane: String) {
        let sum = made.withLock { made in
            made.stalled[lane] = stalled
            return made.stalled.values.reduce(0, +)
        }
        stalledTasks.record(sum)
    }
}
