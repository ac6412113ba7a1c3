/// The fields of one record, borrowed from its chunk.
public struct RecordFields {
    let all: UnsafeRawBufferPointer
    let slices: InlineArray<9, RecordChunk.Slice>

    /// The field's bytes, nil where the record lacks it.
    public subscript(field: RecordField) -> UnsafeRawBufferPointer? {
        let slice = slices[field.rawValue]
        guard slice.count >= 0 else { return nil }
        let start = Int(slice.start)
        return UnsafeRawBufferPointer(rebasing: all[start..<start + Int(slice.count)])
    }
}

extension Record {
    /// Calls `body` with all fields at once. The pointers are good only inside.
    public func withFields<R>(_ body: (RecordFields) throws -> R) rethrows -> R {
        try chunk.memory.withBytes(0..<chunk.byteCount) { all in
            try body(RecordFields(all: all, slices: chunk.entries[index].slices))
        }
    }
}
