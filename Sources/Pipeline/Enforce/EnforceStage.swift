public import EventSchemas
public import Streaming

/// The second stage: proposals and verdicts in, decisions out; design's corroborate, budget, issue.
/// One task, since budgets and the order of verdict and proposal are exact.
public actor EnforceStage: Stage {
    /// The stage's name in tasks, groups and instances.
    public static let name = "enforce"

    /// - Parameters:
    ///   - settings: the pipeline's.
    ///   - enforce: Enforce's own; what it calls conclusive no pack can widen.
    ///   - log: what the changelog and the hash entries are read from.
    ///   - sealer: seals what verdicts hold in clear, narratives, and dead letters.
    public init(
        settings: PipelineSettings, enforce: EnforceSettings, log: any EventLog,
        sealer: any FieldSealer, observer: @escaping PipelineObserver = { _ in }
    ) {}

    /// Restores the task's state.
    public func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? { nil }
    /// Notes where the task's history begins.
    public func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {}
    /// Gives up the task and its state in memory.
    public func close(_ task: TaskID) async {}
    /// Decides on one batch.
    public func process(_ round: [TaskBatch]) async throws -> OutputBatch { OutputBatch() }
    /// The overlay becomes the state.
    public func publish() async {}
    /// The overlay is dropped.
    public func discard() async {}
}
