/// The parts of a record that are bytes. The CloudEvents attributes have slots of their own, since
/// every record has them.
public enum RecordField: Int, Sendable, CaseIterable {
    case key = 0
    case value, eventID, eventType, eventSource, eventTime, eventSubject, contentType
    /// All other headers: name length (u16, little-endian), name, value length (u32), value;
    /// repeated.
    case otherHeaders

    /// The field of a header, `otherHeaders` for one that has no slot.
    public init(headerName name: UnsafeRawBufferPointer) {
        switch name.count {
        case 5 where Self.equals(name, "ce_id"): self = .eventID
        case 7 where Self.equals(name, "ce_type"): self = .eventType
        case 7 where Self.equals(name, "ce_time"): self = .eventTime
        case 9 where Self.equals(name, "ce_source"): self = .eventSource
        case 10 where Self.equals(name, "ce_subject"): self = .eventSubject
        case 12 where Self.equals(name, "content-type"): self = .contentType
        default: self = .otherHeaders
        }
    }

    /// Of the same count.
    @inline(__always) private static func equals(
        _ bytes: UnsafeRawBufferPointer, _ text: StaticString
    ) -> Bool {
        for index in 0..<bytes.count where bytes[index] != text.utf8Start[index] { return false }
        return true
    }

    static let slots: [(StaticString, RecordField)] = [
        ("ce_id", .eventID), ("ce_type", .eventType), ("ce_source", .eventSource),
        ("ce_time", .eventTime), ("ce_subject", .eventSubject), ("content-type", .contentType),
    ]

    /// The header that the slot holds, nil for key, value and the rest.
    public var headerName: String? {
        Self.slots.first { $0.1 == self }.map { "\($0.0)" }
    }
}

/// One piece of memory, filled by one owner and read-only from then on.
@usableFromInline final class ChunkMemory: @unchecked Sendable {
    @usableFromInline let start: UnsafeMutableRawPointer
    @usableFromInline let capacity: Int

    init(capacity: Int) {
        start = .allocate(byteCount: max(1, capacity), alignment: 16)
        self.capacity = capacity
    }

    deinit { start.deallocate() }

    /// The pointer is good only inside.
    @inlinable func withBytes<R>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        try withExtendedLifetime(self) {
            try body(UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count))
        }
    }
}

/// Records as a log delivered them, in one piece of memory: filled once, then shared and immutable.
public final class RecordChunk: Sendable {
    @usableFromInline struct Slice: Sendable {
        @usableFromInline var start: UInt32
        /// -1 where the record has no such field.
        @usableFromInline var count: Int32

        init(start: UInt32, count: Int32) {
            self.start = start
            self.count = count
        }
    }

    @usableFromInline struct Entry: Sendable {
        @usableFromInline var source: Int32
        @usableFromInline var offset: Int64
        @usableFromInline var timestamp: Int64
        @usableFromInline var slices: InlineArray<9, Slice>

        init(source: Int32, offset: Int64, timestamp: Int64, slices: InlineArray<9, Slice>) {
            self.source = source
            self.offset = offset
            self.timestamp = timestamp
            self.slices = slices
        }
    }

    public let sources: [TopicPartition]
    @usableFromInline let memory: ChunkMemory
    /// Bytes of all records.
    public let byteCount: Int
    @usableFromInline let entries: [Entry]

    /// - Parameter memory: `byteCount` bytes of it are in use.
    init(sources: [TopicPartition], memory: ChunkMemory, byteCount: Int, entries: [Entry]) {
        self.sources = sources
        self.memory = memory
        self.byteCount = byteCount
        self.entries = entries
    }

    public var count: Int { entries.count }

    /// So much at once comes only where the log holds more than was read.
    var isBulk: Bool { count >= 1_024 || byteCount >= 1 << 18 }

    /// The index in `sources` of a record's source.
    public func sourceIndex(of index: Int) -> Int { Int(entries[index].source) }

    public subscript(index: Int) -> Record { Record(chunk: self, index: index) }
}

/// One record of a chunk.
public struct Record: Sendable {
    public let chunk: RecordChunk
    public let index: Int

    init(chunk: RecordChunk, index: Int) {
        self.chunk = chunk
        self.index = index
    }

