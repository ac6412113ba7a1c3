internal import Crypto
public import Streaming

/// The canonical digest of what a batch wrote (I4): SHA-256 over its records in the order they were
/// written. Numbers are big-endian. For each record:
///
/// 1. topic: length (u32), UTF-8; partition (u32)
/// 2. key: 0 where there is none, else 1, length (u32), bytes
/// 3. value: likewise; 0 is a tombstone
/// 4. headers: their number (u32), then for each in order the name's length (u32), name, the value's
///    length (u32), value
///
/// The record's time stamp is left out. Values are in their protobuf form, also where JSON is what is
/// written. Sealing is deterministic, so sealed fields count as their ciphertext. A changelog's digest
/// is the same with the rows' own topic and partition and no headers; the meta row is left out, since
/// it holds the chain's head.
public struct OutputDigest {
    private var hash = SHA256()
    private var pending: [UInt8] = []
    /// Records added.
    public private(set) var count = 0

    private static let flushBytes = 64 << 10

    /// Makes a digest of nothing.
    public init() {
        pending.reserveCapacity(Self.flushBytes * 2)
    }

    /// Adds a record. `headers` is a header block; see `HeaderBlock`.
    public mutating func add(
        topic: String, partition: Int32, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?, headers: UnsafeRawBufferPointer?
    ) {
        var topic = topic
        topic.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        append(UInt32(bitPattern: partition))
        appendOptional(key)
        appendOptional(value)
        append(headers: headers)
        count += 1
        if pending.count >= Self.flushBytes { flush() }
    }

    /// Adds all records of `output`.
    public mutating func add(contentsOf output: OutputBatch) {
        output.bytes.withUnsafeBytes { all in
            func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: all[range])
            }
            for entry in output.entries {
                add(
                    topic: output.topics[entry.topic], partition: entry.partition,
                    key: entry.key.map(slice), value: entry.value.map(slice),
                    headers: slice(entry.headers))
            }
        }
    }

    /// The digest's 32 bytes.
    public consuming func finish() -> [UInt8] {
        flush()
        return Array(hash.finalize())
    }

    private mutating func flush() {
        pending.withUnsafeBytes { hash.update(bufferPointer: $0) }
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ number: UInt32) {
        withUnsafeBytes(of: number.bigEndian) { pending.append(contentsOf: $0) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        append(UInt32(truncatingIfNeeded: bytes.count))
        pending.append(contentsOf: bytes)
    }

    private mutating func appendOptional(_ bytes: UnsafeRawBufferPointer?) {
        pending.append(bytes == nil ? 0 : 1)
        if let bytes { append(bytes) }
    }

    private mutating func append(headers: UnsafeRawBufferPointer?) {
        guard let headers, !headers.isEmpty else { return append(0) }
        let countAt = pending.count
        var count: UInt32 = 0
        append(0)
        HeaderBlock.forEach(in: headers) { name, value in
            append(name)
            append(value)
            count += 1
        }
        withUnsafeBytes(of: count.bigEndian) {
            pending.replaceSubrange(countAt..<countAt + 4, with: $0)
        }
    }
}

/// SHA-256 of a ledger record's value, for the chain.
public func ledgerDigest(_ wireBytes: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: wireBytes))
}
