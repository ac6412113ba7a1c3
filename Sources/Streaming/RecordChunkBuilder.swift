/// Fills a `RecordChunk`. A log makes one per read and appends what it got.
public struct RecordChunkBuilder {
    private var sources: [TopicPartition]
    /// Longer than what is in use: bytes are copied in without the cost of an append for each
    /// field.
    private var memory: ChunkMemory
    private var used = 0
    private var entries: [RecordChunk.Entry] = []

    /// - Parameter sources: what `begin(source:)` indexes.
    public init(
        sources: [TopicPartition], reserving byteCount: Int = 0, records: Int = 0
    ) {
        self.sources = sources
        entries.reserveCapacity(records)
        memory = ChunkMemory(capacity: byteCount)
    }

    public var count: Int { entries.count }
    public var byteCount: Int { used }

    /// Appends a record.
    /// - Parameters:
    ///   - source: an index of `sources`.
    ///   - timestamp: Unix milliseconds.
    ///   - key: nil where the record has none.
    ///   - value: nil for a tombstone.
    ///   - headers: called at once, with a function that takes one header at a time. Of a header
    ///     that comes twice and has a slot, the last counts.
    public mutating func append(
        source: Int, offset: Int64, timestamp: Int64, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?,
        headers: ((UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) -> Void
    ) {
        // A chunk, or a copy of this builder, may have the memory.
        if !isKnownUniquelyReferenced(&memory) { grow(keeping: used) }
        var slices = InlineArray<9, RecordChunk.Slice>(
            repeating: RecordChunk.Slice(start: 0, count: -1))
        slices[RecordField.key.rawValue] = copy(key)
        slices[RecordField.value.rawValue] = copy(value)
        var others = 0..<0
        headers { name, value in
            let field = RecordField(headerName: name)
            if field == .otherHeaders {
                copy(other: name, value, after: &others)
            } else {
                slices[field.rawValue] = copy(value)
            }
        }
        if !others.isEmpty {
            slices[RecordField.otherHeaders.rawValue] = RecordChunk.Slice(
                start: UInt32(others.lowerBound), count: Int32(others.count))
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
        RecordChunk(sources: sources, memory: memory, byteCount: used, entries: entries)
    }

    private mutating func copy(_ field: UnsafeRawBufferPointer?) -> RecordChunk.Slice {
        guard let field else { return RecordChunk.Slice(start: 0, count: -1) }
        let start = used
        used += field.count
        if used > memory.capacity { grow(keeping: start) }
        if let from = field.baseAddress {
            (memory.start + start).copyMemory(from: from, byteCount: field.count)
        }
        return RecordChunk.Slice(start: UInt32(start), count: Int32(field.count))
    }
}

extension RecordChunkBuilder {
    /// Appends to the block of headers without a slot, which is moved to the end for it.
    private mutating func copy(
        other name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        after block: inout Range<Int>
    ) {
        let start = used
        let nameCount = Int(UInt16(clamping: name.count))
        let isLast = block.upperBound == used
        used += (isLast ? 0 : block.count) + 2 + nameCount + 4 + value.count
        if used > memory.capacity { grow(keeping: start) }
        var at = memory.start + start
        if !isLast {
            at.copyMemory(from: memory.start + block.lowerBound, byteCount: block.count)
            at += block.count
        }
        at.storeBytes(of: UInt16(nameCount).littleEndian, as: UInt16.self)
        if let from = name.baseAddress { (at + 2).copyMemory(from: from, byteCount: nameCount) }
        at += 2 + nameCount
        at.storeBytes(of: UInt32(value.count).littleEndian, as: UInt32.self)
        if let from = value.baseAddress { (at + 4).copyMemory(from: from, byteCount: value.count) }
        block = (isLast && !block.isEmpty ? block.lowerBound : start)..<used
    }

    private mutating func grow(keeping count: Int) {
        let more = ChunkMemory(capacity: max(used, memory.capacity * 2, 4_096))
        more.start.copyMemory(from: memory.start, byteCount: count)
        memory = more
    }
}

func withOptionalBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
    guard let bytes else { return body(nil) }
    return bytes.withUnsafeBytes { body($0) }
}
