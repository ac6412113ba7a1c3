/// Rows of a changelog, in order, in one piece of memory.
public struct ChangeSet: Sendable {
    @usableFromInline struct Entry: Sendable {
        @usableFromInline var key: Range<Int>
        /// nil deletes.
        @usableFromInline var value: Range<Int>?

        @inlinable init(key: Range<Int>, value: Range<Int>?) {
            self.key = key
            self.value = value
        }
    }

    @usableFromInline var bytes: [UInt8] = []
    @usableFromInline var entries: [Entry] = []

    /// Makes an empty set.
    @inlinable public init() {}

    /// Rows in the set.
    public var count: Int { entries.count }
    /// Bytes of all keys and values.
    public var byteCount: Int { bytes.count }
    /// Whether there is nothing to write.
    public var isEmpty: Bool { entries.isEmpty }

    /// Appends a row; a nil value deletes it.
    @inlinable public mutating func append(
        key: some Sequence<UInt8>, value: (some Sequence<UInt8>)?
    ) {
        let start = bytes.count
        bytes.append(contentsOf: key)
        let middle = bytes.count
        if let value { bytes.append(contentsOf: value) }
        entries.append(
            Entry(key: start..<middle, value: value == nil ? nil : middle..<bytes.count))
    }

    /// Appends a row whose value `encode` appends to the bytes it is given.
    @inlinable public mutating func append(key: StateKey, _ encode: (inout [UInt8]) -> Void) {
        let start = bytes.count
        key.withBytes { bytes.append(contentsOf: $0) }
        let middle = bytes.count
        encode(&bytes)
        entries.append(Entry(key: start..<middle, value: middle..<bytes.count))
    }

    /// Appends the deletion of a row.
    @inlinable public mutating func appendDeletion(of key: StateKey) {
        let start = bytes.count
        key.withBytes { bytes.append(contentsOf: $0) }
        entries.append(Entry(key: start..<bytes.count, value: nil))
    }

    /// Calls `body` with key and value of each row in order; a nil value deletes. The pointers are
    /// good only inside.
    @inlinable public func forEach(
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) -> Void
    ) {
        bytes.withUnsafeBytes { all in
            for entry in entries {
                body(
                    UnsafeRawBufferPointer(rebasing: all[entry.key]),
                    entry.value.map { UnsafeRawBufferPointer(rebasing: all[$0]) })
            }
        }
    }
}
