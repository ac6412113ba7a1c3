/// The records of one task in one round, in merge order, with the positions they cover.
public struct TaskBatch: Sendable {
    public var task: TaskID
    public var ranges: [OffsetRange]
    public var records: [Record]

    public init(task: TaskID, ranges: [OffsetRange], records: [Record]) {
        self.task = task
        self.ranges = ranges
        self.records = records
    }
}

/// A lane's chain of actors, as the engine sees it. Called by one lane, one call at a time.
public protocol Stage: Sendable {
    /// Restores a task's state.
    /// - Parameter lane: to read the changelog with, through `EventLog`, before delivery starts.
    /// - Returns: the positions of its meta row; nil where there is none.
    func open(_ task: TaskID) async throws -> [TopicPartition: Int64]?

    /// The task has no history: its first ledger record names these positions as genesis.
    func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws

    /// Gives up a task and its state in memory.
    func close(_ task: TaskID) async

    /// Runs the chain over one round: at most one batch a task. Holds what changed as an overlay.
    /// Called again with the same batches after `discard`.
    /// - Returns: everything to be written in the round's transaction.
    func process(_ round: [TaskBatch]) async throws -> OutputBatch

    /// The round was committed: the overlay becomes the state.
    func publish() async

    /// The round was not committed: the overlay is dropped.
    func discard() async
}
