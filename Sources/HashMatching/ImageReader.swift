internal import CHamming
internal import SafetyModel

/// Where an image's bytes come from.
typealias ImageSource = (UnsafeMutableRawBufferPointer, Int) throws(BankImageError) -> Void

/// The header of an image, and its regions as memory of their own, checked as they are read.
struct ImageReader {
    let version: Int64
    let entryCount: Int
    private var regions: [RegionTag: (checksum: UInt32, offset: Int, count: Int)] = [:]

    init(byteCount: Int, source: ImageSource) throws(BankImageError) {
        guard byteCount >= BankImage.headerBytes else {
            throw BankImageError(.cut, "the image has only \(byteCount) bytes, no whole header")
        }
        let head = try Self.read(0, BankImage.headerBytes, source)
        guard head.starts(with: "TUTELABK".utf8), Self.u32(head, 12) == 0x0403_0201 else {
            throw BankImageError(.foreign, "the file is no image of a bank of this machine's kind")
        }
        let format = Self.u32(head, 8)
        guard format == BankImage.format else {
            throw BankImageError(
                .format(format), "the image has format \(format), this program reads 1")
        }
        guard checksum(Array(head[..<60])) == Self.u32(head, 60) else {
            throw BankImageError(.damaged, "the image's header does not have its checksum")
        }
        let (count, total) = (Self.u32(head, 32), Self.int(head, 40))
        guard total == byteCount else {
            throw BankImageError(.cut, "the image has \(byteCount) bytes in place of \(total)")
        }
        let tableBytes = Int(count) * BankImage.entryBytes
        guard count <= BankImage.mostRegions, BankImage.headerBytes + tableBytes <= byteCount
        else { throw BankImageError(.damaged, "the image's table of regions is too long") }
        version = Int64(Self.int(head, 16))
        entryCount = Self.int(head, 24)
        let table = try Self.read(BankImage.headerBytes, tableBytes, source)
        guard checksum(table) == Self.u32(head, 36) else {
            throw BankImageError(.damaged, "the image's table of regions has a wrong checksum")
        }
        for at in stride(from: 0, to: table.count, by: BankImage.entryBytes) {
            let (offset, length) = (Self.int(table, at + 8), Self.int(table, at + 16))
            guard offset >= 0, length >= 0, offset <= byteCount, length <= byteCount - offset else {
                throw BankImageError(.damaged, "a region of the image lies outside of it")
            }
            regions[RegionTag(rawValue: Self.u32(table, at))] = (
                Self.u32(table, at + 4), offset, length
            )
        }
    }

    /// Rows, if the tag is theirs.
    func count(_ tag: RegionTag) -> Int {
        (regions[tag]?.count ?? 0) / MemoryLayout<StoredRow>.stride
    }

    func bytes(_ tag: RegionTag, _ source: ImageSource) throws(BankImageError) -> [UInt8] {
        let slab: Slab<UInt8> = try self.slab(tag, source)
        return Array(slab.bytes(slab.capacity))
    }

    /// The region as memory; empty where the image has none.
    /// - Parameter count: elements it must have, nil for any number.
    func slab<T>(
        _ tag: RegionTag, count: Int? = nil, padding: Int = 0, _ source: ImageSource
    ) throws(BankImageError) -> Slab<T> {
        let region = regions[tag] ?? (0, 0, 0)
        let stride = MemoryLayout<T>.stride
        guard region.count % stride == 0, count ?? region.count / stride == region.count / stride
        else { throw damaged(tag, "has a wrong length") }
        let slab = Slab<T>(capacity: region.count / stride, padding: padding)
        guard region.count > 0 else { return slab }
        try source(slab.memory, region.offset)
        guard chamming_checksum(0, slab.base, region.count) == region.checksum else {
            throw damaged(tag, "does not have its checksum")
        }
        return slab
    }

