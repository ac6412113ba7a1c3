public import SafetyModel

/// All banks as they stood at one version. Immutable, so that any number of lanes may share it.
///
/// Made of segments, the oldest and largest first; a newer one overrides an older one by key.
/// Merging keeps their number logarithmic and the work of a change amortised.
public struct BankSnapshot: Sendable {
    /// No entries, version 0.
    public static let empty = BankSnapshot(segments: [], version: 0, entryCount: 0)

    private let segments: [BankSegment]
    /// The offset of the last entry applied, plus 1.
    public let version: Int64
    /// Entries that stand.
    public let entryCount: Int

    private init(segments: [BankSegment], version: Int64, entryCount: Int) {
        self.segments = segments
        self.version = version
        self.entryCount = entryCount
    }

    /// The snapshot after more of the entries' topic.
    /// - Parameters:
    ///   - entries: in order of offset; nil for a record that held no usable entry.
    ///   - version: the last delivered offset plus 1.
    public func applying(
        _ entries: [(offset: Int64, entry: HashEntry?)], version: Int64
    ) -> BankSnapshot {
        var places: [EntryKey: Int] = [:]
        var rows: [HashEntry] = []
        for case (_, let entry?) in entries {
            if let place = places[EntryKey(entry)] {
                rows[place] = entry
            } else {
                places[EntryKey(entry)] = rows.count
                rows.append(entry)
            }
        }
        guard !rows.isEmpty else {
            return BankSnapshot(segments: segments, version: version, entryCount: entryCount)
        }
        var count = entryCount
        for row in rows {
            count -= contains(bank: row.bank, entry: row.entry) == nil ? 0 : 1
            count += row.operation == .remove ? 0 : 1
        }
        return BankSnapshot(
            segments: Self.merged(segments, BankSegment(rows)), version: version,
            entryCount: count)
    }

    /// The entry as it stands, nil where it was never added or is removed.
    public func contains(bank: String, entry: String) -> HashEntry? {
        let key = EntryKey(bank: bank, entry: entry)
        for segment in segments.reversed() {
            if let row = segment.row(key) { return row.operation == .remove ? nil : row }
        }
        return nil
    }

    /// Appends a segment, after merging into it those that are not twice its size.
    private static func merged(_ older: [BankSegment], _ newest: BankSegment) -> [BankSegment] {
        var segments = older
        var merged = [newest]
        var count = newest.rows.count
        while let last = segments.last, last.rows.count < 2 * count {
            merged.append(last)
            count += last.rows.count
            segments.removeLast()
        }
        if merged.count == 1, !segments.isEmpty { return segments + merged }
        var rows: [HashEntry] = []
        rows.reserveCapacity(count)
        for (index, segment) in merged.enumerated() {
            for row in segment.rows {
                if segments.isEmpty, row.operation == .remove { continue }
                let key = EntryKey(row)
                if !merged[..<index].contains(where: { $0.holds(key) }) { rows.append(row) }
            }
        }
        return rows.isEmpty ? segments : segments + [BankSegment(rows)]
    }

    /// Entries whose digest has equal bytes.
    func forEach(equal digest: DigestKey, _ body: (HashEntry) -> Void) {
        for index in segments.indices {
            segments[index].forEach(equal: digest) { row in
                if stands(row, in: index) { body(row) }
            }
        }
    }

    /// Entries whose perceptual digest is within a radius.
    func forEach(
        within radius: UInt16, of digest: DigestKey, _ body: (HashEntry, _ distance: UInt16) -> Void
    ) {
        for index in segments.indices {
            segments[index].forEach(within: radius, of: digest) { row, distance in
                if stands(row, in: index) { body(row, distance) }
            }
        }
    }

    private func stands(_ row: HashEntry, in index: Int) -> Bool {
        guard index + 1 < segments.count else { return true }
        let key = EntryKey(row)
        return !segments[(index + 1)...].contains { $0.holds(key) }
    }
}
