/// Learns how lanes fare; turns it into metrics and logs elsewhere. Called from the lane's driver,
/// so it returns at once.
public protocol LaneObserver: Sendable {
    func observe(_ observation: LaneObservation)
}

/// What a lane or its runner tells. Holds no record content (I10).
public enum LaneObservation: Sendable {
    /// The lane joined its group.
    case joined(stage: String, lane: String)
    /// The task's state is being restored.
    case opening(TaskID)
    /// The task delivers from now on.
    case opened(TaskID, took: Duration)
    /// The task left this lane.
    case closed(TaskID)
    /// Records arrived from the log.
    case received(stage: String, records: Int, bytes: Int)
    /// A round runs; a `round`, a failure or the lane's end follows.
    case roundBegan(stage: String, tasks: Int, records: Int)
    /// A round was committed and published.
    case round(RoundReport)
    /// A commit failed and the round runs again, or the lane stops.
    case commitFailed(stage: String, outcome: String, error: LogError)
    /// Records known to be behind the position that was committed last, where the end is known.
    case lag(TopicPartition, records: Int64)
    /// The task holds records but waits for this source, which is neither drained nor delivering.
    case stalled(TaskID, on: TopicPartition, for: Duration)
    /// The task that was stalled moves again.
    case moving(TaskID)
    /// The lane failed and starts again after the pause.
    case restarting(stage: String, lane: String, error: String, after: Duration, attempt: Int)
    /// The lane ended for good; the error is nil when it was asked to.
    case stopped(stage: String, lane: String, error: String?)
}

/// A committed round in numbers.
public struct RoundReport: Sendable {
    public var stage: String
    public var tasks: Int
    public var records: Int
    public var bytes: Int
    /// Records written.
    public var outputs: Int
    public var outputBytes: Int
    /// Time in the stage's chain.
    public var processing: Duration
    /// Time in the log's transaction.
    public var commit: Duration
    /// Runs before this one that were aborted.
    public var retries: Int

    public init(
        stage: String, tasks: Int, records: Int, bytes: Int, outputs: Int, outputBytes: Int,
        processing: Duration, commit: Duration, retries: Int
    ) {
        self.stage = stage
        self.tasks = tasks
        self.records = records
        self.bytes = bytes
        self.outputs = outputs
        self.outputBytes = outputBytes
        self.processing = processing
        self.commit = commit
        self.retries = retries
    }
}
