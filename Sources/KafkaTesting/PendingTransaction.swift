import CRdkafka

/// A transaction that is written and not settled, as a producer leaves it that died.
public final class PendingTransaction: @unchecked Sendable {
    // The library locks inside; given back once.
    private let producer: OpaquePointer

    /// Begins a transaction and writes one record, acknowledged by the broker. Blocks.
    /// - Parameter id: the transactional id; initialising another with the same id aborts this one.
    /// - Returns: nil where the broker does not take it.
    public init?(
        brokers: String, id: String, topic: String, partition: Int32, value: String
    ) {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set_log_cb(configuration, nil)
        let properties = [
            ("bootstrap.servers", brokers), ("transactional.id", id), ("linger.ms", "0"),
        ]
        for (name, value) in properties {
            rd_kafka_conf_set(configuration, name, value, nil, 0)
        }
        guard let producer = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0) else {
            rd_kafka_conf_destroy(configuration)
            return nil
        }
        self.producer = producer
        let local = rd_kafka_topic_new(producer, topic, nil)
        defer { rd_kafka_topic_destroy(local) }
        var bytes = Array(value.utf8)
        guard rd_kafka_init_transactions(producer, 20_000) == nil,
            rd_kafka_begin_transaction(producer) == nil,
            rd_kafka_produce(
                local, partition, RD_KAFKA_MSG_F_COPY, &bytes, bytes.count, nil, 0, nil) == 0,
            rd_kafka_flush(producer, 20_000) == RD_KAFKA_RESP_ERR_NO_ERROR
        else { return nil }
    }

    /// Settles it. Blocks.
    /// - Returns: whether that went well.
    @discardableResult
    public func end(commit: Bool) -> Bool {
        let error =
            commit
            ? rd_kafka_commit_transaction(producer, 20_000)
            : rd_kafka_abort_transaction(producer, 20_000)
        defer { rd_kafka_destroy(producer) }
        guard let error else { return true }
        rd_kafka_error_destroy(error)
        return false
    }

    /// Leaves it as it is, as a crash would. Blocks.
    public func abandon() {
        rd_kafka_destroy(producer)
    }
}
