import CRdkafka
import Streaming

/// Reads one partition with a handle and a thread of its own, outside any group.
final class KafkaReader: LogReader {
    private let thread: BlockingThread
    private let state: PartitionReader

    private init(_ thread: BlockingThread, _ state: PartitionReader) {
        self.thread = thread
        self.state = state
    }

    /// - Parameter end: where a reader that does not follow is done; nil to follow.
    static func open(
        _ source: TopicPartition, from: Int64, end: Int64?, _ settings: KafkaSettings,
        report: @escaping @Sendable (KafkaNotice) -> Void
    ) async throws(LogError) -> KafkaReader {
        let state = PartitionReader(source, from: from, end: end)
        let thread = try BlockingThread()
        do throws(LogError) {
            try await thread.run {
                Result { () throws(LogError) in try state.open(settings, report: report) }
            }
        } catch {
            await thread.stop {}
            throw error
        }
        return KafkaReader(thread, state)
    }

    func next() async throws(LogError) -> RecordChunk? {
        try await thread.run { [state] in
            Result { () throws(LogError) in try state.next() }
        }
    }

    var position: Int64 {
        get async {
            let known = try? await thread.run { [state] in .success(state.position) }
            return known ?? state.position
        }
    }

    func close() async {
        await thread.stop { [state] in state.close() }
    }
}

/// The part of a reader that belongs to its thread.
private final class PartitionReader: @unchecked Sendable {
    // Confined to the owner's `BlockingThread`; read by others only once that has ended.
    private(set) var position: Int64
    private let source: TopicPartition
    private let end: Int64?
    private var client: KafkaClient?
    private var topic: OpaquePointer?
    private var filler: MessageFiller

    init(_ source: TopicPartition, from: Int64, end: Int64?) {
        self.source = source
        self.end = end
        position = from
        filler = MessageFiller(sources: [source])
        filler.reset(source: 0, to: from)
    }

    func open(
        _ settings: KafkaSettings, report: @escaping @Sendable (KafkaNotice) -> Void
    ) throws(LogError) {
        // Nothing to read: no connection either.
        if let end, position >= end { return }
        let client = try KafkaClient(
            RD_KAFKA_CONSUMER, settings, own: KafkaSettings.reading("read_committed"),
            context: KafkaClient.Context(report: report))
        guard let topic = rd_kafka_topic_new(client.raw, source.topic, nil) else {
            client.destroy()
            throw LogError(.misconfigured, "\(source): this topic name is not possible")
        }
        guard rd_kafka_consume_start(topic, source.partition, position) == 0 else {
            let code = rd_kafka_last_error()
            rd_kafka_topic_destroy(topic)
            client.destroy()
            throw LogError(code, doing: "reading \(source)")
        }
        self.client = client
        self.topic = topic
    }

    func next() throws(LogError) -> RecordChunk? {
        if let end, position >= end { return nil }
        guard let topic else { throw LogError(.closed, "the reader is closed") }
        while true {
            var message = rd_kafka_consume(topic, source.partition, 500)
            let isQuiet = message == nil
            while let taken = message {
                defer { rd_kafka_message_destroy(taken) }
                try take(taken)
                if filler.isFull || isDone { break }
                message = rd_kafka_consume(topic, source.partition, 0)
            }
            if let chunk = filler.finish() { return chunk }
            if isDone { return nil }
            if isQuiet, end == nil { return filler.emptyChunk }
        }
    }

    func close() {
        guard let client, let topic else { return }
        self.topic = nil
        self.client = nil
        rd_kafka_consume_stop(topic, source.partition)
        rd_kafka_topic_destroy(topic)
        client.destroy()
    }

    private var isDone: Bool { end.map { position >= $0 } ?? false }

    private func take(_ message: UnsafeMutablePointer<rd_kafka_message_t>) throws(LogError) {
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            // What came after the reader was opened is not asked for.
            if let end, message.pointee.offset >= end {
                position = end
                return
            }
            try filler.append(message, source: 0)
            position = message.pointee.offset + 1
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            position = max(position, message.pointee.offset)
        case let code:
            let error = LogError(code, doing: "reading \(source)")
            guard error.isRetriable else { throw error }
        }
    }
}

extension KafkaSettings {
    /// A consumer outside any group.
    static func reading(_ isolation: String) -> [(String, String)] {
        [
            ("isolation.level", isolation), ("enable.partition.eof", "true"),
            ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"), ("allow.auto.create.topics", "false"),
        ]
    }
}
