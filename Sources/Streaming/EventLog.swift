/// A durable, partitioned, transactional log: Kafka, a directory, or memory.
public protocol EventLog: Sendable {
    /// How many partitions the topic has; nil where there is no such topic.
    func partitionCount(of topic: String) async throws(LogError) -> Int32?

    /// Low watermark and end (last stable offset) of a partition.
    func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds

    /// Joins the group of a stage with one consumer and one transactional producer. The producer's
    /// transactions are initialised before the consumer joins.
    func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog

    /// Reads committed records of one partition outside any group.
    /// - Parameters:
    ///   - from: the first offset wanted; below the low watermark it is the low watermark.
    ///   - follow: false ends the reader at the partition's end as it was when the reader was
    ///     opened, records of transactions open at that time included once they are settled; true
    ///     reads on.
    func openReader(_ source: TopicPartition, from: Int64, follow: Bool) async throws(LogError)
        -> any LogReader

    /// A writer for tools and simulators, outside any group.
    func openWriter() async throws(LogError) -> any LogWriter
}

public struct LogBounds: Hashable, Sendable {
    public var low: Int64
    public var end: Int64

    public init(low: Int64, end: Int64) {
        self.low = low
        self.end = end
    }
}

/// Reads one partition; one caller at a time.
public protocol LogReader: Sendable {
    /// The next records in offset order; an empty chunk when a following reader found nothing for a
    /// while; nil when a reader that does not follow has reached its end.
    func next() async throws(LogError) -> RecordChunk?

    /// The offset after the last record delivered or skipped.
    var position: Int64 { get async }

    func close() async
}

/// Writes whole batches; one caller at a time.
public protocol LogWriter: Sendable {
    /// Writes all records in one transaction; on return they are durable.
    func write(_ output: OutputBatch) async throws(LogError)

    func close() async
}

/// What makes a lane a member of its stage's group.
public struct LaneSettings: Sendable {
    public var stage: String
    /// The topics of the stage, in rank order; all lanes of a stage subscribe to the same.
    public var topics: [String]
    public var group: String
    /// The static member name, which is also the transactional id; nil for a dynamic member.
    public var instance: String?
    /// Another transactional id than that. Whoever sets it has to settle what a predecessor of the
    /// same instance left open.
    public var transactionalID: String?
    /// Records buffered in the lane before the source is held back.
    public var maximumBufferedRecords: Int
    public var maximumBufferedBytes: Int

    public init(
        stage: String, topics: [String], group: String, instance: String? = nil,
        transactionalID: String? = nil,
        maximumBufferedRecords: Int = 131_072, maximumBufferedBytes: Int = 64 << 20
    ) {
        self.stage = stage
        self.topics = topics
        self.group = group
        self.instance = instance
        self.transactionalID = transactionalID
        self.maximumBufferedRecords = maximumBufferedRecords
        self.maximumBufferedBytes = maximumBufferedBytes
    }
}

/// One group member with its producer; driven by one lane.
///
/// The lane reads ahead: `next` has a caller of its own, and may wait while the lane's driver calls
/// anything else here. All other calls come from the driver, one at a time.
public protocol LaneLog: Sendable {
    /// What happened next. Waits at most `wait`; nil when nothing happened by then, or the caller
    /// was cancelled.
    /// - Throws: when the member or its producer is beyond use (fatal, fenced).
    func next(wait: Duration) async throws(LogError) -> LaneEvent?

    /// Answers `.assigned`: starts delivery of partitions, each at its position. May be empty. From
    /// here on, and not before, commits carry the group metadata of that assignment: a round that
    /// was processed under an earlier one must not pass for one of this. Every `.assigned` has
    /// exactly one answer, in turn; an answer to one that a later event has overtaken does nothing.
    func start(_ positions: [TopicPartition: Int64]) async throws(LogError)

    /// Holds delivery of these sources back while others flow; membership and all else go on. What
    /// is on its way may still arrive. A partition that is not started is ignored.
    func pause(_ sources: [TopicPartition]) async

    /// Ends `pause`.
    func resume(_ sources: [TopicPartition]) async

    /// Answers `.revoked`: the lane has settled or dropped what it held of the partitions. Every
    /// `.revoked` has exactly one answer, in turn; one that a loss has overtaken does nothing.
    func release(_ sources: [TopicPartition]) async

    /// Committed offsets once they are stable, that is with no transaction of the group pending.
    /// A partition without one is absent.
    func committed(_ sources: [TopicPartition]) async throws(LogError) -> [TopicPartition: Int64]

    /// One transaction: all records, and the offsets with the group metadata held since
    /// `start`. Records and offsets become visible together or not at all (I2).
    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult

    /// After `.unknown`: a new producer with the same transactional id, its transactions
    /// initialised, so that the old transaction is settled one way or the other.
    func renewProducer() async throws(LogError)

    /// Leaves the group and gives everything back.
    func close() async
}

public enum LaneEvent: Sendable {
    /// The lane now has exactly these partitions; `start` is awaited. May be empty.
    case assigned([TopicPartition])
    /// These partitions go elsewhere after `release`; what is in hand may still be committed until
    /// then, within the log's deadline.
    case revoked([TopicPartition])
    /// These partitions are gone already: drop, do not commit.
    case lost([TopicPartition])
    /// Records in offset order for each source.
    case records(RecordChunk)
    /// The source's end was reached: everything below `end` has been delivered or is a gap.
    case drained(TopicPartition, end: Int64)
}

/// How a transaction ended.
public enum CommitResult: Sendable {
    case committed
    /// Certainly not committed; the lane may run the batch again.
    case aborted(LogError)
    /// Certainly not committed, and this lane never will: another has its place.
    case fenced(LogError)
    /// It may have been committed: renew the producer, then compare offsets.
    case unknown(LogError)
}

/// A log's failure. Holds no record content.
public struct LogError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case unreachable, timedOut, fenced, fatal, notFound, outOfRange, damaged, misconfigured
        case closed, rejected, transient
    }

    public var code: Code
    /// What, where and what to do.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether trying again can help.
    public var isRetriable: Bool {
        switch code {
        case .unreachable, .timedOut, .transient: true
        case .fenced, .fatal, .notFound, .outOfRange, .damaged, .misconfigured, .closed, .rejected:
            false
        }
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
