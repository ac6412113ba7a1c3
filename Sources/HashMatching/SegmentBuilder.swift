internal import CHamming
internal import SafetyModel

/// How much room a segment needs at most.
struct SegmentSize {
    var rows = 0
    var arena = 0
    /// In order of algorithm.
    var digests = [Int](repeating: 0, count: HashAlgorithm.allCases.count)
    /// Rows that are frames of videos: many may share a digest, each of another file.
    var frames = 0

    init() {}

    init(_ entries: [HashEntry]) {
        rows = entries.count
        for entry in entries {
            arena += RowTexts.room(for: entry.entry.utf8.count)
            arena += RowTexts.room(for: entry.entryKey.utf8.count)
            if SegmentBuilder.isIndexed(entry) {
                digests[Int(entry.digest.algorithm.rawValue) - 1] += 1
            } else {
                arena += RowTexts.room(for: entry.digest.bytes.count)
            }
        }
        frames = digests[Int(HashAlgorithm.vpdq.rawValue) - 1]
    }

    init(_ segment: BankSegment) {
        rows = segment.rowCount
        arena = segment.arenaCount
        digests = segment.sets.map(\.count)
        if segment.files != nil {
            for index in 0..<segment.rowCount where segment.rows[index].isFrame { frames += 1 }
        }
    }

    static func += (sum: inout SegmentSize, other: SegmentSize) {
        sum.rows += other.rows
        sum.arena += other.arena
        sum.frames += other.frames
        for index in sum.digests.indices { sum.digests[index] += other.digests[index] }
    }
}

/// Fills a segment. Of rows with one key the first that is added counts, so the newest come first.
struct SegmentBuilder {
    private let rows: Slab<StoredRow>
    private var rowCount = 0
    private let arena: Slab<UInt8>
    private var arenaCount = 0
    private var texts = TextPool()
    private let keys: SlotTable
    private var sets: [DigestSet]
    private var files: FileTable?

    init(_ size: SegmentSize) {
        rows = Slab(capacity: size.rows)
        arena = Slab(capacity: size.arena)
        keys = SlotTable(count: size.rows)
        sets = zip(HashAlgorithm.allCases.sorted { $0.rawValue < $1.rawValue }, size.digests).map {
            DigestSet($0, capacity: $1)
        }
        if size.frames > 0 {
            files = FileTable(
                table: SlotTable(count: size.frames), next: Slab(capacity: size.rows))
        }
    }

    /// Whether the entry's digest can be found: a removal has none, and one of the wrong length
    /// equals nothing.
    static func isIndexed(_ entry: HashEntry) -> Bool {
        entry.operation != .remove
            && entry.digest.bytes.count == entry.digest.algorithm.digestBytes
    }

    mutating func add(_ entry: HashEntry) {
        let bank = entry.bank.withBytes { texts.number($0) }
        guard entry.entry.withBytes({ isNew(bank: bank, entry: $0) }) else { return }
        let digest = Self.isIndexed(entry) ? DigestKey(entry.digest) : nil
        let quarantine = entry.quarantined ? StoredRow.quarantined : 0
        let row = StoredRow(
            text: UInt64(arenaCount), place: StoredRow.none, next: StoredRow.none, bank: bank,
            source: entry.source.withBytes { texts.number($0) },
            listVersion: entry.listVersion.withBytes { texts.number($0) },
            category: entry.category.rawValue, algorithm: entry.digest.algorithm.rawValue,
            quality: entry.digest.quality, flags: entry.operation.rawValue | quarantine)
        entry.entry.withBytes { RowTexts.write($0, to: arena, at: &arenaCount) }
        entry.entryKey.withBytes { RowTexts.write($0, to: arena, at: &arenaCount) }
        if let digest {
            withUnsafeBytes(of: digest.stored) {
                append(row, digest: $0.assumingMemoryBound(to: UInt64.self).baseAddress)
            }
        } else {
            entry.digest.bytes.withUnsafeBytes {
                RowTexts.write($0, to: arena, at: &arenaCount)
            }
            append(row, digest: nil)
        }
    }

    mutating func add(_ segment: BankSegment, keepingRemovals: Bool) {
        let numbers = (0..<segment.texts.count).map { number in
            segment.texts.withBytes(of: UInt32(number)) { texts.number($0) }
        }
        for index in 0..<segment.rowCount {
            var row = segment.rows[index]
            if row.isRemoval, !keepingRemovals { continue }
            row.bank = numbers[Int(row.bank)]
            segment.withTexts(of: index) { other in
                guard isNew(bank: row.bank, entry: other.id) else { return }
                row.source = numbers[Int(row.source)]
                row.listVersion = numbers[Int(row.listVersion)]
                row.text = UInt64(arenaCount)
                row.next = StoredRow.none
                RowTexts.write(other.id, to: arena, at: &arenaCount)
                RowTexts.write(other.key, to: arena, at: &arenaCount)
                if row.place == StoredRow.none {
                    RowTexts.write(other.digest, to: arena, at: &arenaCount)
                    append(row, digest: nil)
                } else {
                    let place = Int(row.place)
                    append(row, digest: segment.sets[Int(row.algorithm) - 1].words(at: place))
                }
            }
        }
    }

    /// Puts the next row's key into the table, unless it is there.
    private func isNew(bank: UInt32, entry: UnsafeRawBufferPointer) -> Bool {
        let hash = texts.withBytes(of: bank) { BankSegment.hash(bank: $0, entry) }
        return keys.find(hash, adding: rowCount) { index in
            guard rows[index].bank == bank else { return false }
            var position = Int(rows[index].text)
            return RowTexts.read(arena, at: &position).equals(entry)
        } == nil
    }

    private mutating func append(_ row: StoredRow, digest: UnsafePointer<UInt64>?) {
        var row = row
        if let digest {
            let added = sets[Int(row.algorithm) - 1].add(digest, row: UInt32(rowCount))
            row.place = added.place
            row.next = added.next ?? StoredRow.none
        }
        rows[rowCount] = row
        if row.isFrame { linkFrame(rowCount) }
        rowCount += 1
    }

    private func linkFrame(_ index: Int) {
        guard let files else { return }
        let bank = rows[index].bank
        let file = self.file(of: index)
        let hash = texts.withBytes(of: bank) { BankSegment.hash(bank: $0, file) }
        files.next[index] = StoredRow.none
        let head = files.table.find(hash, adding: index) { other in
            rows[other].bank == bank && self.file(of: other).equals(file)
        }
        // Behind the head, so that the table need not change.
        if let head {
            files.next[index] = files.next[head]
            files.next[head] = UInt32(index)
        }
    }

    private func file(of index: Int) -> UnsafeRawBufferPointer {
        var position = Int(rows[index].text)
        let id = RowTexts.read(arena, at: &position)
        let key = RowTexts.read(arena, at: &position)
        return key.isEmpty ? id : key
    }

    /// Builds the indexes; at ten million digests this takes seconds.
    mutating func finish() -> BankSegment.Parts {
        for index in sets.indices { sets[index].finish() }
        func near(_ algorithm: HashAlgorithm) -> NearIndex {
            let set = sets[Int(algorithm.rawValue) - 1]
            return NearIndex(set.digests, count: set.count)
        }
        return BankSegment.Parts(
            rows: rows, rowCount: rowCount, arena: arena, arenaCount: arenaCount, texts: texts,
            keys: keys, sets: sets, files: files, pdq: near(.pdq), frames: near(.vpdq))
    }
}
