public import AuditTrail
public import SafetyModel
public import StateStore
public import Streaming

/// What a stage's core made of one batch, before the write actor turns it into records.
public struct TaskResult: Sendable {
    /// What was processed.
    public var batch: TaskBatch
    /// One for each record of the batch (I1).
    public var outcomes: [Outcome]
    /// Why the dead letters are dead, by index of the batch's records.
    public var rejections: [Int: Rejection]
    /// What goes downstream. Dead letters, changelog, meta row and ledger are the write actor's.
    public var outputs: OutputBatch
    /// Rows of the changelog: a nil value deletes. One for each key.
    public var changes: ChangeSet
    /// Largest event time seen in each source, Unix milliseconds, after the batch.
    public var watermarks: [TopicPartition: Int64]
    /// The bank version that the whole batch was compared with.
    public var bankVersion: Int64
    /// SHA-256 of the pack's normal form; empty in Enforce, which reads none.
    public var packDigest: [UInt8]
    /// Near matches that entries known to be benign held back, for the ledger.
    public var suppressions = Suppressions()
    /// What texts were looked at with, for the ledger.
    public var textDigests: [NamedDigest] = []

    /// Makes a result.
    public init(
        batch: TaskBatch, outcomes: [Outcome], rejections: [Int: Rejection], outputs: OutputBatch,
        changes: ChangeSet, watermarks: [TopicPartition: Int64], bankVersion: Int64,
        packDigest: [UInt8]
    ) {
        self.batch = batch
        self.outcomes = outcomes
        self.rejections = rejections
        self.outputs = outputs
        self.changes = changes
        self.watermarks = watermarks
        self.bankVersion = bankVersion
        self.packDigest = packDigest
    }
}

/// What did not count in a batch, and why: the first of it, and how much there was.
public struct Suppressions: Sendable {
    /// In the order of the records, at most `LedgerEntry.maximumSuppressions`.
    public private(set) var first: [LedgerSuppression] = []
    /// All of it.
    public private(set) var count = 0

    /// Nothing.
    public init() {}

    mutating func add(_ suppression: LedgerSuppression) {
        count += 1
        if first.count < LedgerEntry.maximumSuppressions { first.append(suppression) }
    }
}
