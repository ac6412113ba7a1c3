import CRdkafka
import Streaming

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Copies the library's messages into chunks and watches that offsets rise. Used by one thread.
struct MessageFiller {
    /// A chunk is handed on once it has this much.
    static let recordLimit = 4096
    static let byteLimit = 1 << 20

    let sources: [TopicPartition]
    private var builder: RecordChunkBuilder
    /// The offset after the last record of each source; -1 before the first.
    private(set) var next: [Int64]
    // Messages of one source come in runs, and the library keeps one topic object for each topic.
    private struct Handle: Hashable {
        var topic: OpaquePointer
        var partition: Int32
    }
    private var indices: [Handle: Int] = [:]
    private var lastTopic: OpaquePointer?
    private var lastPartition: Int32 = -1
    private var lastIndex = -1

    init(sources: [TopicPartition]) {
        self.sources = sources
        builder = RecordChunkBuilder(sources: sources)
        next = Array(repeating: -1, count: sources.count)
    }

    var isEmpty: Bool { builder.count == 0 }
    var isFull: Bool { builder.count >= Self.recordLimit || builder.byteCount >= Self.byteLimit }

    /// What was filled in since the last time; nil when that is nothing.
    mutating func finish() -> RecordChunk? {
        guard builder.count > 0 else { return nil }
        let full = builder
        // Room for one more record of a common size, so that a full chunk does not grow.
        builder = RecordChunkBuilder(
            sources: sources, reserving: full.byteCount * 9 / 8, records: full.count)
        return full.finish()
    }

    /// A chunk that says that nothing came.
    var emptyChunk: RecordChunk { RecordChunkBuilder(sources: sources).finish() }

    /// The index of the message's source; nil where it is none of ours.
    mutating func index(of message: UnsafePointer<rd_kafka_message_t>) -> Int? {
        let (topic, partition) = (message.pointee.rkt, message.pointee.partition)
        if topic == lastTopic, partition == lastPartition { return lastIndex }
        guard let topic else { return nil }
        let handle = Handle(topic: topic, partition: partition)
        if indices[handle] == nil, let name = rd_kafka_topic_name(topic) {
            indices[handle] = sources.firstIndex(
                of: TopicPartition(String(cString: name), partition))
        }
        guard let found = indices[handle] else { return nil }
        (lastTopic, lastPartition, lastIndex) = (topic, partition, found)
        return found
    }

    /// Copies a message that is a record.
    mutating func append(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>, source: Int
    ) throws(LogError) {
        let offset = message.pointee.offset
        guard offset >= next[source] else {
            throw LogError(
                .damaged, "\(sources[source]) delivered offset \(offset) after \(next[source] - 1)")
        }
        next[source] = offset + 1
        var headers: OpaquePointer?
        rd_kafka_message_headers(message, &headers)
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        builder.append(
            source: source, offset: offset,
            timestamp: rd_kafka_message_timestamp(message, &kind),
            key: message.pointee.key.map {
                UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len)
            },
            value: message.pointee.payload.map {
                UnsafeRawBufferPointer(start: $0, count: message.pointee.len)
            },
            headers: { take in
                if let headers { Self.forEach(headers, take) }
            })
    }

    private static func forEach(
        _ headers: OpaquePointer, _ take: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        var (index, size) = (0, 0)
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        while rd_kafka_header_get_all(headers, index, &name, &value, &size)
            == RD_KAFKA_RESP_ERR_NO_ERROR
        {
            index += 1
            guard let name else { continue }
            take(
                UnsafeRawBufferPointer(start: name, count: strlen(name)),
                UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size))
        }
    }

    /// From now on the source may begin anew, at any offset.
    mutating func reset(source: Int, to position: Int64) {
        next[source] = position
    }
}