    /// - Parameter count: numbers that the table must have room for.
    func table(
        _ tag: RegionTag, holding count: Int, _ source: ImageSource
    ) throws(BankImageError) -> SlotTable {
        let slots: Slab<UInt32> = try slab(tag, source)
        guard slots.capacity > count, slots.capacity & (slots.capacity - 1) == 0 else {
            throw damaged(tag, "has a wrong length")
        }
        return SlotTable(slots: slots)
    }

    func has(_ tag: RegionTag) -> Bool { regions[tag] != nil }

    func damaged(_ tag: RegionTag, _ what: String) -> BankImageError {
        BankImageError(.damaged, "region \(tag.rawValue) of the image \(what)")
    }

    private static func read(
        _ offset: Int, _ count: Int, _ source: ImageSource
    ) throws(BankImageError) -> [UInt8] {
        let slab = Slab<UInt8>(capacity: count)
        try source(slab.memory, offset)
        return Array(slab.bytes(count))
    }

    private static func u32(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }

    private static func int(_ bytes: [UInt8], _ at: Int) -> Int {
        Int(truncatingIfNeeded: UInt64(u32(bytes, at)) | UInt64(u32(bytes, at + 4)) << 32)
    }
}

extension BankSegment {
    /// The segment of an image.
    convenience init(_ reader: ImageReader, _ source: ImageSource) throws(BankImageError) {
        let rows: Slab<StoredRow> = try reader.slab(.rows, source)
        let arena: Slab<UInt8> = try reader.slab(.arena, source)
        let ends: Slab<UInt64> = try reader.slab(.textEnds, source)
        guard
            let texts = TextPool(
                bytes: try reader.bytes(.textBytes, source),
                ends: (0..<ends.capacity).map { ends[$0] })
        else { throw reader.damaged(.textEnds, "does not fit its texts") }
        var sets: [DigestSet] = []
        for algorithm in HashAlgorithm.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
            sets.append(try DigestSet(algorithm, reader, source))
        }
        var files: FileTable?
        if reader.has(.files) {
            files = FileTable(
                table: try reader.table(.files, holding: 0, source),
                next: try reader.slab(.nextFrames, count: rows.capacity, source))
        }
        self.init(
            Parts(
                rows: rows, rowCount: rows.capacity, arena: arena, arenaCount: arena.capacity,
                texts: texts, keys: try reader.table(.keys, holding: rows.capacity, source),
                sets: sets, files: files,
                pdq: try NearIndex(sets[Int(HashAlgorithm.pdq.rawValue) - 1], reader, source),
                frames: try NearIndex(sets[Int(HashAlgorithm.vpdq.rawValue) - 1], reader, source)))
    }
}

extension DigestSet {
    fileprivate init(
        _ algorithm: HashAlgorithm, _ reader: ImageReader, _ source: ImageSource
    ) throws(BankImageError) {
        let heads: Slab<UInt32> = try reader.slab(.heads(algorithm), source)
        let count = heads.capacity
        let digests: Slab<UInt64> = try reader.slab(
            .digests(algorithm), count: count * algorithm.wordCount, source)
        var table: SlotTable?
        if algorithm.isExact, count > 0 {
            table = try reader.table(.table(algorithm), holding: count, source)
        }
        self.init(algorithm, count: count, digests: digests, heads: heads, table: table)
    }
}

extension NearIndex {
    fileprivate init(
        _ set: DigestSet, _ reader: ImageReader, _ source: ImageSource
    ) throws(BankImageError) {
        let algorithm = set.algorithm
        guard reader.has(.starts(algorithm)) else {
            self.init(set.digests, count: set.count)
            return
        }
        let count = set.count * Self.chunkCount
        self.init(
            set.digests, count: set.count,
            starts: try reader.slab(.starts(algorithm), count: Self.startCount, source),
            signatures: try reader.slab(
                .signatures(algorithm), count: count, padding: Self.signaturePadding, source),
            places: try reader.slab(.places(algorithm), count: count, source))
    }
}
