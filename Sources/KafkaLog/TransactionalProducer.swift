import CRdkafka
import Streaming

/// A producer with its transactions. Used by one thread, on which it blocks.
final class TransactionalProducer: @unchecked Sendable {
    // Confined to the owner's `BlockingThread`.
    private let settings: KafkaSettings
    private let transactionalID: String
    private let report: @Sendable (KafkaNotice) -> Void
    private var client: KafkaClient?
    private var topics: [String: OpaquePointer] = [:]
    /// Another producer with the same id has this one's place, for good.
    private(set) var isFenced = false

    init(
        _ settings: KafkaSettings, transactionalID: String,
        report: @escaping @Sendable (KafkaNotice) -> Void
    ) {
        self.settings = settings
        self.transactionalID = transactionalID
        self.report = report
    }

    /// A new producer; transactions that one with the same id left behind are settled on return.
    func open() throws(LogError) {
        close()
        let milliseconds = "\(settings.transactionTimeout.milliseconds)"
        let client = try KafkaClient(
            RD_KAFKA_PRODUCER, settings,
            own: [
                ("transactional.id", transactionalID), ("enable.idempotence", "true"),
                ("transaction.timeout.ms", milliseconds), ("message.timeout.ms", milliseconds),
                ("delivery.report.only.error", "true"),
            ],
            context: KafkaClient.Context(
                report: report,
                onDeliveryFailure: { [report] in
                    report(.library(level: 4, facility: $0.name, text: "record not delivered"))
                }))
        let deadline = Ticks.after(max(settings.requestTimeout, settings.transactionTimeout * 2))
        while true {
            let left = min(deadline.millisecondsLeft, settings.requestTimeout.milliseconds)
            guard
                let error = TransactionError(taking: rd_kafka_init_transactions(client.raw, left))
            else { break }
            if error.isRetriable, Ticks.now < deadline { continue }
            client.destroy()
            throw error.logError(doing: "initialising transactions")
        }
        self.client = client
    }

    /// A new producer in place of one that was given up. One that is fenced stays so: it would take
    /// its successor's place.
    func renew() throws(LogError) {
        if isFenced { throw LogError(.fenced, "another producer has this one's place") }
        try open()
    }

    /// Gives the handle back; a transaction that is open is left to the broker.
    func close() {
        guard let client else { return }
        self.client = nil
        for topic in topics.values { rd_kafka_topic_destroy(topic) }
        topics = [:]
        rd_kafka_purge(client.raw, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        client.destroy()
    }

    /// One transaction.
    /// - Parameter metadata: of the assignment that the offsets belong to.
    func commit(
        _ output: OutputBatch, offsets: [TopicPartition: Int64], metadata: GroupMetadata?
    ) -> CommitResult {
        if isFenced { return .fenced(LogError(.fenced, "another producer has this one's place")) }
        guard let client else {
            return .unknown(LogError(.closed, "the producer has to be renewed first"))
        }
        let deadline = Ticks.after(settings.transactionTimeout)
        if let error = TransactionError(taking: rd_kafka_begin_transaction(client.raw)) {
            return giveUp(error.logError(doing: "beginning a transaction"))
        }
        if let error = produce(output, client.raw, deadline) {
            return abort(client.raw, because: error, doing: "writing records")
        }
        if !offsets.isEmpty, let metadata,
            let error = send(offsets, metadata, client.raw, deadline)
        {
            return abort(client.raw, because: error, doing: "sending offsets")
        }
        let sent = rd_kafka_commit_transaction(client.raw, deadline.millisecondsLeft)
        guard let error = TransactionError(taking: sent) else { return .committed }
        if error.requiresAbort {
            return abort(client.raw, because: error, doing: "committing")
        }
        return giveUp(error.logError(doing: "committing"))
    }

    /// The offsets, tried again while that can help.
    private func send(
        _ offsets: [TopicPartition: Int64], _ metadata: GroupMetadata, _ producer: OpaquePointer,
        _ deadline: Ticks
    ) -> TransactionError? {
        guard let list = PartitionList(offsets) else {
            return TransactionError(code: RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, requiresAbort: true)
        }
        while true {
            let sent = rd_kafka_send_offsets_to_transaction(
                producer, list.raw, metadata.raw, max(1, deadline.millisecondsLeft))
            guard let error = TransactionError(taking: sent) else { return nil }
            guard error.isRetriable, !error.requiresAbort, Ticks.now < deadline else {
                return error
            }
        }
    }

    /// Nothing of the transaction was committed yet, so that after an abort this is certain.
    private func abort(
        _ producer: OpaquePointer, because error: TransactionError, doing: String
    ) -> CommitResult {
        let reason = error.logError(doing: doing)
        if error.isFatal { return giveUp(reason) }
        let deadline = Ticks.after(settings.transactionTimeout)
        while true {
            let asked = rd_kafka_abort_transaction(producer, max(1, deadline.millisecondsLeft))
            guard let failed = TransactionError(taking: asked) else {
                return error.code.isFencing ? .fenced(reason) : .aborted(reason)
            }
            if failed.isRetriable, !failed.isFatal, Ticks.now < deadline { continue }
            return giveUp(failed.logError(doing: "aborting after \(reason.message)"))
        }
    }

    /// The producer is beyond use. One that is fenced has a successor, which settled the transaction;
    /// otherwise only a new producer finds out how it ended: trying again could hit the next one.
    private func giveUp(_ reason: LogError) -> CommitResult {
        var reason = reason
        if let fatal = client?.fatalError, fatal.isFencing {
            reason = LogError(fatal, doing: "transaction")
        }
        close()
        if reason.code == .fenced {
            isFenced = true
            return .fenced(reason)
        }
        return .unknown(reason)
    }

    /// - Returns: why a record was not taken.
    private func produce(
        _ output: OutputBatch, _ producer: OpaquePointer, _ deadline: Ticks
    ) -> TransactionError? {
        let handles = output.topics.map { topic(named: $0, producer) }
        var writer = RecordWriter()
        return output.bytes.withUnsafeBytes { bytes in
            for entry in output.entries {
                guard let topic = handles[entry.topic] else {
                    return TransactionError(
                        code: RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, requiresAbort: true)
                }
                while true {
                    let code = writer.write(entry, in: bytes, to: topic, of: producer)
                    if code == RD_KAFKA_RESP_ERR_NO_ERROR { break }
                    guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, Ticks.now < deadline else {
                        return TransactionError(code: code, requiresAbort: true)
                    }
                    rd_kafka_poll(producer, 10)
                }
            }
            return nil
        }
    }

    private func topic(named name: String, _ producer: OpaquePointer) -> OpaquePointer? {
        if let known = topics[name] { return known }
        let topic = rd_kafka_topic_new(producer, name, nil)
        topics[name] = topic
        return topic
    }
}
