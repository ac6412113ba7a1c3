public import HashMatching
public import SafetyModel
public import Streaming

/// What the stages tell whoever watches, for metrics, logs and progress on screen. Holds no record
/// content. Never has a say in what is decided (I3).
public enum PipelineNotice: Sendable {
    /// A task reads its changelog; `end` is where it will be done.
    case restoring(TaskID, position: Int64, end: Int64)
    /// A task has its state back.
    case restored(TaskID, rows: Int)
    /// The calling thread begins a step of the chain for a round, and ends it without leaving the
    /// thread in between: who watches can read the thread's CPU clock.
    case began(PipelineStep)
    case ended(PipelineStep)
    /// A batch was processed; it is not committed yet.
    case processed(TaskID, BatchCounts)
    /// A task goes on with another pack from this batch on; so many of its features are warming up:
    /// they have not seen yet all that they count.
    case changedPack(TaskID, digest: [UInt8], warming: Int)
    /// A version of another service's classifier has no calibration: so many of its scores led to
    /// review with low priority, or not at all.
    case uncalibrated(ClassifierModel, scores: Int)
    /// The bank moved; a task is ready to start when `version` reaches what it needs.
    case bank(version: Int64, entries: Int)
    /// A record of the hash entries that could not be read was left out.
    case bankEntryRejected(TopicPartition, offset: Int64, Rejection)
    /// There was no room for one more entry's quarantine: now it is the whole bank's.
    case bankQuarantined(String)
    /// An image of the bank was saved, so that the next process need not read the topic up to there.
    case bankImageSaved(version: Int64, bytes: Int)
    /// An image of the bank could not be used, or not be saved; the bank is read from its topic.
    case bankImageFailed(BankImageError)
}

/// The steps of Assess.
public enum PipelineStep: String, Sendable, CaseIterable {
    case decode, match, evaluate
    /// The changelog's rows, outputs and ledger, and the digests over them.
    case write
}

/// Called from the stage's actors; must return at once.
public typealias PipelineObserver = @Sendable (PipelineNotice) -> Void

/// What a batch came to.
public struct BatchCounts: Hashable, Sendable {
    /// Records by outcome (I1).
    public var outcomes: [Outcome: Int] = [:]
    /// Dead letters by reason.
    public var rejections: [RejectionReason: Int] = [:]
    /// Signals applied to a subject's state here.
    public var signals = 0
    /// Signals written to travel to their subject's home.
    public var travelled = 0
    /// Records whose key's home is another partition.
    public var misrouted = 0
    /// What media matched.
    public var matches = 0
    /// Near matches that a known benign entry held back.
    public var suppressed = 0
    /// Proposals written.
    public var proposals = 0
    /// What Enforce decided; nil in Assess.
    public var enforce: EnforceCounts?
    /// Features of the pack that have not seen yet all that they count, after the batch.
    public var warming = 0
    /// Rows and bytes of changelog.
    public var changes = 0
    /// Bytes of keys and values.
    public var changeBytes = 0

    /// Counts of nothing.
    public init() {}
}
