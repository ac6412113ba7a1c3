/// Fills a `RecordChunk`. A log makes one per read and appends what it got.
public struct RecordChunkBuilder {
    private var sources: [TopicPartition]
    /// Longer than what is in use: bytes are copied in without the cost of an append for each
    /// field.
    private var bytes: [UInt8]
    private var used = 0
    private var entries: [RecordChunk.Entry] = []

    /// - Parameter sources: what `begin(source:)` indexes.
    public init(sources: [TopicPartition], reserving byteCount: Int = 0) {
        self.sources = sources
        bytes = [UInt8](repeating: 0, count: byteCount)
    }

    public var count: Int { entries.count }
    public var byteCount: Int { used }

    /// Appends a record.
    /// - Parameters:
    ///   - source: an index of `sources`.
    ///   - timestamp: Unix milliseconds.
    ///   - key: nil where the record has none.
    ///   - value: nil for a tombstone.
    ///   - headers: called with a function that takes one header at a time. Of a header that comes
    ///     twice and has a slot, the last counts.
    public mutating func append(
        source: Int, offset: Int64, timestamp: Int64, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: ((UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) -> Void
    ) {
        var slices = InlineArray<9, RecordChunk.Slice>(
            repeating: RecordChunk.Slice(start: 0, count: -1))
        slices[RecordField.key.rawValue] = copy(key)
        slices[RecordField.value.rawValue] = copy(value)
        var others: [UInt8] = []
        headers { name, value in
            let field = RecordField(headerName: name)
            if field == .otherHeaders {
                HeaderBlock.append(name: name, value: value, to: &others)
            } else {
                slices[field.rawValue] = copy(value)
            }
        }
        if !others.isEmpty {
            slices[RecordField.otherHeaders.rawValue] = others.withUnsafeBytes { copy($0) }
        }
        entries.append(
            RecordChunk.Entry(
                source: Int32(source), offset: offset, timestamp: timestamp, slices: slices))
    }

    /// Appends a record from owned values.
    public mutating func append(
        source: Int, offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8]?,
        headers: [Header]
    ) {
        withOptionalBytes(key) { key in
            withOptionalBytes(value) { value in
                append(
                    source: source, offset: offset, timestamp: timestamp, key: key, value: value
                ) { take in
                    for header in headers {
                        Array(header.name.utf8).withUnsafeBytes { name in
                            header.value.withUnsafeBytes { take(name, $0) }
                        }
                    }
                }
            }
        }
    }

    public consuming func finish() -> RecordChunk {
        RecordChunk(sources: sources, bytes: bytes, byteCount: used, entries: entries)
    }

    private mutating func copy(_ field: UnsafeRawBufferPointer?) -> RecordChunk.Slice {
        guard let field else { return RecordChunk.Slice(start: 0, count: -1) }
        let start = used
        used += field.count
        if used > bytes.count {
            let more = max(used - bytes.count, bytes.count, 4_096)
            bytes.append(contentsOf: repeatElement(0, count: more))
        }
        bytes.withUnsafeMutableBytes { all in
            UnsafeMutableRawBufferPointer(rebasing: all[start..<used]).copyMemory(from: field)
        }
        return RecordChunk.Slice(start: UInt32(start), count: Int32(field.count))
    }
}

func withOptionalBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
    guard let bytes else { return body(nil) }
    return bytes.withUnsafeBytes { body($0) }
}
