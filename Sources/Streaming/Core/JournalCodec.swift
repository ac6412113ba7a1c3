/// The payload of a journal frame. Numbers are little-endian.
///
///     topic        1, name, partitions u32
///     trim         2, name, partition u32, offset u64
///     transaction  3, topics u16 × name, group name,
///                  offsets u32 × (topic u16, partition u32, offset u64), records u32 × record
///     record       topic u16, partition u32, offset u64, time stamp u64, key count i32,
///                  value count i32, header count u32, key, value, headers
///     name         count u16, bytes
///
/// A count of -1 stands for no key or no value. Headers are a `HeaderBlock`.
package enum JournalCodec {
    static let recordHead = 34

    package static func encode(topic name: String, partitions: Int32) -> [UInt8] {
        var bytes: [UInt8] = [1]
        put(name, &bytes)
        put(partitions, &bytes)
        return bytes
    }

    package static func encode(trim source: TopicPartition, offset: Int64) -> [UInt8] {
        var bytes: [UInt8] = [2]
        put(source.topic, &bytes)
        put(source.partition, &bytes)
        put(offset, &bytes)
        return bytes
    }

    /// - Parameters:
    ///   - assigned: the offset of each record.
    ///   - now: the time stamp of records without one.
    static func encode(
        _ output: OutputBatch, assigned: [Int64], now: Int64, group: String,
        offsets: [TopicPartition: Int64]
    ) -> (payload: [UInt8], spans: [JournalSpan]) {
        var topics = output.topics
        for source in offsets.keys.sorted() where !topics.contains(source.topic) {
            topics.append(source.topic)
        }
        var bytes: [UInt8] = [3]
        bytes.reserveCapacity(64 + output.bytes.count + output.count * recordHead)
        put(UInt16(topics.count), &bytes)
        for topic in topics { put(topic, &bytes) }
        put(group, &bytes)
        put(UInt32(offsets.count), &bytes)
        for source in offsets.keys.sorted() {
            put(UInt16(topics.firstIndex(of: source.topic) ?? 0), &bytes)
            put(source.partition, &bytes)
            put(offsets[source] ?? 0, &bytes)
        }
        put(UInt32(output.count), &bytes)
        var spans: [JournalSpan] = []
        spans.reserveCapacity(output.count)
        for (entry, offset) in zip(output.entries, assigned) {
            let start = bytes.count
            put(UInt16(entry.topic), &bytes)
            put(entry.partition, &bytes)
            put(offset, &bytes)
            put(entry.timestamp ?? now, &bytes)
            put(Int32(entry.key?.count ?? -1), &bytes)
            put(Int32(entry.value?.count ?? -1), &bytes)
            put(UInt32(entry.headers.count), &bytes)
            if let key = entry.key { bytes.append(contentsOf: output.bytes[key]) }
            if let value = entry.value { bytes.append(contentsOf: output.bytes[value]) }
            bytes.append(contentsOf: output.bytes[entry.headers])
            spans.append(JournalSpan(position: Int64(start), count: bytes.count - start))
        }
        return (bytes, spans)
    }

    /// Appends one record, as `encode` wrote it, to a chunk.
    static func append(
        _ record: UnsafeRawBufferPointer, source: Int, to chunk: inout RecordChunkBuilder
    ) {
        var reader = JournalReader(record)
        _ = reader.number(UInt16.self)
        _ = reader.number(Int32.self)
        guard let offset = reader.number(Int64.self), let timestamp = reader.number(Int64.self),
            let keyCount = reader.number(Int32.self), let valueCount = reader.number(Int32.self),
            let headerCount = reader.number(UInt32.self)
        else { return }
        let key = keyCount < 0 ? nil : reader.bytes(Int(keyCount))
        let value = valueCount < 0 ? nil : reader.bytes(Int(valueCount))
        let headers = reader.bytes(Int(headerCount))
        chunk.append(source: source, offset: offset, timestamp: timestamp, key: key, value: value) {
            take in
            if let headers { HeaderBlock.forEach(in: headers, take) }
        }
    }

    /// - Returns: nil where the payload is not one of ours.
    package static func decode(_ payload: UnsafeRawBufferPointer) -> JournalEntry? {
        var reader = JournalReader(payload)
        guard let kind = reader.number(UInt8.self) else { return nil }
        switch kind {
        case 1:
            guard let name = reader.name(), let partitions = reader.number(Int32.self) else {
                return nil
            }
            return .topic(name: name, partitions: partitions)
        case 2:
            guard let name = reader.name(), let partition = reader.number(Int32.self),
                let offset = reader.number(Int64.self)
            else { return nil }
            return .trim(TopicPartition(name, partition), offset: offset)
        case 3:
            return decodeTransaction(&reader).map { .transaction($0) }
        default:
            return nil
        }
    }

    private static func decodeTransaction(_ reader: inout JournalReader) -> JournalTransaction? {
        guard let topicCount = reader.number(UInt16.self) else { return nil }
        var topics: [String] = []
        for _ in 0..<topicCount {
            guard let name = reader.name() else { return nil }
            topics.append(name)
        }
        guard let group = reader.name(), let offsetCount = reader.number(UInt32.self) else {
            return nil
        }
        var offsets: [TopicPartition: Int64] = [:]
        for _ in 0..<offsetCount {
            guard let topic = reader.number(UInt16.self), Int(topic) < topics.count,
                let partition = reader.number(Int32.self), let offset = reader.number(Int64.self)
            else { return nil }
            offsets[TopicPartition(topics[Int(topic)], partition)] = offset
        }
        guard let recordCount = reader.number(UInt32.self) else { return nil }
        var records: [JournalRecord] = []
        for _ in 0..<recordCount {
            guard let record = decodeRecord(&reader, topics) else { return nil }
            records.append(record)
        }
        guard reader.isAtEnd else { return nil }
        return JournalTransaction(group: group, offsets: offsets, records: records)
    }

    private static func decodeRecord(
        _ reader: inout JournalReader, _ topics: [String]
    ) -> JournalRecord? {
        let start = reader.at
        guard let topic = reader.number(UInt16.self), Int(topic) < topics.count,
            let partition = reader.number(Int32.self), let offset = reader.number(Int64.self),
            reader.number(Int64.self) != nil, let keyCount = reader.number(Int32.self),
            let valueCount = reader.number(Int32.self),
            let headerCount = reader.number(UInt32.self),
            reader.bytes(max(0, Int(keyCount))) != nil,
            reader.bytes(max(0, Int(valueCount))) != nil, reader.bytes(Int(headerCount)) != nil
        else { return nil }
        return JournalRecord(
            source: TopicPartition(topics[Int(topic)], partition), offset: offset,
            span: JournalSpan(position: Int64(start), count: reader.at - start))
    }

    private static func put(_ name: String, _ bytes: inout [UInt8]) {
        let utf8 = name.utf8.prefix(Int(UInt16.max))
        put(UInt16(utf8.count), &bytes)
        bytes.append(contentsOf: utf8)
    }

    private static func put(_ number: some FixedWidthInteger, _ bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads a payload from front to back; nil past its end.
struct JournalReader {
    private let all: UnsafeRawBufferPointer
    private(set) var at = 0

    init(_ all: UnsafeRawBufferPointer) { self.all = all }

    var isAtEnd: Bool { at == all.count }

    mutating func number<N: FixedWidthInteger>(_ type: N.Type) -> N? {
        let size = MemoryLayout<N>.size
        guard all.count - at >= size else { return nil }
        defer { at += size }
        return N(littleEndian: all.loadUnaligned(fromByteOffset: at, as: type))
    }

    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, all.count - at >= count else { return nil }
        defer { at += count }
        return UnsafeRawBufferPointer(rebasing: all[at..<at + count])
    }

    mutating func name() -> String? {
        guard let count = number(UInt16.self), let bytes = bytes(Int(count)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
