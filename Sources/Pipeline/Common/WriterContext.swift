public import EventSchemas

/// What all batches of a stage share when they are written.
public struct WriterContext: Sendable {
    /// The pipeline's settings.
    public var settings: PipelineSettings
    /// The stage's name, such as `assess`.
    public var stage: String
    /// The stage's changelog.
    public var stateTopic: String
    /// Seals dead letters.
    public var sealer: any FieldSealer
    /// Digests of models and term lists; sorted when written.
    public var modelDigests: [[UInt8]]
    /// Digest of what else the stage's decisions depend on, such as Enforce's own settings.
    public var stageSettingsDigest: [UInt8]

    /// Version of the decision logic: raised by whoever changes what the same input gives.
    public static let engineVersion = "2"

    /// Makes a context.
    public init(
        settings: PipelineSettings, stage: String, stateTopic: String, sealer: any FieldSealer,
        modelDigests: [[UInt8]] = [], stageSettingsDigest: [UInt8] = []
    ) {
        self.settings = settings
        self.stage = stage
        self.stateTopic = stateTopic
        self.sealer = sealer
        self.modelDigests = modelDigests
        self.stageSettingsDigest = stageSettingsDigest
    }

    /// The `ce_source` of what the stage writes.
    public var eventSource: String { "\(settings.eventSource)/\(stage)" }

    /// The JSON form of a value that the platform reads; nil for the pipeline's own topics, which
    /// stay in protobuf.
    func json(_ protobuf: [UInt8], of topic: String) -> [UInt8]? {
        switch topic {
        case settings.topics.enforcement: PBEnforcement.json(of: protobuf)
        case settings.topics.cyberTips: PBCyberTip.json(of: protobuf)
        case settings.topics.reviewRequests: PBReviewRequest.json(of: protobuf)
        default: nil
        }
    }
}
