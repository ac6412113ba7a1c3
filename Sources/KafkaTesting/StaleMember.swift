import CRdkafka

/// A group member that keeps what it knew of the group when it joined, and commits with that later,
/// as a process does that slept through a rebalance. Its calls block.
public final class StaleMember: @unchecked Sendable {
    // The library locks inside; used by one test and given back once.
    private let consumer: OpaquePointer
    private let metadata: OpaquePointer
    private let brokers: String

    /// Joins and waits for an assignment.
    /// - Returns: nil where none comes within twenty seconds.
    public init?(brokers: String, group: String, topic: String) {
        let properties = [
            ("bootstrap.servers", brokers), ("group.id", group), ("session.timeout.ms", "6000"),
            ("heartbeat.interval.ms", "500"), ("enable.auto.commit", "false"),
            ("partition.assignment.strategy", "range"), ("auto.offset.reset", "earliest"),
        ]
        guard let consumer = Self.client(RD_KAFKA_CONSUMER, properties) else { return nil }
        rd_kafka_poll_set_consumer(consumer)
        let topics = rd_kafka_topic_partition_list_new(1)
        rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA)
        rd_kafka_subscribe(consumer, topics)
        rd_kafka_topic_partition_list_destroy(topics)
        for _ in 0..<200 where Self.assignedCount(consumer) == 0 { Self.poll(consumer) }
        guard Self.assignedCount(consumer) > 0,
            let metadata = rd_kafka_consumer_group_metadata(consumer)
        else {
            rd_kafka_destroy(consumer)
            return nil
        }
        (self.consumer, self.metadata, self.brokers) = (consumer, metadata, brokers)
    }

    /// Partitions that it has now.
    public var assignedCount: Int { Self.assignedCount(consumer) }

    /// Takes part in the group for a tenth of a second.
    public func poll() { Self.poll(consumer) }

    /// One transaction with an offset and the metadata of the first assignment.
    /// - Returns: the library's name of the error, nil where the broker committed it.
    public func commit(transactionalID: String, topic: String, offset: Int64) -> String? {
        let properties = [("bootstrap.servers", brokers), ("transactional.id", transactionalID)]
        guard let producer = Self.client(RD_KAFKA_PRODUCER, properties) else {
            return "no producer"
        }
        defer { rd_kafka_destroy(producer) }
        let offsets = rd_kafka_topic_partition_list_new(1)
        defer { rd_kafka_topic_partition_list_destroy(offsets) }
        rd_kafka_topic_partition_list_add(offsets, topic, 0).pointee.offset = offset
        if let error = Self.name(rd_kafka_init_transactions(producer, 20_000)) { return error }
        if let error = Self.name(rd_kafka_begin_transaction(producer)) { return error }
        let sent = rd_kafka_send_offsets_to_transaction(producer, offsets, metadata, 20_000)
        if let error = Self.name(sent) {
            _ = Self.name(rd_kafka_abort_transaction(producer, 20_000))
            return error
        }
        return Self.name(rd_kafka_commit_transaction(producer, 20_000))
    }

    /// Leaves the group.
    public func close() {
        rd_kafka_consumer_group_metadata_destroy(metadata)
        rd_kafka_consumer_close(consumer)
        rd_kafka_destroy(consumer)
    }

    private static func client(
        _ type: rd_kafka_type_t, _ properties: [(String, String)]
    ) -> OpaquePointer? {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set_log_cb(configuration, nil)
        for (name, value) in properties {
            rd_kafka_conf_set(configuration, name, value, nil, 0)
        }
        if let client = rd_kafka_new(type, configuration, nil, 0) { return client }
        rd_kafka_conf_destroy(configuration)
        return nil
    }

    private static func poll(_ consumer: OpaquePointer) {
        if let message = rd_kafka_consumer_poll(consumer, 100) { rd_kafka_message_destroy(message) }
    }

    private static func assignedCount(_ consumer: OpaquePointer) -> Int {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        guard rd_kafka_assignment(consumer, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else {
            return 0
        }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        return Int(list.pointee.cnt)
    }

    private static func name(_ error: OpaquePointer?) -> String? {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        return String(cString: rd_kafka_err2name(rd_kafka_error_code(error)))
    }
}
