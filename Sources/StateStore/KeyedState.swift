public import Streaming

/// The rows of one task, in memory. A batch's changes are visible to it at once, and become the
/// committed state by `publish` or are undone by `discard`; neither copies the table.
///
/// Rows lie densely; an open-addressed index of (tag, place) pairs leads to them, so that a look-up
/// touches two cache lines. What a row was before the batch is kept until the batch is settled.
public struct KeyedState<Codec: RowCodec>: Sendable {
    @usableFromInline struct Slot: Sendable {
        @usableFromInline var tag: UInt32
        /// An index of `entries`, -1 where the slot is free.
        @usableFromInline var place: Int32

        @inlinable init(tag: UInt32, place: Int32) {
            self.tag = tag
            self.place = place
        }
    }

    @usableFromInline struct Entry: Sendable {
        @usableFromInline var key: StateKey
        /// 0, or 1 + an index of `touched`.
        @usableFromInline var mark: Int32
        @usableFromInline var row: Codec.Row?

        @inlinable init(key: StateKey) {
            self.key = key
            mark = 0
            row = nil
        }
    }

    @usableFromInline struct Touched: Sendable {
        @usableFromInline var place: Int32
        @usableFromInline var before: Codec.Row?

        @inlinable init(place: Int32, before: Codec.Row?) {
            self.place = place
            self.before = before
        }
    }

    @usableFromInline let codec: Codec
    @usableFromInline var slots: [Slot]
    @usableFromInline var entries: ContiguousArray<Entry> = []
    @usableFromInline var free: [Int32] = []
    @usableFromInline var touched: ContiguousArray<Touched> = []

    /// Makes an empty state.
    @inlinable public init(codec: Codec) {
        self.codec = codec
        slots = Array(repeating: Slot(tag: 0, place: -1), count: 16)
    }

    /// Rows, those of the open batch included.
    @inlinable public var count: Int { entries.count - free.count }

    /// Rows that the open batch has touched.
    @inlinable public var touchedCount: Int { touched.count }

    /// The row as the open batch sees it.
    @inlinable public func row(_ key: StateKey) -> Codec.Row? {
        find(key).flatMap { entries[Int($0)].row }
    }

    /// Reads and changes a row; nil stands for none, before and after. The row counts as changed.
    @inlinable public mutating func update<R>(
        _ key: StateKey, _ body: (inout Codec.Row?) throws -> R
    ) rethrows -> R {
        let place = Int(find(key) ?? insert(key))
        if entries[place].mark == 0 {
            touched.append(Touched(place: Int32(place), before: entries[place].row))
            entries[place].mark = Int32(touched.count)
        }
        return try body(&entries[place].row)
    }

    /// The rows that the open batch has touched, in the order of first touch, one for each key.
    @inlinable public func changes() -> ChangeSet {
        var changes = ChangeSet()
        for item in touched {
            let place = Int(item.place)
            if entries[place].row != nil {
                changes.append(key: entries[place].key) { bytes in
                    if let row = entries[place].row { codec.encode(row, to: &bytes) }
                }
            } else if item.before != nil {
                changes.appendDeletion(of: entries[place].key)
            }
        }
        return changes
    }

    /// The open batch was committed.
    @inlinable public mutating func publish() {
        for item in touched {
            entries[Int(item.place)].mark = 0
            if entries[Int(item.place)].row == nil { remove(item.place) }
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// The open batch was not committed: all rows are again as they were before it.
    @inlinable public mutating func discard() {
        for item in touched {
            entries[Int(item.place)].mark = 0
            entries[Int(item.place)].row = item.before
            if item.before == nil { remove(item.place) }
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Applies a record of the changelog to the committed state.
    /// - Returns: false where the record's key is not that of a row.
    /// - Throws: when the row cannot be read.
    @inlinable public mutating func restore(_ record: Record) throws(RowError) -> Bool {
        guard let key = record.withBytes(of: .key, { $0.flatMap { StateKey($0) } }) else {
            return false
        }
        let row: Result<Codec.Row?, RowError> = record.withBytes(of: .value) { bytes in
            guard let bytes else { return .success(nil) }
            do throws(RowError) { return .success(try codec.decode(bytes)) } catch {
                return .failure(error)
            }
        }
        set(key, try row.get())
        return true
    }

    /// Calls `body` with all rows in the order of their keys, for digests and tests.
    @inlinable public func forEachSorted(_ body: (StateKey, Codec.Row) -> Void) {
        let order = entries.indices.filter { entries[$0].row != nil }
            .sorted { entries[$0].key < entries[$1].key }
        for place in order {
            if let row = entries[place].row { body(entries[place].key, row) }
        }
    }
}

extension KeyedState {
    @inlinable var mask: Int { slots.count - 1 }

    @inlinable func home(_ key: StateKey) -> Int { Int(truncatingIfNeeded: key.low) & mask }

    @inlinable func tag(_ key: StateKey) -> UInt32 { UInt32(truncatingIfNeeded: key.high) }

    @inlinable func find(_ key: StateKey) -> Int32? {
        let tag = tag(key)
        var at = home(key)
        while slots[at].place >= 0 {
            if slots[at].tag == tag, entries[Int(slots[at].place)].key == key {
                return slots[at].place
            }
            at = (at + 1) & mask
        }
        return nil
    }

    @inlinable mutating func set(_ key: StateKey, _ row: Codec.Row?) {
        if let place = find(key) {
            entries[Int(place)].row = row
            if row == nil { remove(place) }
        } else if row != nil {
            entries[Int(insert(key))].row = row
        }
    }

    @inlinable mutating func insert(_ key: StateKey) -> Int32 {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        let place: Int32
        if let reused = free.popLast() {
            place = reused
            entries[Int(place)] = Entry(key: key)
        } else {
            place = Int32(entries.count)
            entries.append(Entry(key: key))
        }
        link(key, place)
        return place
    }

    @inlinable mutating func link(_ key: StateKey, _ place: Int32) {
        var at = home(key)
        while slots[at].place >= 0 { at = (at + 1) & mask }
        slots[at] = Slot(tag: tag(key), place: place)
    }

    @inlinable mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(tag: 0, place: -1), count: old.count * 2)
        for slot in old where slot.place >= 0 {
            link(entries[Int(slot.place)].key, slot.place)
        }
    }

    /// Takes a key out of the index, and closes the gap so that probing needs no tombstones.
    @inlinable mutating func remove(_ place: Int32) {
        var gap = home(entries[Int(place)].key)
        while slots[gap].place != place { gap = (gap + 1) & mask }
        var next = (gap + 1) & mask
        while slots[next].place >= 0 {
            let home = home(entries[Int(slots[next].place)].key)
            if (next - home) & mask >= (next - gap) & mask {
                slots[gap] = slots[next]
                gap = next
            }
            next = (next + 1) & mask
        }
        slots[gap] = Slot(tag: 0, place: -1)
        entries[Int(place)].row = nil
        free.append(place)
    }
}
