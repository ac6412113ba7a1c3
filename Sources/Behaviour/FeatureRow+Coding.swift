import SafetyModel

// The changelog's form of a row: for each cell its definition's digest, the length of what follows,
// and the content, so that a reader whose pack does not define the cell can pass over it.
extension FeatureRow {
    /// At least as many bytes as `encode` writes.
    var encodedLimit: Int { 16 + words.count * 24 }

    func encode(_ layout: Layout, _ base: Instant, _ writer: inout StateWriter) {
        writer.number(UInt64(words.prefix(layout.mapWords).reduce(0) { $0 + $1.nonzeroBitCount }))
        forEach(layout.mapWords) { place, at in
            let cell = layout.cells[place]
            writer.fixed(cell.digest)
            let start = writer.beginLength()
            let head = BlockHead(words[at])
            writer.byte(cell.form.rawValue)
            writer.byte(head.variant.rawValue)
            switch head.variant {
            case .narrow, .wide: encodeRing(cell, at, head, base, &writer)
            case .exact, .sketch: encodeSet(cell, at, head, base, &writer)
            case .plain:
                for i in 1..<head.length { writer.fixed(words[at + i]) }
            }
            writer.endLength(start)
        }
    }

    private func encodeRing(
        _ cell: Cell, _ at: Int, _ head: BlockHead, _ base: Instant, _ writer: inout StateWriter
    ) {
        writer.number(age(cell, head, base))
        let newest = Int64(head.newest)
        var sums: [UInt64] = []
        var mask: UInt64 = 0
        for i in 0..<min(Int64(cell.held), newest + 1) {
            let sum = UInt64(sum(cell, at, from: newest - i, to: newest - i))
            guard sum > 0 else { continue }
            mask |= 1 << UInt64(i)
            sums.append(sum)
        }
        writer.number(mask)
        for sum in sums { writer.number(sum) }
    }

    private func encodeSet(
        _ cell: Cell, _ at: Int, _ head: BlockHead, _ base: Instant, _ writer: inout StateWriter
    ) {
        writer.number(age(cell, head, base))
        guard head.variant == .exact else {
            writer.number(UInt64(rotated(UInt32(truncatingIfNeeded: words[at + 1]), head.newest)))
            for i in 2..<head.length { encodeRegisters(words[at + i], &writer) }
            return
        }
        writer.number(UInt64(head.count))
        for i in 0..<head.count {
            writer.fixed(words[at + 1 + i])
            writer.number(UInt64(rotated(mask(at, head.count, i), head.newest)))
        }
    }

    /// Which of eight registers are not zero, and those.
    private func encodeRegisters(_ word: UInt64, _ writer: inout StateWriter) {
        var present: UInt8 = 0
        for i in 0..<8 as Range<UInt64> where word >> (i * 8) & 0xff != 0 { present |= 1 << i }
        writer.byte(present)
        for i in 0..<8 as Range<UInt64> where present >> i & 1 == 1 {
            writer.byte(UInt8(truncatingIfNeeded: word >> (i * 8)))
        }
    }

    /// Buckets from a cell's newest to the subject's.
    private func age(_ cell: Cell, _ head: BlockHead, _ base: Instant) -> UInt64 {
        let newest = cell.window?.resolution.bucket(base) ?? 0
        return UInt64(max(newest - Int64(head.newest), 0))
    }
}

/// A mask of buckets with the newest as bit 0 and older ones next to it, so that what was seen
/// lately is a small number. It is its own inverse.
private func rotated(_ mask: UInt32, _ newest: UInt32) -> UInt32 {
    var result: UInt32 = 0
    for i in 0..<32 as Range<UInt32> where mask >> i & 1 == 1 {
        result |= 1 << ((newest &- i) & 31)
    }
    return result
}

extension FeatureRow {
    /// Reads what `encode` wrote, into a row without cells. Cells that the layout does not define are
    /// passed over.
    mutating func readCells(
        _ reader: inout StateReader, _ layout: Layout, _ base: Instant
    ) throws(StateError) {
        var previous: UInt64?
        for _ in 0..<(try reader.count(limit: Layout.maximumCells)) {
            let digest = try reader.fixed()
            guard previous.map({ $0 < digest }) ?? true else { throw StateError(.malformed) }
            previous = digest
            var content = try reader.part()
            guard let place = layout.place(of: digest) else { continue }
            try read(&content, layout, place, base)
            guard content.isAtEnd else { throw StateError(.malformed) }
        }
    }

