import CRdkafka
import Streaming

/// The library's list of partitions with offsets.
struct PartitionList: ~Copyable {
    typealias Raw = UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    let raw: Raw
    private let isOwned: Bool

    /// - Returns: nil without memory.
    init?(_ sources: some Collection<TopicPartition>) {
        guard let raw = rd_kafka_topic_partition_list_new(Int32(sources.count)) else { return nil }
        self.raw = raw
        isOwned = true
        for source in sources {
            rd_kafka_topic_partition_list_add(raw, source.topic, source.partition)
        }
    }

    /// In order, so that what is sent does not depend on a dictionary.
    init?(_ positions: [TopicPartition: Int64]) {
        self.init(positions.keys.sorted())
        for (source, offset) in positions {
            rd_kafka_topic_partition_list_set_offset(raw, source.topic, source.partition, offset)
        }
    }

    /// A list that stays somebody else's.
    init(borrowing raw: Raw) {
        self.raw = raw
        isOwned = false
    }

    deinit {
        if isOwned { rd_kafka_topic_partition_list_destroy(raw) }
    }

    var entries: UnsafeBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeBufferPointer(start: raw.pointee.elems, count: Int(raw.pointee.cnt))
    }

    /// In order of topic and partition.
    var sources: [TopicPartition] {
        entries.map { TopicPartition(String(cString: $0.topic), $0.partition) }.sorted()
    }
}
