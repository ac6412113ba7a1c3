internal import CHamming
internal import SafetyModel

/// What a region of an image holds. The raw values are the format's; sets of digests add the
/// algorithm's.
struct RegionTag: Hashable {
    var rawValue: UInt32

    static let notes = RegionTag(rawValue: 1)
    static let rows = RegionTag(rawValue: 2)
    static let arena = RegionTag(rawValue: 3)
    static let textBytes = RegionTag(rawValue: 4)
    static let textEnds = RegionTag(rawValue: 5)
    static let keys = RegionTag(rawValue: 6)
    static let files = RegionTag(rawValue: 7)
    static let nextFrames = RegionTag(rawValue: 8)

    static func digests(_ algorithm: HashAlgorithm) -> RegionTag { of(0x10, algorithm) }
    static func heads(_ algorithm: HashAlgorithm) -> RegionTag { of(0x20, algorithm) }
    static func table(_ algorithm: HashAlgorithm) -> RegionTag { of(0x30, algorithm) }
    static func starts(_ algorithm: HashAlgorithm) -> RegionTag { of(0x40, algorithm) }
    static func signatures(_ algorithm: HashAlgorithm) -> RegionTag { of(0x50, algorithm) }
    static func places(_ algorithm: HashAlgorithm) -> RegionTag { of(0x60, algorithm) }

    private static func of(_ base: UInt32, _ algorithm: HashAlgorithm) -> RegionTag {
        RegionTag(rawValue: base + UInt32(algorithm.rawValue))
    }
}

/// Bytes of one region: those of a slab, which its owner keeps alive, or a copy.
struct ImageRegion {
    let tag: RegionTag
    private let memory: UnsafeRawBufferPointer?
    private let copy: [UInt8]

    init(_ tag: RegionTag, _ copy: [UInt8]) {
        self.tag = tag
        self.copy = copy
        memory = nil
    }

    init(_ tag: RegionTag, _ memory: UnsafeRawBufferPointer) {
        self.tag = tag
        self.memory = memory
        copy = []
    }

    var count: Int { memory?.count ?? copy.count }

    var checksum: UInt32 {
        guard let memory else { return HashMatching.checksum(copy) }
        return chamming_checksum(0, memory.baseAddress, memory.count)
    }

    func hand<E: Error>(to sink: (UnsafeRawBufferPointer) throws(E) -> Void) throws(E) {
        if let memory { return try sink(memory) }
        var failure: E?
        copy.withUnsafeBytes { bytes in
            do throws(E) { try sink(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// The regions of a segment and of what its owner keeps beside it.
struct ImageRegions {
    private(set) var all: [ImageRegion]

    init(_ segment: BankSegment?, notes: [UInt8]) {
        all = [ImageRegion(.notes, notes)]
        guard let segment else { return }
        add(.rows, segment.rows, segment.rowCount)
        add(.arena, segment.arena, segment.arenaCount)
        all.append(ImageRegion(.textBytes, segment.texts.bytes))
        all.append(
            ImageRegion(.textEnds, segment.texts.ends.withUnsafeBytes { Array($0) }))
        add(.keys, segment.keys.slots, segment.keys.slots.capacity)
        if let files = segment.files {
            add(.files, files.table.slots, files.table.slots.capacity)
            add(.nextFrames, files.next, segment.rowCount)
        }
        for set in segment.sets where set.count > 0 {
            add(.digests(set.algorithm), set.digests, set.count * set.algorithm.wordCount)
            add(.heads(set.algorithm), set.heads, set.count)
            if let table = set.table {
                add(.table(set.algorithm), table.slots, table.slots.capacity)
            }
        }
        for (algorithm, index) in [(HashAlgorithm.pdq, segment.pdq), (.vpdq, segment.frames)] {
            guard let parts = index.parts else { continue }
            let count = segment.set(of: algorithm).count * NearIndex.chunkCount
            add(.starts(algorithm), parts.starts, NearIndex.startCount)
            add(.signatures(algorithm), parts.signatures, count)
            add(.places(algorithm), parts.places, count)
        }
    }

    private mutating func add<T>(_ tag: RegionTag, _ slab: Slab<T>, _ count: Int) {
        all.append(ImageRegion(tag, slab.bytes(count)))
    }
}
