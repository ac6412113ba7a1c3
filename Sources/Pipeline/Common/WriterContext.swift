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
    /// How values of public topics become JSON, by topic; used where the settings say so.
    public var toJSON: [String: @Sendable ([UInt8]) -> [UInt8]?]
    /// Digest of what else the stage's decisions depend on, such as Enforce's own settings.
    public var stageSettingsDigest: [UInt8]

    /// Version of the decision logic: raised by whoever changes what the same input gives.
    public static let engineVersion = "1"

    /// Makes a context.
    public init(
        settings: PipelineSettings, stage: String, stateTopic: String, sealer: any FieldSealer,
        modelDigests: [[UInt8]] = [], toJSON: [String: @Sendable ([UInt8]) -> [UInt8]?] = [:],
        stageSettingsDigest: [UInt8] = []
    ) {
        self.settings = settings
        self.stage = stage
        self.stateTopic = stateTopic
        self.sealer = sealer
        self.modelDigests = modelDigests
        self.toJSON = toJSON
        self.stageSettingsDigest = stageSettingsDigest
    }

    /// The `ce_source` of what the stage writes.
    public var eventSource: String { "\(settings.eventSource)/\(stage)" }
}
