public import SafetyModel
public import Streaming

/// One record of the ledger: one batch of one task, what went in, what it depended on, what came out.
public struct LedgerEntry: Hashable, Sendable {
    /// Whose batch.
    public var task: TaskID
    /// Rises by one for each record of the task, from 0.
    public var sequence: UInt64
    /// SHA-256 of the former record's bytes; zeros for the first.
    public var previousDigest: [UInt8]
    /// What was read, in the engine's order.
    public var inputs: [LedgerInput]
    /// Records by outcome, in the order of the outcomes' numbers.
    public var outcomes: [OutcomeCount]
    /// See `OutputDigest`.
    public var outputDigest: [UInt8]
    /// Records written, by topic in the order of names; changelog, meta row and ledger not counted.
    public var outputs: [OutputCount]
    /// SHA-256 over the changelog rows; see `OutputDigest`.
    public var changelogDigest: [UInt8]
    /// Rows of changelog, the meta row not counted.
    public var changelogRows: UInt64
    /// What else the batch's outputs are a function of (I3).
    public var context: LedgerContext
    /// For a task's first record: where each source began.
    public var genesis: [SourcePosition]?
    /// Near matches that did not count, and why, in the order of the records; at most
    /// `maximumSuppressions`.
    public var suppressions: [LedgerSuppression] = []
    /// How many there were.
    public var suppressedCount: UInt64 = 0

    /// The most that one record names (I11).
    public static let maximumSuppressions = 1_024

    /// Makes an entry.
    public init(
        task: TaskID, sequence: UInt64, previousDigest: [UInt8], inputs: [LedgerInput],
        outcomes: [OutcomeCount], outputDigest: [UInt8], outputs: [OutputCount],
        changelogDigest: [UInt8], changelogRows: UInt64, context: LedgerContext,
        genesis: [SourcePosition]?
    ) {
        self.task = task
        self.sequence = sequence
        self.previousDigest = previousDigest
        self.inputs = inputs
        self.outcomes = outcomes
        self.outputDigest = outputDigest
        self.outputs = outputs
        self.changelogDigest = changelogDigest
        self.changelogRows = changelogRows
        self.context = context
        self.genesis = genesis
    }

    /// Bytes in each digest.
    public static let digestBytes = 32
    /// What the first record of a task has in place of a former record's digest.
    public static let noDigest = [UInt8](repeating: 0, count: digestBytes)
}

/// What was read from one source, and what became of it (I1).
public struct LedgerInput: Hashable, Sendable {
    /// Positions and the number delivered.
    public var range: OffsetRange
    /// Every outcome but *assessed*, in the order of their numbers.
    public var exceptions: [OutcomeRuns]
    /// Largest event time seen before the batch, Unix milliseconds; nil where none was.
    public var watermarkBefore: Int64?

    /// Makes an input.
    public init(range: OffsetRange, exceptions: [OutcomeRuns], watermarkBefore: Int64?) {
        self.range = range
        self.exceptions = exceptions
        self.watermarkBefore = watermarkBefore
    }
}

/// A near match that an entry known to be benign held back.
public struct LedgerSuppression: Hashable, Sendable {
    /// The record; its partition is the task's.
    public var topic: String
    /// Its offset.
    public var offset: Int64
    /// Place of the media in the event.
    public var media: Int
    /// The entry that did not count.
    public var bank: String
    /// Its id.
    public var entry: String
    /// Its distance.
    public var distance: UInt16
    /// The distance that was allowed.
    public var threshold: UInt16
    /// The nearest benign entry.
    public var benignBank: String
    /// Its id.
    public var benignEntry: String
    /// Its distance; 0 for equal bytes.
    public var benignDistance: UInt16

    /// Says what was held back by what.
    public init(_ match: Match, by benign: Match, topic: String, offset: Int64) {
        self.topic = topic
        self.offset = offset
        media = match.media
        bank = match.bank
        entry = match.entry
        distance = match.distance
        threshold = match.threshold
        benignBank = benign.bank
        benignEntry = benign.entry
        benignDistance = benign.distance
    }