    private mutating func read(
        _ reader: inout StateReader, _ layout: Layout, _ place: Int, _ base: Instant
    ) throws(StateError) {
        let cell = layout.cells[place]
        guard try reader.byte() == cell.form.rawValue,
            let variant = BlockHead.Variant(rawValue: try reader.byte())
        else { throw StateError(.malformed) }
        switch (cell.form, variant) {
        case (.ring, .narrow), (.ring, .wide):
            try readRing(&reader, layout, place, variant, base)
        case (.distinct, .exact): try readExact(&reader, layout, place, base)
        case (.distinct, .sketch): try readSketch(&reader, layout, place, base)
        case (.decayed, .plain), (.last, .plain):
            let at = insert(place, BlockHead(length: 3, variant: .plain), layout.mapWords)
            words[at + 1] = try reader.fixed()
            words[at + 2] = try reader.fixed()
        case (.newest, .plain), (.oldest, .plain):
            let at = insert(place, BlockHead(length: 2, variant: .plain), layout.mapWords)
            words[at + 1] = try reader.fixed()
        default: throw StateError(.malformed)
        }
    }

    private func newest(
        _ reader: inout StateReader, _ cell: Cell, _ base: Instant
    ) throws(StateError) -> UInt32 {
        let latest = cell.window?.resolution.bucket(base) ?? 0
        let age = try reader.number()
        guard age <= UInt64(latest) else { throw StateError(.malformed) }
        return UInt32(truncatingIfNeeded: latest - Int64(age))
    }

    private mutating func readRing(
        _ reader: inout StateReader, _ layout: Layout, _ place: Int, _ variant: BlockHead.Variant,
        _ base: Instant
    ) throws(StateError) {
        let cell = layout.cells[place]
        let newest = try newest(&reader, cell, base)
        let mask = try reader.number()
        guard mask >> UInt64(cell.held) == 0, mask.leadingZeroBitCount >= 63 - Int(min(newest, 63))
        else { throw StateError(.malformed) }
        let head = BlockHead(length: 1 + cell.held / 8, variant: .narrow, newest: newest)
        let at = insert(place, head, layout.mapWords)
        if variant == .wide { widen(at, cell.held) }
        for i in 0..<Int64(cell.held) where mask >> UInt64(i) & 1 == 1 {
            let sum = try reader.number()
            guard sum > 0, sum <= (variant == .narrow ? 255 : UInt64(UInt32.max)) else {
                throw StateError(.malformed)
            }
            add(
                cell, place, layout.mapWords, UInt32(truncatingIfNeeded: sum),
                bucket: Int64(newest) - i)
        }
    }

    private mutating func readExact(
        _ reader: inout StateReader, _ layout: Layout, _ place: Int, _ base: Instant
    ) throws(StateError) {
        let newest = try newest(&reader, layout.cells[place], base)
        var tokens: [UInt64] = []
        var masks: [UInt32] = []
        for _ in 0..<(try reader.count(limit: Self.exactLimit)) {
            tokens.append(try reader.fixed())
            let mask = UInt32(truncatingIfNeeded: try reader.number())
            guard mask != 0 else { throw StateError(.malformed) }
            masks.append(rotated(mask, newest))
        }
        let head = BlockHead(length: 1, variant: .exact, newest: newest)
        store(insert(place, head, layout.mapWords), tokens, masks)
    }

    private mutating func readSketch(
        _ reader: inout StateReader, _ layout: Layout, _ place: Int, _ base: Instant
    ) throws(StateError) {
        let newest = try newest(&reader, layout.cells[place], base)
        let live = rotated(UInt32(truncatingIfNeeded: try reader.number()), newest)
        guard live != 0 else { throw StateError(.malformed) }
        let length = 2 + live.nonzeroBitCount * HyperLogLog.words
        let head = BlockHead(length: length, variant: .sketch, newest: newest)
        let at = insert(place, head, layout.mapWords)
        words[at + 1] = UInt64(live)
        for i in 2..<length {
            let present = try reader.byte()
            for j in 0..<8 as Range<UInt64> where present >> j & 1 == 1 {
                words[at + i] |= UInt64(try reader.byte()) << (j * 8)
            }
        }
    }
}
