import CoreMetrics
import HashMatching
import Logging
import Observability
import Pipeline
import SafetyModel
import Streaming
import Synchronization

/// Turns what the stages tell into metrics, logs and restore progress.
final class PipelineMonitor: Sendable {
    private let metrics: Observability.Metrics
    private let health: Health
    private let logger: Logger
    private let counters = Mutex<[String: Counter]>([:])
    private let steps = StepTimes()
    private let bankVersion: Gauge
    private let bankEntries: Gauge
    /// Tasks with features that warm up.
    private let warming = Mutex<Set<TaskID>>([])
    /// Told of already.
    private let uncalibrated = Mutex<Set<ClassifierModel>>([])

    /// The most versions of classifiers without a calibration that are told of (I11).
    private static let maximumUncalibrated = 256

    init(metrics: Observability.Metrics, health: Health, logger: Logger) {
        self.metrics = metrics
        self.health = health
        self.logger = logger
        bankVersion = metrics.gauge(.bankVersion)
        bankEntries = metrics.gauge(.bankEntries)
    }

    func observe(_ notice: PipelineNotice) {
        switch notice {
        case .restoring(let task, let position, let end):
            health.set("\(task)", .restoring, "\(position) of \(end) changelog records")
            metrics.gauge(
                .restoreRemaining,
                [(.stage, task.stage), (.partition, "\(task.partition)")]
            ).record(max(0, end - position))
        case .restored(let task, let rows):
            metrics.gauge(
                .restoreRemaining,
                [(.stage, task.stage), (.partition, "\(task.partition)")]
            ).record(0)
            add(.restoredRecords, rows, (.stage, task.stage))
            logger.log(
                .info, "Task has its state",
                [.stage: task.stage, .task: "\(task)", .restored: "\(rows)"])
        case .began: steps.begin()
        case .ended(let step):
            guard let seconds = steps.end(step.rawValue) else { return }
            metrics.gauge(
                .stageStepCPU, [(.stage, AssessStage.name), (.step, step.rawValue)]
            ).record(seconds)
        case .processed(let task, let counts):
            add(task.stage, counts)
            if counts.enforce == nil { tell(counts.warming, of: task) }
        case .changedPack(let task, let digest, let warming):
            logger.log(
                .notice, "Task goes on with another policy pack; what is new in it warms up",
                [.task: "\(task)", .packDigest: digest.hex, .warming: "\(warming)"])
        case .uncalibrated(let model, let scores): tell(model, scores)
        case .bank(let version, let entries):
            bankVersion.record(version)
            bankEntries.record(entries)
        case .bankEntryRejected(let source, let offset, let rejection):
            logger.log(
                .warning, "Hash entry cannot be read",
                [
                    .topic: source.topic, .offset: "\(offset)",
                    .rejection: "\(rejection.reason)", .field: rejection.field,
                ])
        case .bankQuarantined(let bank):
            logger.log(
                .error, "Too many entries under quarantine: the whole bank is now",
                [.errorMessage: "bank \(bank)"])
        case .bankImageSaved(let version, let bytes):
            logger.log(
                .info, "An image of the bank is saved",
                [.bankVersion: "\(version)", .bankImageBytes: "\(bytes)"])
        case .bankImageFailed(let error):
            logger.log(
                .warning, "An image of the bank cannot be used or saved",
                [.errorMessage: error.description])
        }
    }

    private func tell(_ features: Int, of task: TaskID) {
        metrics.gauge(
            .warmingFeatures, [(.stage, task.stage), (.partition, "\(task.partition)")]
        ).record(features)
        let isWarm = warming.withLock { warming in
            if features > 0 { warming.insert(task) }
            return features == 0 && warming.remove(task) != nil
        }
        guard isWarm else { return }
        logger.log(
            .notice, "Task has seen all that its pack's features count: none is warming up",
            [.task: "\(task)"])
    }

    /// Each version once.
    private func tell(_ model: ClassifierModel, _ scores: Int) {
        add(.uncalibratedScores, scores)
        let isNew = uncalibrated.withLock { told in
            told.count < Self.maximumUncalibrated && told.insert(model).inserted
        }
        guard isNew else { return }
        logger.log(
            .warning,
            "A classifier's version has no calibration; its scores lead to review low or not at all",
            [
                .classifierProvider: model.provider, .classifierModel: model.name,
                .classifierVersion: model.version,
            ])
    }

    private func add(_ stage: String, _ counts: BatchCounts) {
        for (outcome, count) in counts.outcomes where outcome != .assessed {
            guard outcome != .deadLetter else { continue }
            add(.stageDiscardedEvents, count, (.stage, stage), (.reason, snake("\(outcome)")))
        }
        for (reason, count) in counts.rejections {
            add(.stageDiscardedEvents, count, (.stage, stage), (.reason, snake("\(reason)")))
        }
        add(.misroutedEvents, counts.misrouted, (.stage, stage))
        add(.signals, counts.signals, (.stage, stage), (.kind, "applied"))
        add(.signals, counts.travelled, (.stage, stage), (.kind, "travelled"))
        add(.matches, counts.matches, (.kind, "match"))
        add(.matches, counts.suppressed, (.kind, "suppressed"))
        add(.proposals, counts.proposals)
        guard let enforce = counts.enforce else { return }
        for (key, count) in enforce.actions {
            add(.enforcements, count, (.action, key.action.name), (.mode, "\(key.mode)"))
        }
        for (tier, count) in enforce.tips { add(.tips, count, (.tier, tier)) }
        for (reason, count) in enforce.reviews {
            add(.reviewRequests, count, (.reason, snake("\(reason)")))
        }
        for (alarm, count) in enforce.alarms {
            add(.alarms, count, (.kind, alarm.rawValue))
            logger.log(
                .error, "Enforce raises an alarm",
                [.stage: stage, .condition: alarm.rawValue, .count: "\(count)"])
        }
    }

    private func add(_ name: MetricName, _ count: Int, _ labels: (MetricLabel, String)...) {
        guard count > 0 else { return }
        let key = labels.reduce(name.rawValue) { "\($0)|\($1.1)" }
        let counter = counters.withLock { counters in
            if let found = counters[key] { return found }
            let made = metrics.counter(name, labels)
            counters[key] = made
            return made
        }
        counter.increment(by: count)
    }
}

/// `impossibleTime` becomes `impossible_time`, as labels are written.
func snake(_ name: String) -> String {
    var text = ""
    for character in name {
        if character.isUppercase { text += "_" }
        text += character.lowercased()
    }
    return text
}
