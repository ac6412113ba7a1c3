/// What one round of a lane writes, in one piece of memory that stays until the commit is settled.
public struct OutputBatch: Sendable {
    /// One record to write; the ranges index `bytes`.
    public struct Entry: Sendable {
        /// An index of `topics`.
        public var topic: Int
        public var partition: Int32
        public var key: Range<Int>?
        /// nil for a tombstone.
        public var value: Range<Int>?
        /// A header block; see `HeaderBlock`.
        public var headers: Range<Int>
        /// Unix milliseconds; nil for the log's own clock.
        public var timestamp: Int64?
    }

    public private(set) var topics: [String] = []
    public private(set) var bytes: [UInt8] = []
    public private(set) var entries: [Entry] = []
    private var lastTopic = 0

    public init() {}

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }

    /// Appends a record.
    public mutating func append(
        topic: String, partition: Int32, key: [UInt8]?, value: [UInt8]?, headers: [Header] = [],
        timestamp: Int64? = nil
    ) {
        let keyRange = key.map { put($0) }
        let valueRange = value.map { put($0) }
        let start = bytes.count
        for header in headers {
            Array(header.name.utf8).withUnsafeBytes { name in
                header.value.withUnsafeBytes {
                    HeaderBlock.append(name: name, value: $0, to: &bytes)
                }
            }
        }
        entries.append(
            Entry(
                topic: index(of: topic), partition: partition, key: keyRange, value: valueRange,
                headers: start..<bytes.count, timestamp: timestamp))
    }

    /// Appends a record without headers, copying from borrowed memory.
    public mutating func append(
        topic: String, partition: Int32, keyBytes: UnsafeRawBufferPointer?,
        valueBytes: UnsafeRawBufferPointer?
    ) {
        let start = bytes.count
        if let keyBytes { bytes.append(contentsOf: keyBytes) }
        let middle = bytes.count
        if let valueBytes { bytes.append(contentsOf: valueBytes) }
        entries.append(
            Entry(
                topic: index(of: topic), partition: partition,
                key: keyBytes == nil ? nil : start..<middle,
                value: valueBytes == nil ? nil : middle..<bytes.count,
                headers: bytes.count..<bytes.count, timestamp: nil))
    }

    /// Appends a record whose headers `write` appends to the bytes it is given.
    public mutating func append(
        topic: String, partition: Int32, key: String, value: [UInt8],
        writingHeaders write: (inout [UInt8]) -> Void
    ) {
        let start = bytes.count
        bytes.append(contentsOf: key.utf8)
        let middle = bytes.count
        bytes.append(contentsOf: value)
        let end = bytes.count
        write(&bytes)
        entries.append(
            Entry(
                topic: index(of: topic), partition: partition, key: start..<middle,
                value: middle..<end, headers: end..<bytes.count, timestamp: nil))
    }

    /// Appends all of `other`.
    public mutating func append(contentsOf other: OutputBatch) {
        let shift = bytes.count
        func move(_ range: Range<Int>) -> Range<Int> {
            range.lowerBound + shift..<range.upperBound + shift
        }
        bytes.append(contentsOf: other.bytes)
        for entry in other.entries {
            entries.append(
                Entry(
                    topic: index(of: other.topics[entry.topic]), partition: entry.partition,
                    key: entry.key.map(move), value: entry.value.map(move),
                    headers: move(entry.headers), timestamp: entry.timestamp))
        }
    }

    private mutating func put(_ field: [UInt8]) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: field)
        return start..<bytes.count
    }

    private mutating func index(of topic: String) -> Int {
        // Records of one topic tend to come together.
        if lastTopic < topics.count, topics[lastTopic] == topic { return lastTopic }
        if let found = topics.firstIndex(of: topic) {
            lastTopic = found
        } else {
            topics.append(topic)
            lastTopic = topics.count - 1
        }
        return lastTopic
    }
}
