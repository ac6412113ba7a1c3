import CRdkafka
import Streaming

/// Questions to the cluster; used by one thread, on which it blocks.
final class KafkaAdmin: @unchecked Sendable {
    // Confined to the owner's `BlockingThread`.
    private let settings: KafkaSettings
    private let report: @Sendable (KafkaNotice) -> Void
    private var clients: [String: KafkaClient] = [:]

    init(_ settings: KafkaSettings, report: @escaping @Sendable (KafkaNotice) -> Void) {
        self.settings = settings
        self.report = report
    }

    func close() {
        for client in clients.values { client.destroy() }
        clients = [:]
    }

    /// A handle that reads with the isolation, made when it is first needed.
    func handle(_ isolation: String = "read_committed") throws(LogError) -> OpaquePointer {
        if let client = clients[isolation] { return client.raw }
        let client = try KafkaClient(
            RD_KAFKA_CONSUMER, settings, own: KafkaSettings.reading(isolation),
            context: KafkaClient.Context(report: report))
        clients[isolation] = client
        return client.raw
    }

    var timeout: Int32 { settings.requestTimeout.milliseconds }

    /// Low watermark, and the end as the isolation sees it.
    func bounds(of source: TopicPartition, _ isolation: String) throws(LogError) -> LogBounds {
        let handle = try handle(isolation)
        var bounds = LogBounds(low: 0, end: 0)
        try retrying("reading the bounds of \(source)") {
            rd_kafka_query_watermark_offsets(
                handle, source.topic, source.partition, &bounds.low, &bounds.end, timeout)
        }
        return bounds
    }

    /// - Returns: nil where there is no such topic.
    func partitions(of topic: String) throws(LogError) -> [PartitionState]? {
        let handle = try handle()
        guard let local = rd_kafka_topic_new(handle, topic, nil) else {
            throw LogError(.misconfigured, "\(topic): this topic name is not possible")
        }
        defer { rd_kafka_topic_destroy(local) }
        var found: [PartitionState]?
        do throws(LogError) {
            try retrying("looking for the topic \(topic)") {
                var metadata: UnsafePointer<rd_kafka_metadata>?
                let code = rd_kafka_metadata(handle, 0, local, &metadata, timeout)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { return code }
                defer { rd_kafka_metadata_destroy(metadata) }
                guard metadata.pointee.topic_cnt > 0 else {
                    return RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
                }
                let description = metadata.pointee.topics[0]
                guard description.err == RD_KAFKA_RESP_ERR_NO_ERROR else { return description.err }
                found = (0..<Int(description.partition_cnt)).map {
                    let partition = description.partitions[$0]
                    return PartitionState(
                        id: partition.id, hasLeader: partition.leader >= 0,
                        replicas: Int(partition.replica_cnt))
                }
                return RD_KAFKA_RESP_ERR_NO_ERROR
            }
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
        return found
    }

    /// Tries again while the error says that this can help, within the request time-out.
    private func retrying(
        _ doing: String, _ body: () -> rd_kafka_resp_err_t
    ) throws(LogError) {
        let deadline = Ticks.after(settings.requestTimeout)
        var attempt = Int32(0)
        while true {
            let code = body()
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            let error = LogError(code, doing: doing)
            attempt += 1
            guard error.isRetriable, Ticks.now < deadline else { throw error }
            // An admin handle's queue is empty, so that this is a pause on a thread of our own.
            rd_kafka_poll(try handle(), min(500, 20 * attempt))
        }
    }
}