    init(
        topic: String, offset: Int64, media: Int, bank: String, entry: String, distance: UInt16,
        threshold: UInt16, benignBank: String, benignEntry: String, benignDistance: UInt16
    ) {
        self.topic = topic
        self.offset = offset
        self.media = media
        self.bank = bank
        self.entry = entry
        self.distance = distance
        self.threshold = threshold
        self.benignBank = benignBank
        self.benignEntry = benignEntry
        self.benignDistance = benignDistance
    }
}

/// All offsets of one outcome, run-length coded.
public struct OutcomeRuns: Hashable, Sendable {
    /// Never *assessed*.
    public var outcome: Outcome
    /// Offsets, rising, never touching.
    public var runs: [Range<Int64>]

    /// Makes runs.
    public init(outcome: Outcome, runs: [Range<Int64>]) {
        self.outcome = outcome
        self.runs = runs
    }
}

/// How many records ended so.
public struct OutcomeCount: Hashable, Sendable {
    /// The outcome.
    public var outcome: Outcome
    /// How many, at least 1.
    public var count: UInt64

    /// Makes a count.
    public init(outcome: Outcome, count: UInt64) {
        self.outcome = outcome
        self.count = count
    }
}

/// How many records were written to a topic.
public struct OutputCount: Hashable, Sendable {
    /// The topic.
    public var topic: String
    /// How many, at least 1.
    public var count: UInt64

    /// Makes a count.
    public init(topic: String, count: UInt64) {
        self.topic = topic
        self.count = count
    }
}

/// A place in a source.
public struct SourcePosition: Hashable, Sendable {
    /// The source.
    public var source: TopicPartition
    /// The next offset there.
    public var offset: Int64

    /// Makes a position.
    public init(source: TopicPartition, offset: Int64) {
        self.source = source
        self.offset = offset
    }
}

/// Something that decisions depend on, by its content.
public struct NamedDigest: Hashable, Sendable {
    /// What it is called, such as `term list NAME`.
    public var name: String
    /// SHA-256 of its normal form.
    public var digest: [UInt8]

    /// A digest with what it is of.
    public init(name: String, digest: [UInt8]) {
        self.name = name
        self.digest = digest
    }
}

/// What a batch's outputs are a function of, beside its records and the state before (I3).
public struct LedgerContext: Hashable, Sendable {
    /// SHA-256 of the pack's normal form; empty for Enforce.
    public var packDigest: [UInt8]
    /// The bank version that the batch was pinned to.
    public var bankVersion: Int64
    /// Digest of the legal regimes.
    public var regimeDigest: [UInt8]
    /// Digest of all settings that decisions depend on.
    public var settingsDigest: [UInt8]
    /// Digests of models and term lists, sorted.
    public var modelDigests: [[UInt8]]
    /// Names the key that personal data were sealed with.
    public var sealingKeyID: String
    /// Version of the decision logic.
    public var engineVersion: String
    /// Partitions of the pipeline's topics.
    public var partitions: Int32
    /// What texts were looked at with, ascending by name; empty for Enforce.
    public var textDigests: [NamedDigest] = []

    /// Makes a context.
    public init(
        packDigest: [UInt8], bankVersion: Int64, regimeDigest: [UInt8], settingsDigest: [UInt8],
        modelDigests: [[UInt8]], sealingKeyID: String, engineVersion: String, partitions: Int32
    ) {
        self.packDigest = packDigest
        self.bankVersion = bankVersion
        self.regimeDigest = regimeDigest
        self.settingsDigest = settingsDigest
        self.modelDigests = modelDigests
        self.sealingKeyID = sealingKeyID
        self.engineVersion = engineVersion
        self.partitions = partitions
    }
}
