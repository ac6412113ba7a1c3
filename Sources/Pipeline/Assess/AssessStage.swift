public import EventSchemas
public import Streaming

/// The first stage: platform events in, proposals out; design's decode, match, evaluate, write.
/// One for each lane; lanes share the bank feed.
public actor AssessStage: Stage {
    public static let name = "assess"

    /// - Parameters:
    ///   - log: what the changelog is restored from.
    ///   - bank: the process's hash entries.
    ///   - sealer: seals personal data found in clear, and dead letters.
    public init(
        settings: PipelineSettings, log: any EventLog, sealer: any FieldSealer,
        observer: @escaping PipelineObserver = { _ in }
    ) {}

    public func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? { nil }
    public func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {}
    public func close(_ task: TaskID) async {}
    public func process(_ round: [TaskBatch]) async throws -> OutputBatch { OutputBatch() }
    public func publish() async {}
    public func discard() async {}
}
