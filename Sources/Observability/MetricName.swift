/// Every metric that leaves the process; the only place that spells one. Prometheus-safe, the unit
/// last. Labels come from closed sets, never from a user, a digest or an event.
public enum MetricName: String, Sendable, CaseIterable {
    case stageReceivedEvents = "stage_received_events_total"
    case stageDiscardedEvents = "stage_discarded_events_total"
    case stageBatchDuration = "stage_batch_duration_seconds"
    case stageBatchEvents = "stage_batch_events"
    case stageStepCPU = "stage_step_cpu_seconds_total"
    case signals = "signals_total"
    case misroutedEvents = "misrouted_events_total"
    case endToEndLatency = "end_to_end_latency_seconds"

    case consumerLag = "consumer_lag_events"
    case commitDuration = "commit_duration_seconds"
    case commits = "commits_total"
    case rebalances = "rebalances_total"
    case assignedTasks = "assigned_tasks"
    case stalledTasks = "stalled_tasks"
    case taskStalls = "task_stalls_total"
    case taskFailures = "task_failures_total"
    case restoredRecords = "restored_records_total"
    case restoreRemaining = "restore_remaining_records"
    case restoreDuration = "restore_duration_seconds"

    case bankVersion = "bank_version"
    case bankEntries = "bank_entries"
    case matches = "matches_total"
    case proposals = "proposals_total"
    case enforcements = "enforcements_total"
    case tips = "tips_total"
    case reviewRequests = "review_requests_total"
    case alarms = "enforce_alarms_total"
    case kafkaNotices = "kafka_notices_total"

    case ready = "ready"
    case processStart = "process_start_time_seconds"
    case packChanges = "pack_changes_total"
    case warmingFeatures = "warming_features"
    case uncalibratedScores = "uncalibrated_scores_total"

    /// What the number means, for whoever reads a dashboard.
    public var help: String {
        switch self {
        case .stageReceivedEvents: "Records delivered to a stage."
        case .stageDiscardedEvents:
            "Records that were not assessed: duplicate, late, expired, withheld, or the reason of a "
                + "dead letter."
        case .stageBatchDuration: "Time from the start of a round to its outputs."
        case .stageBatchEvents: "Records in a round."
        case .stageStepCPU: "Processor time by step of a stage's chain."
        case .signals: "Signals by what became of them: applied here, or sent to their home."
        case .misroutedEvents: "Records whose key does not live in the partition they came in."
        case .endToEndLatency: "From a record's time stamp to the commit of what it led to."
        case .consumerLag: "Records between the position and the end of the partition."
        case .commitDuration: "Time a transaction took to commit."
        case .commits: "Transactions by how they ended."
        case .rebalances: "Assignments given, revoked and lost."
        case .assignedTasks: "Tasks this process runs."
        case .stalledTasks: "Tasks assigned and not progressing; above 0 readiness is false."
        case .taskStalls: "Times a task stopped progressing."
        case .taskFailures: "Tasks that stopped with an error."
        case .restoredRecords: "Changelog records read back into state."
        case .restoreRemaining: "Changelog records still to read before a task may start."
        case .restoreDuration: "Time a task took to restore its state."
        case .packChanges: "Changes of the policy pack that were taken up or refused."
        case .warmingFeatures:
            "Features of the policy pack that have not seen yet all that they count."
        case .uncalibratedScores:
            "Other services' scores for media whose model version has no calibration."
        case .bankVersion: "Next offset of the hash entries that the snapshot in use has seen."
        case .bankEntries: "Entries in the snapshot in use."
        case .matches: "Matches, and near matches that a known benign entry held back."
        case .proposals: "Proposals written."
        case .enforcements: "Enforcements by action and mode, reversals included."
        case .tips: "Tips by quality tier."
        case .reviewRequests: "Reasons given in review requests."
        case .alarms: "What people should hear of, such as a budget that is used up."
        case .kafkaNotices: "What the Kafka client had to say, by severity or event."
        case .ready: "1 when /ready answers 200."
        case .processStart: "When the process started, seconds since 1970."
        }
    }

    /// Upper bounds of a histogram's buckets, ascending, without +Inf; empty for other kinds.
    public var buckets: [Double] {
        switch self {
        case .stageBatchDuration, .commitDuration:
            [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
        case .stageBatchEvents:
            [1, 10, 50, 100, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]
        case .endToEndLatency:
            [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200]
        case .restoreDuration:
            [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800]
        default: []
        }
    }
}

/// The label names in use; each has a closed set of values.
public enum MetricLabel: String, Sendable, CaseIterable {
    case stage, step, topic, partition, reason, outcome, event, action, mode, kind, tier, severity
}
