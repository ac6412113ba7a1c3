internal import SafetyModel

/// A part of the banks, indexed once and never changed. Equal digests are held once, with the chain
/// of the rows that have them.
final class BankSegment: Sendable {
    /// One for each key; removals are kept while an older segment may hold what they remove.
    let rows: Slab<StoredRow>
    let rowCount: Int
    /// The rows' own texts.
    let arena: Slab<UInt8>
    let arenaCount: Int
    let texts: TextPool
    /// Rows by bank and entry.
    let keys: SlotTable
    /// In order of algorithm.
    let sets: [DigestSet]
    /// Frames of videos by bank and file; nil where there are none.
    let files: FileTable?
    let pdq: NearIndex
    let frames: NearIndex

    struct Parts {
        var rows: Slab<StoredRow>
        var rowCount: Int
        var arena: Slab<UInt8>
        var arenaCount: Int
        var texts: TextPool
        var keys: SlotTable
        var sets: [DigestSet]
        var files: FileTable?
        var pdq: NearIndex
        var frames: NearIndex
    }

    init(_ parts: Parts) {
        rows = parts.rows
        rowCount = parts.rowCount
        arena = parts.arena
        arenaCount = parts.arenaCount
        texts = parts.texts
        keys = parts.keys
        sets = parts.sets
        files = parts.files
        pdq = parts.pdq
        frames = parts.frames
    }

    /// - Parameter entries: where a key comes twice, the last counts.
    convenience init(_ entries: [HashEntry]) {
        var builder = SegmentBuilder(SegmentSize(entries))
        for entry in entries.reversed() { builder.add(entry) }
        self.init(builder.finish())
    }

    /// One segment in the place of several.
    /// - Parameters:
    ///   - segments: oldest first; a newer one overrides an older one by key.
    ///   - isOldest: nothing older is left that the first segment's removals would have to mask.
    convenience init(merging segments: [BankSegment], isOldest: Bool) {
        var builder = SegmentBuilder(segments.reduce(into: SegmentSize()) { $0 += SegmentSize($1) })
        for (index, segment) in segments.enumerated().reversed() {
            builder.add(segment, keepingRemovals: index > 0 || !isOldest)
        }
        self.init(builder.finish())
    }

    func set(of algorithm: HashAlgorithm) -> DigestSet { sets[Int(algorithm.rawValue) - 1] }

    func withTexts<R>(of index: Int, _ body: (RowTexts) -> R) -> R {
        let row = rows[index]
        var position = Int(row.text)
        let id = RowTexts.read(arena, at: &position)
        let key = RowTexts.read(arena, at: &position)
        let digest =
            row.place == StoredRow.none
            ? RowTexts.read(arena, at: &position) : UnsafeRawBufferPointer(start: nil, count: 0)
        return body(RowTexts(id: id, key: key, digest: digest))
    }

    /// The row of a key, removals included.
    func row(bank: String, entry: String) -> BankRow? {
        bank.withBytes { bank in
            entry.withBytes { entry in row(bank: bank, entry: entry) }
        }
    }

    func row(bank: UnsafeRawBufferPointer, entry: UnsafeRawBufferPointer) -> BankRow? {
        guard let number = texts.find(bank) else { return nil }
        let hash = Self.hash(bank: bank, entry)
        return keys.find(hash) { isRow($0, number, entry) }.map {
            BankRow(segment: self, index: $0)
        }
    }

    /// Whether this segment has a row of the same key as another segment's.
    func overrides(_ row: BankRow) -> Bool {
        let other = row.segment
        return other.texts.withBytes(of: row.bankNumber) { bank in
            other.withTexts(of: row.index) { self.row(bank: bank, entry: $0.id) != nil }
        }
    }

    func isRow(_ index: Int, _ bank: UInt32, _ entry: UnsafeRawBufferPointer) -> Bool {
        guard rows[index].bank == bank else { return false }
        var position = Int(rows[index].text)
        return RowTexts.read(arena, at: &position).equals(entry)
    }

    static func hash(bank: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) -> UInt64 {
        Mixing.hash(text, after: Mixing.hash(bank))
    }

    /// Rows whose digest, of an exact algorithm, has equal bytes.
    func forEach(equal digest: DigestKey, _ body: (BankRow) -> Void) {
        let set = set(of: digest.algorithm)
        let place = withUnsafeBytes(of: digest.words) { raw in
            raw.assumingMemoryBound(to: UInt64.self).baseAddress.flatMap { set.find($0) }
        }
        if let place { forEach(from: set.heads[place], body) }
    }

    /// Rows whose digest, of a perceptual algorithm, is within a radius.
    func forEach(
        within radius: UInt16, of digest: DigestKey, _ body: (BankRow, _ distance: UInt16) -> Void
    ) {
        let heads = set(of: digest.algorithm).heads
        near(of: digest.algorithm).forEach(within: radius, of: digest.stored) { place, distance in
            forEach(from: heads[place]) { body($0, distance) }
        }
    }

    /// Rows whose digest is at a place of its algorithm's set.
    func forEach(at place: Int, of algorithm: HashAlgorithm, _ body: (BankRow) -> Void) {
        forEach(from: set(of: algorithm).heads[place], body)
    }

    func near(of algorithm: HashAlgorithm) -> NearIndex { algorithm == .vpdq ? frames : pdq }

    /// Rows that are frames of one listed file.
    func forEachFrame(bank: String, file: String, _ body: (BankRow) -> Void) {
        guard let files else { return }
        let head = bank.withBytes { bank in
            file.withBytes { file in
                texts.find(bank).flatMap { number in
                    files.table.find(Self.hash(bank: bank, file)) { isFile($0, number, file) }
                }
            }
        }
        var index = head ?? -1
        while index >= 0 {
            body(BankRow(segment: self, index: index))
            index = files.next[index] == StoredRow.none ? -1 : Int(files.next[index])
        }
    }

    func isFile(_ index: Int, _ bank: UInt32, _ file: UnsafeRawBufferPointer) -> Bool {
        guard rows[index].bank == bank else { return false }
        return withTexts(of: index) { ($0.key.isEmpty ? $0.id : $0.key).equals(file) }
    }

    private func forEach(from head: UInt32, _ body: (BankRow) -> Void) {
        var index = head
        while index != StoredRow.none {
            body(BankRow(segment: self, index: Int(index)))
            index = rows[Int(index)].next
        }
    }
}

/// The frames of each listed file, as chains of rows.
struct FileTable: Sendable {
    /// The file's first row.
    var table: SlotTable
    /// By row: the file's next one.
    var next: Slab<UInt32>
}
