/// Reads the numbers of a generated table: five bits a character, the sixth says that more follow.
struct TableReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var at = 0

    /// - Parameter table: lives for ever, as a literal does.
    init(_ table: StaticString) {
        text = UnsafeBufferPointer(start: table.utf8Start, count: table.utf8CodeUnitCount)
    }

    mutating func next() -> UInt32? {
        guard at < text.count else { return nil }
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while at < text.count {
            let digit = Self.digit(text[at])
            at += 1
            value |= (digit & 31) << shift
            if digit < 32 { break }
            shift += 5
        }
        return value
    }

    private static func digit(_ character: UInt8) -> UInt32 {
        switch character {
        case 0x30...0x39: UInt32(character - 0x30)
        case 0x41...0x5A: UInt32(character - 0x41 + 10)
        case 0x61...0x7A: UInt32(character - 0x61 + 36)
        case 0x2B: 62
        default: 63
        }
    }
}

/// From scalar to a short sequence, in two steps of an array.
struct ScalarMap: Sendable {
    private static let block = 128
    private var blocks: [UInt16]
    /// Start in `pool` plus 1; 0 where the scalar has no entry.
    private var starts: [UInt32]
    /// Length, then the scalars.
    private var pool: [UInt32] = []

    init(_ table: StaticString) {
        blocks = [UInt16](repeating: 0, count: 0x110000 / Self.block)
        starts = [UInt32](repeating: 0, count: Self.block)
        var reader = TableReader(table)
        var scalar: UInt32 = 0
        while let delta = reader.next(), let count = reader.next() {
            scalar += delta
            set(scalar, to: UInt32(pool.count + 1))
            pool.append(count)
            for _ in 0..<count { pool.append(reader.next() ?? 0) }
        }
    }

    private mutating func set(_ scalar: UInt32, to start: UInt32) {
        let block = Int(scalar) / Self.block
        if blocks[block] == 0 {
            blocks[block] = UInt16(starts.count / Self.block)
            starts += [UInt32](repeating: 0, count: Self.block)
        }
        starts[Int(blocks[block]) * Self.block + Int(scalar) % Self.block] = start
    }

    /// nil where the scalar stands for itself.
    subscript(scalar: UInt32) -> ArraySlice<UInt32>? {
        let block = Int(blocks[Int(scalar) / Self.block])
        let start = Int(starts[block * Self.block + Int(scalar) % Self.block])
        guard start > 0 else { return nil }
        return pool[start..<start + Int(pool[start - 1])]
    }
}

/// A small number for each scalar of some ranges, 0 elsewhere.
struct ScalarRanges: Sendable {
    private var starts: [UInt32] = []
    private var ends: [UInt32] = []
    private var values: [UInt8] = []

    init(_ table: StaticString) {
        var reader = TableReader(table)
        var end: UInt32 = 0
        while let gap = reader.next(), let count = reader.next(), let value = reader.next() {
            starts.append(end + gap)
            end += gap + count
            ends.append(end)
            values.append(UInt8(truncatingIfNeeded: value))
        }
    }

    subscript(scalar: UInt32) -> UInt8 {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= scalar { low = middle + 1 } else { high = middle }
        }
        return low < starts.count && starts[low] <= scalar ? values[low] : 0
    }
}
