extension BankSnapshot {
    /// Rows outside the oldest segment: what makes look-ups slower than they could be.
    public var looseRows: Int {
        segments.dropFirst().reduce(0) { $0 + $1.rowCount }
    }

    /// Rows of the oldest segment.
    public var baseRows: Int { segments.first?.rowCount ?? 0 }

    /// The same snapshot, with its segments kept as they are until a rebuild of it is adopted.
    public func sealing() -> BankSnapshot {
        BankSnapshot(
            segments: segments, sealed: segments.count, version: version, entryCount: entryCount)
    }

    /// The same entries in one segment. Takes about 1 µs of CPU an entry and, until the old segments
    /// are let go, as much memory again.
    public func rebuilt() -> BankSnapshot {
        if segments.count == 1, baseRows == entryCount {
            return BankSnapshot(
                segments: segments, sealed: 0, version: version, entryCount: entryCount)
        }
        let base = BankSegment(merging: segments, isOldest: true)
        return BankSnapshot(
            segments: base.rowCount == 0 ? [] : [base], sealed: 0, version: version,
            entryCount: entryCount)
    }

    /// Takes over a rebuild, with what was applied since `sealed` on top.
    /// - Parameters:
    ///   - rebuilt: what `sealed.rebuilt()` gave.
    ///   - sealed: what `sealing` gave, and what this snapshot grew from.
    /// - Returns: nil where this snapshot did not grow from `sealed`.
    public func adopting(_ rebuilt: BankSnapshot, of sealed: BankSnapshot) -> BankSnapshot? {
        let count = sealed.segments.count
        guard segments.count >= count,
            zip(segments, sealed.segments).allSatisfy({ $0 === $1 })
        else { return nil }
        return BankSnapshot(
            segments: rebuilt.segments + segments[count...], sealed: 0, version: version,
            entryCount: entryCount)
    }
}
