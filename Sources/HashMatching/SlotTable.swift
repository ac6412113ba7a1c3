/// Numbers by hash: open addressing with linear probing, 4 bytes a slot. What the numbers mean, and
/// when two are equal, is the caller's.
struct SlotTable: Sendable {
    /// The number plus 1; 0 where there is none.
    let slots: Slab<UInt32>
    private let mask: Int

    /// - Parameter count: how many numbers it will hold at most.
    init(count: Int) {
        var size = 4
        while size * 3 < count * 4 { size *= 2 }
        slots = Slab(capacity: size)
        mask = size - 1
    }

    /// The table over slots that were filled before: a power of two of them, one of them empty.
    init(slots: Slab<UInt32>) {
        self.slots = slots
        mask = slots.capacity - 1
    }

    /// The number of this hash that is the one.
    func find(_ hash: UInt64, _ isIt: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        for _ in 0..<slots.capacity {
            guard slots[slot] != 0 else { return nil }
            let number = Int(slots[slot]) - 1
            if isIt(number) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Like `find`; adds `number` where there is none. Traps where the table is full: it was made
    /// for fewer.
    func find(_ hash: UInt64, adding number: Int, _ isIt: (Int) -> Bool) -> Int? {
        var slot = Int(truncatingIfNeeded: hash) & mask
        for _ in 0..<slots.capacity {
            guard slots[slot] != 0 else {
                slots[slot] = UInt32(number + 1)
                return nil
            }
            let number = Int(slots[slot]) - 1
            if isIt(number) { return number }
            slot = (slot + 1) & mask
        }
        preconditionFailure("a table of \(slots.capacity) slots is full")
    }
}

/// Hashes that are the same on every machine and in every run, since images keep tables of them.
enum Mixing {
    static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let (high, low) = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }

    static func hash(_ bytes: UnsafeRawBufferPointer, after hash: UInt64 = 0) -> UInt64 {
        var result = mix(hash ^ 0xD6E8_FEB8_6659_FD93, UInt64(bytes.count))
        var at = 0
        while at + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            result = mix(result, UInt64(littleEndian: word))
            at += 8
        }
        var rest: UInt64 = 0
        while at < bytes.count {
            rest = rest << 8 | UInt64(bytes[at])
            at += 1
        }
        return mix(result, rest)
    }
}

extension String {
    /// The text's UTF-8, copied only where it is not in one piece.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
            ?? Array(utf8).withUnsafeBytes(body)
    }
}

extension UnsafeRawBufferPointer {
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        count == other.count && elementsEqual(other)
    }
}
