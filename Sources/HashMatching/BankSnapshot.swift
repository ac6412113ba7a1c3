public import SafetyModel

/// All banks as they stood at one version. Immutable, so that any number of lanes may share it.
///
/// Made of segments, the oldest and largest first; a newer one overrides an older one by key. Small
/// ones are merged as they come. The large one is made anew by `rebuilt`, beside the old one, and
/// taken over by `adopting`: what a snapshot answers does not depend on whether that has happened.
public struct BankSnapshot: Sendable {
    /// No entries, version 0.
    public static let empty = BankSnapshot(segments: [], sealed: 0, version: 0, entryCount: 0)

    let segments: [BankSegment]
    /// How many of the oldest segments a rebuild holds: they are not merged meanwhile.
    let sealed: Int
    /// The offset of the last entry applied, plus 1.
    public let version: Int64
    /// Entries that stand.
    public let entryCount: Int

    init(segments: [BankSegment], sealed: Int, version: Int64, entryCount: Int) {
        self.segments = segments
        self.sealed = sealed
        self.version = version
        self.entryCount = entryCount
    }

    /// The most rows that segments are merged to on the way; larger ones are for `rebuilt`.
    static let largestMerge = 32_768
    /// So many of them, as there are while a long topic is read, are merged once more.
    static let mostSegments = 16

    /// The snapshot after more of the entries' topic.
    /// - Parameters:
    ///   - entries: in order of offset; nil for a record that held no usable entry.
    ///   - version: the last delivered offset plus 1.
    public func applying(
        _ entries: [(offset: Int64, entry: HashEntry?)], version: Int64
    ) -> BankSnapshot {
        let changes = entries.compactMap(\.entry)
        guard !changes.isEmpty else {
            return BankSnapshot(
                segments: segments, sealed: sealed, version: version, entryCount: entryCount)
        }
        let newest = BankSegment(changes)
        var count = entryCount
        for index in 0..<newest.rowCount {
            let row = BankRow(segment: newest, index: index)
            count += (row.isRemoval ? 0 : 1) - (isStanding(row) ? 1 : 0)
        }
        return BankSnapshot(
            segments: merged(newest), sealed: sealed, version: version, entryCount: count)
    }

    /// The entry as it stands, nil where it was never added or is removed.
    public func contains(bank: String, entry: String) -> HashEntry? {
        for segment in segments.reversed() {
            if let row = segment.row(bank: bank, entry: entry) {
                return row.isRemoval ? nil : row.hashEntry
            }
        }
        return nil
    }

    /// Appends a segment, after merging into it those that are not twice its size.
    private func merged(_ newest: BankSegment) -> [BankSegment] {
        var older = segments[...]
        var merging = [newest]
        var count = newest.rowCount
        while older.count > sealed, let last = older.last, last.rowCount < 2 * count,
            last.rowCount + count <= Self.largestMerge
        {
            merging.append(last)
            count += last.rowCount
            older.removeLast()
        }
        if older.count - sealed >= Self.mostSegments {
            while older.count > max(sealed, 1), let last = older.last,
                last.rowCount <= Self.largestMerge
            {
                merging.append(last)
                older.removeLast()
            }
        }
        if merging.count == 1 { return segments + merging }
        return older + [BankSegment(merging: merging.reversed(), isOldest: older.isEmpty)]
    }

    /// Entries whose digest has equal bytes.
    func forEach(equal digest: DigestKey, _ body: (BankRow) -> Void) {
        for index in segments.indices {
            segments[index].forEach(equal: digest) { row in
                if stands(row, in: index) { body(row) }
            }
        }
    }

    /// Entries whose perceptual digest is within the largest distance.
    func forEach(
        near digest: DigestKey, _ question: NearQuestion,
        _ body: (BankRow, _ distance: UInt16) -> Void
    ) {
        for index in segments.indices {
            let segment = segments[index]
            let isAnswered = question.answers?.forEach(of: question.number, in: index) {
                place, distance in
                segment.forEach(at: place, of: digest.algorithm) { row in
                    if stands(row, in: index) { body(row, distance) }
                }
            }
            if isAnswered == true { continue }
            segment.forEach(within: BankSettings.maximumDistance, of: digest) { row, distance in
                if stands(row, in: index) { body(row, distance) }
            }
        }
    }

    /// Entries that are frames of one listed file.
    func forEachFrame(bank: String, file: String, _ body: (BankRow) -> Void) {
        for index in segments.indices {
            segments[index].forEachFrame(bank: bank, file: file) { row in
                if stands(row, in: index) { body(row) }
            }
        }
    }

    private func stands(_ row: BankRow, in index: Int) -> Bool {
        !segments[(index + 1)...].contains { $0.overrides(row) }
    }

    /// Whether an entry of the row's key stands here.
    private func isStanding(_ row: BankRow) -> Bool {
        row.segment.texts.withBytes(of: row.bankNumber) { bank in
            row.segment.withTexts(of: row.index) { texts in
                for segment in segments.reversed() {
                    if let found = segment.row(bank: bank, entry: texts.id) {
                        return !found.isRemoval
                    }
                }
                return false
            }
        }
    }
}
