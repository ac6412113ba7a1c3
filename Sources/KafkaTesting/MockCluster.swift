import CRdkafka

/// The client library's own cluster in this process, for errors on demand. It acknowledges
/// transactions without having any: never a proof of exactly-once.
public final class MockCluster: @unchecked Sendable {
    /// Requests by their number in the protocol.
    public enum Request: Int16, Sendable {
        case produce = 0
        case fetch = 1
        case offsetFetch = 9
        case heartbeat = 12
        case initProducerID = 22
        case addPartitionsToTransaction = 24
        case addOffsetsToTransaction = 25
        case endTransaction = 26
        case transactionOffsetCommit = 28
    }

    /// Answers by their number in the protocol.
    public enum Answer: Int32, Sendable {
        case coordinatorNotAvailable = 15
        case illegalGeneration = 22
        case unknownMember = 25
        case invalidProducerEpoch = 47
        case concurrentTransactions = 51
        case fencedInstance = 82
        case producerFenced = 90
        /// The connection breaks before an answer comes.
        case disconnect = -195
    }

    // The library locks inside; both are given back by `close`, once.
    private let handle: OpaquePointer
    private let cluster: OpaquePointer

    /// - Returns: nil where the library cannot start it.
    public init?(brokers: Int32 = 1) {
        let configuration = rd_kafka_conf_new()
        rd_kafka_conf_set_log_cb(configuration, nil)
        guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0) else {
            rd_kafka_conf_destroy(configuration)
            return nil
        }
        guard let cluster = rd_kafka_mock_cluster_new(handle, brokers) else {
            rd_kafka_destroy(handle)
            return nil
        }
        self.handle = handle
        self.cluster = cluster
    }

    /// Where to connect.
    public var address: String {
        rd_kafka_mock_cluster_bootstraps(cluster).map { String(cString: $0) } ?? ""
    }

    /// Creates a topic with one copy.
    public func createTopic(_ name: String, partitions: Int32) {
        rd_kafka_mock_topic_create(cluster, name, partitions, 1)
    }

    /// The next requests of the kind get these answers, in turn.
    public func answer(_ request: Request, with answers: [Answer]) {
        let codes = answers.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
    }

    /// Forgets the answers that were not used.
    public func clear(_ request: Request) {
        rd_kafka_mock_clear_request_errors(cluster, request.rawValue)
    }

    /// Every answer of the broker takes so many milliseconds.
    public func delay(broker: Int32 = 1, milliseconds: Int32) {
        rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds)
    }

    /// Ends the cluster. Blocks.
    public func close() {
        rd_kafka_mock_cluster_destroy(cluster)
        rd_kafka_destroy(handle)
    }
}
