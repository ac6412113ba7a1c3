import Streaming

/// How to reach a Kafka cluster, and the few times that matter.
public struct KafkaSettings: Sendable {
    /// Brokers to start from: `host:port`, separated by commas.
    public var brokers: String
    /// The name that brokers log for this client.
    public var clientID: String
    /// A member that sends no heartbeat for this long is expelled from its group. Half of it is the
    /// deadline for `LaneLog.release`.
    public var sessionTimeout: Duration
    /// A member that does not poll for this long leaves its group; a rebalance waits as long for a
    /// member that does not answer. Polling has a thread of its own, so that this may be short.
    public var maximumPollInterval: Duration
    /// The broker aborts a transaction that is open for longer; below `transaction.max.timeout.ms`.
    public var transactionTimeout: Duration
    /// How long a request to the cluster may take before it is an error.
    public var requestTimeout: Duration
    /// Properties of librdkafka passed through: TLS, SASL, fetch and batch sizes. Those that would
    /// break a guarantee are refused. Values never reach logs or error texts.
    public var properties: [String: String]

    /// Settings with defaults for all but the brokers.
    public init(
        brokers: String, clientID: String = "tutela", sessionTimeout: Duration = .seconds(10),
        maximumPollInterval: Duration = .seconds(20), transactionTimeout: Duration = .seconds(15),
        requestTimeout: Duration = .seconds(30), properties: [String: String] = [:]
    ) {
        self.brokers = brokers
        self.clientID = clientID
        self.sessionTimeout = sessionTimeout
        self.maximumPollInterval = maximumPollInterval
        self.transactionTimeout = transactionTimeout
        self.requestTimeout = requestTimeout
        self.properties = properties
    }
}

extension KafkaSettings {
    /// Properties that are ours to set, each with the reason.
    static let reserved: [(name: String, reason: String)] = [
        ("bootstrap.servers", "set the brokers instead"),
        ("metadata.broker.list", "set the brokers instead"),
        ("client.id", "set the client id instead"),
        ("group.id", "it follows from the stage"),
        ("group.instance.id", "it follows from the instance name"),
        ("transactional.id", "it follows from the instance name"),
        ("isolation.level", "only committed records may be read"),
        ("enable.auto.commit", "offsets are committed inside transactions only"),
        ("auto.commit.enable", "offsets are committed inside transactions only"),
        ("enable.auto.offset.store", "offsets are committed inside transactions only"),
        ("enable.partition.eof", "drained sources are recognised by it"),
        ("auto.offset.reset", "a missing position must stop the task"),
        ("partition.assignment.strategy", "only range keeps a task's partitions together"),
        ("group.protocol", "only the classic protocol is supported"),
        ("group.remote.assignor", "only range keeps a task's partitions together"),
        ("enable.idempotence", "transactions need it"),
        ("acks", "transactions need all in-sync replicas"),
        ("request.required.acks", "transactions need all in-sync replicas"),
        ("session.timeout.ms", "set the session time-out instead"),
        ("heartbeat.interval.ms", "it is a tenth of the session time-out"),
        ("max.poll.interval.ms", "set the maximum poll interval instead"),
        ("transaction.timeout.ms", "set the transaction time-out instead"),
        ("message.timeout.ms", "it follows from the transaction time-out"),
        ("delivery.timeout.ms", "it follows from the transaction time-out"),
        ("delivery.report.only.error", "failed records are counted by it"),
        ("allow.auto.create.topics", "topics have a fixed number of partitions"),
        ("partitioner", "partitions are computed by the pipeline"),
        ("enable.gapless.guarantee", "transactions give more"),
        ("plugin.library.paths", "foreign code in the client is not supported"),
        ("test.mock.num.brokers", "it is for tests of the library itself"),
    ]

    /// The first thing wrong with the settings, as an error that says what to do.
    func check() throws(LogError) {
        guard !brokers.isEmpty else {
            throw LogError(.misconfigured, "no brokers: name at least one as host:port")
        }
        guard maximumPollInterval >= sessionTimeout else {
            throw LogError(
                .misconfigured, "the maximum poll interval is below the session time-out")
        }
        for name in properties.keys.sorted() {
            guard let found = Self.reserved.first(where: { $0.name == name }) else { continue }
            throw LogError(
                .misconfigured, "the Kafka property \(name) cannot be set: \(found.reason)")
        }
    }
}

extension Duration {
    /// Whole milliseconds, within what librdkafka takes.
    var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        let total = seconds.multipliedReportingOverflow(by: 1000)
        guard !total.overflow else { return Int32.max }
        return Int32(clamping: total.partialValue + attoseconds / 1_000_000_000_000_000)
    }
}
