import SafetyModel

/// Of what distinct parties are counted. Raw values are in stored state: append only.
enum DistinctSlot: UInt8, CaseIterable {
    case reporters = 1
    /// Reporters whose account was 30 days old at the report, and trusted sources.
    case agedReporters
    case blockers, sources, sourceClasses
}

/// Small exact sets of parties, with the days each was seen on.
struct DistinctSets: Sendable, Equatable {
    struct Cell: Sendable, Equatable {
        var token: UInt64
        /// Bit d mod 32 is set for each day d of the last 32.
        var days: UInt32
        var slot: UInt8
    }

    /// The most parties held per slot (I11). Past it, the party that was seen longest ago gives
    /// way, so that a count is right up to this number.
    static let limit = 64

    /// Ascending by slot and token.
    private(set) var cells: [Cell] = []
    /// Days since 1970 of the newest event.
    private(set) var newestDay: Int64 = 0

    init() {}

    /// - Returns: nil where the cells do not ascend.
    init?(cells: [Cell], newestDay: Int64) {
        for (a, b) in zip(cells, cells.dropFirst()) where !Self.precedes(a, b) { return nil }
        self.cells = cells
        self.newestDay = newestDay
    }

    private static func precedes(_ a: Cell, _ b: Cell) -> Bool {
        (a.slot, a.token) < (b.slot, b.token)
    }

    /// The subject's newest event is on `day`: days that are no longer held are forgotten.
    mutating func advance(to day: Int64) {
        guard day > newestDay else { return }
        let passed = day - newestDay
        newestDay = day
        guard !cells.isEmpty else { return }
        let cleared = passed >= 32 ? ~0 : Self.mask(last: passed, to: day)
        for index in cells.indices { cells[index].days &= ~cleared }
        cells.removeAll { $0.days == 0 }
    }

    /// The party was seen on a day that is held.
    mutating func insert(_ slot: DistinctSlot, _ token: UInt64, day: Int64) {
        guard token != 0 else { return }
        let cell = Cell(token: token, days: Self.mask(last: 1, to: day), slot: slot.rawValue)
        let index = position(cell)
        if index < cells.count, !Self.precedes(cell, cells[index]) {
            cells[index].days |= cell.days
            return
        }
        let same = cells.indices.filter { cells[$0].slot == slot.rawValue }
        guard same.count >= Self.limit,
            let oldest = same.min(by: { lastDay(cells[$0]) < lastDay(cells[$1]) })
        else {
            cells.insert(cell, at: index)
            return
        }
        guard day > lastDay(cells[oldest]) else { return }
        cells.remove(at: oldest)
        cells.insert(cell, at: oldest < index ? index - 1 : index)
    }

    mutating func remove(_ slot: DistinctSlot, _ token: UInt64) {
        cells.removeAll { $0.slot == slot.rawValue && $0.token == token }
    }

    /// How many parties were seen in the `count` days that end with `day`.
    func count(_ slot: DistinctSlot, last count: Int64, to day: Int64) -> Int64 {
        // Days that are not held share their bit with one that is.
        let end = min(day, newestDay)
        let length = min(count - (day - end), 32 - (newestDay - end))
        guard length > 0 else { return 0 }
        let mask = Self.mask(last: length, to: end)
        var found: Int64 = 0
        for cell in cells where cell.slot == slot.rawValue && cell.days & mask != 0 { found += 1 }
        return found
    }

    private static func mask(last count: Int64, to day: Int64) -> UInt32 {
        var mask: UInt32 = 0
        for d in 0..<min(count, 32) { mask |= 1 << UInt32(truncatingIfNeeded: (day - d) & 31) }
        return mask
    }

    private func lastDay(_ cell: Cell) -> Int64 {
        for d in 0..<32 where cell.days & Self.mask(last: 1, to: newestDay - Int64(d)) != 0 {
            return newestDay - Int64(d)
        }
        return newestDay - 32
    }

    private func position(_ cell: Cell) -> Int {
        cells.firstIndex { !Self.precedes($0, cell) } ?? cells.count
    }
}