    @inlinable public var source: TopicPartition { chunk.sources[Int(chunk.entries[index].source)] }
    @inlinable public var offset: Int64 { chunk.entries[index].offset }
    /// The record's time stamp, Unix milliseconds.
    @inlinable public var timestamp: Int64 { chunk.entries[index].timestamp }

    /// Bytes of all fields.
    public var byteCount: Int {
        let slices = chunk.entries[index].slices
        var sum = 0
        for field in slices.indices { sum += max(0, Int(slices[field].count)) }
        return sum
    }

    @inlinable public func has(_ field: RecordField) -> Bool {
        chunk.entries[index].slices[field.rawValue].count >= 0
    }

    /// Calls `body` with the field's bytes, or with nil where the record lacks it. A record without
    /// value is a tombstone. The pointer is good only inside.
    @inlinable public func withBytes<R>(
        of field: RecordField, _ body: (UnsafeRawBufferPointer?) throws -> R
    ) rethrows -> R {
        let slice = chunk.entries[index].slices[field.rawValue]
        guard slice.count >= 0 else { return try body(nil) }
        let range = Int(slice.start)..<Int(slice.start) + Int(slice.count)
        return try chunk.memory.withBytes(range) { try body($0) }
    }

    /// A copy of the field's bytes.
    public func bytes(of field: RecordField) -> [UInt8]? {
        withBytes(of: field) { $0.map { [UInt8]($0) } }
    }

    /// All headers, the CloudEvents attributes first.
    public var headers: [Header] {
        var headers: [Header] = []
        for (_, field) in RecordField.slots {
            if let name = field.headerName, let value = bytes(of: field) {
                headers.append(Header(name, value))
            }
        }
        withBytes(of: .otherHeaders) { raw in
            guard let raw else { return }
            headers.append(contentsOf: HeaderBlock.decode(raw))
        }
        return headers
    }
}

/// A record header.
public struct Header: Hashable, Sendable {
    public var name: String
    public var value: [UInt8]

    public init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    public init(_ name: String, _ text: String) {
        self.init(name, Array(text.utf8))
    }
}

/// How headers lie in a chunk's and an output batch's bytes; see `RecordField.otherHeaders`.
public enum HeaderBlock {
    public static func append(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, to bytes: inout [UInt8]
    ) {
        let nameCount = UInt16(clamping: name.count)
        withUnsafeBytes(of: nameCount.littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: name.prefix(Int(nameCount)))
        withUnsafeBytes(of: UInt32(value.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: value)
    }

    /// Appends a header whose value `write` appends to the bytes it is given.
    public static func append(
        name: StaticString, to bytes: inout [UInt8], writing write: (inout [UInt8]) -> Void
    ) {
        withUnsafeBytes(of: UInt16(name.utf8CodeUnitCount).littleEndian) {
            bytes.append(contentsOf: $0)
        }
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        let start = bytes.count + 4
        bytes.append(contentsOf: repeatElement(0, count: 4))
        write(&bytes)
        let count = UInt32(bytes.count - start).littleEndian
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: count, toByteOffset: start - 4, as: UInt32.self)
        }
    }

    /// Calls `body` with name and value of each header; stops at a block that is cut short.
    public static func forEach(
        in block: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        var at = 0
        while at + 2 <= block.count {
            let nameCount = Int(
                UInt16(littleEndian: block.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
            let name = at + 2
            guard name + nameCount + 4 <= block.count else { return }
            let valueCount = Int(
                UInt32(
                    littleEndian: block.loadUnaligned(
                        fromByteOffset: name + nameCount, as: UInt32.self)))
            let value = name + nameCount + 4
            guard value + valueCount <= block.count else { return }
            body(
                UnsafeRawBufferPointer(rebasing: block[name..<name + nameCount]),
                UnsafeRawBufferPointer(rebasing: block[value..<value + valueCount]))
            at = value + valueCount
        }
    }

    static func decode(_ block: UnsafeRawBufferPointer) -> [Header] {
        var headers: [Header] = []
        forEach(in: block) { name, value in
            headers.append(Header(String(decoding: name, as: UTF8.self), [UInt8](value)))
        }
        return headers
    }
}
