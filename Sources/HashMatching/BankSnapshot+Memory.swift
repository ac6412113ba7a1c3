internal import SafetyModel

/// Bytes that a snapshot keeps in memory.
public struct BankMemory: Hashable, Sendable {
    /// Digests that are compared by distance, with their index.
    public var near = 0
    /// What is known of each entry, and how it is found by its key and by equality.
    public var entries = 0
}

extension BankSnapshot {
    /// Bytes of all segments, those that other snapshots share included.
    public var memory: BankMemory {
        segments.reduce(into: BankMemory()) { memory, segment in
            for set in segment.sets {
                let digests = 8 * set.count * set.algorithm.wordCount
                if set.algorithm.isExact {
                    memory.entries += digests
                } else {
                    memory.near += digests
                }
                memory.entries += 4 * (set.count + (set.table?.slots.capacity ?? 0))
            }
            memory.near += segment.pdq.byteCount + segment.frames.byteCount
            memory.entries += segment.rowCount * MemoryLayout<StoredRow>.stride + segment.arenaCount
            memory.entries += 4 * segment.keys.slots.capacity
            memory.entries += segment.texts.bytes.count + 8 * segment.texts.ends.count
            if let files = segment.files {
                memory.entries += 4 * (files.table.slots.capacity + segment.rowCount)
            }
        }
    }
}

extension NearIndex {
    /// Without the digests.
    var byteCount: Int {
        guard let parts else { return planeBytes }
        return 4 * parts.starts.capacity + 2 * parts.signatures.capacity + 4 * parts.places.capacity
    }
}
