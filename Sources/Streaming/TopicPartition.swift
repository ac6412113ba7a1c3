/// A partition of a topic.
public struct TopicPartition: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var topic: String
    public var partition: Int32

    public init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    public static func < (a: TopicPartition, b: TopicPartition) -> Bool {
        (a.topic, a.partition) < (b.topic, b.partition)
    }

    public var description: String { "\(topic)[\(partition)]" }
}

/// Partition `partition` of every topic of a stage: what order, state and ledger chain belong to.
public struct TaskID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var stage: String
    public var partition: Int32

    public init(stage: String, partition: Int32) {
        self.stage = stage
        self.partition = partition
    }

    public static func < (a: TaskID, b: TaskID) -> Bool {
        (a.stage, a.partition) < (b.stage, b.partition)
    }

    public var description: String { "\(stage)-\(partition)" }
}

/// Positions of one source in a batch (I1). `from` is the previous batch's `to`; `to` is the last
/// delivered offset + 1. Control and aborted records are gaps inside.
public struct OffsetRange: Hashable, Sendable {
    public var source: TopicPartition
    public var from: Int64
    public var to: Int64
    /// How many records were delivered from the range.
    public var delivered: Int64

    public init(source: TopicPartition, from: Int64, to: Int64, delivered: Int64) {
        self.source = source
        self.from = from
        self.to = to
        self.delivered = delivered
    }
}
