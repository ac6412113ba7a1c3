internal import SafetyModel

/// An entry as a segment keeps it: 32 bytes and its own texts.
struct StoredRow: BitwiseCopyable {
    /// Where its texts start: the entry's id, its key and, where `place` is none, its digest, each
    /// after its length.
    var text: UInt64
    /// The digest's place in the set of its algorithm.
    var place: UInt32
    /// The next row with an equal digest.
    var next: UInt32
    /// Numbers of texts that repeat.
    var bank: UInt32
    var source: UInt32
    var listVersion: UInt32
    var category: UInt8
    var algorithm: UInt8
    var quality: UInt8
    /// The operation in the low two bits, then quarantine.
    var flags: UInt8

    static let none = UInt32.max
    static let quarantined: UInt8 = 4

    var isRemoval: Bool { flags & 3 == HashEntry.Operation.remove.rawValue }
    /// A frame of a video, with a digest that can be found.
    var isFrame: Bool { algorithm == HashAlgorithm.vpdq.rawValue && place != Self.none }
}

/// One entry of a segment; what it holds becomes strings and arrays only where it is asked for.
struct BankRow {
    let segment: BankSegment
    let index: Int

    private var row: StoredRow { segment.rows[index] }

    /// A number for the bank's name, within the segment.
    var bankNumber: UInt32 { row.bank }
    var bank: String { segment.texts.text(row.bank) }
    var quality: UInt8 { row.quality }
    var isRemoval: Bool { row.isRemoval }

    /// The id within the bank.
    var entry: String { segment.withTexts(of: index) { String(decoding: $0.id, as: UTF8.self) } }

    /// The source's key, or the id where it gave none: what frames of one video share.
    var file: String {
        segment.withTexts(of: index) {
            String(decoding: $0.key.isEmpty ? $0.id : $0.key, as: UTF8.self)
        }
    }

    /// All of it.
    var hashEntry: HashEntry {
        let row = row
        let algorithm = HashAlgorithm(rawValue: row.algorithm) ?? .sha256
        return segment.withTexts(of: index) { texts in
            HashEntry(
                operation: HashEntry.Operation(rawValue: row.flags & 3) ?? .add,
                bank: segment.texts.text(row.bank),
                entry: String(decoding: texts.id, as: UTF8.self),
                category: BankCategory(rawValue: row.category) ?? .lead,
                digest: MediaDigest(
                    algorithm,
                    row.place == StoredRow.none
                        ? Array(texts.digest)
                        : segment.set(of: algorithm).bytes(at: Int(row.place)),
                    quality: row.quality),
                source: segment.texts.text(row.source),
                listVersion: segment.texts.text(row.listVersion),
                quarantined: row.flags & StoredRow.quarantined != 0,
                entryKey: String(decoding: texts.key, as: UTF8.self))
        }
    }
}

/// The texts of one row.
struct RowTexts {
    var id: UnsafeRawBufferPointer
    var key: UnsafeRawBufferPointer
    /// Only of a row whose digest is in no set.
    var digest: UnsafeRawBufferPointer

    /// Bytes that a text takes with its length, seven bits a byte, the last one's high bit clear.
    static func room(for count: Int) -> Int {
        var (room, rest) = (count + 1, count >> 7)
        while rest != 0 {
            room += 1
            rest >>= 7
        }
        return room
    }

    static func write(_ text: UnsafeRawBufferPointer, to arena: Slab<UInt8>, at position: inout Int)
    {
        var rest = text.count
        while rest > 0x7F {
            arena[position] = UInt8(rest & 0x7F | 0x80)
            position += 1
            rest >>= 7
        }
        arena[position] = UInt8(rest)
        position += 1
        for byte in text {
            arena[position] = byte
            position += 1
        }
    }

    static func read(_ arena: Slab<UInt8>, at position: inout Int) -> UnsafeRawBufferPointer {
        var (count, shift) = (0, 0)
        while true {
            let byte = arena[position]
            position += 1
            count |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        defer { position += count }
        return UnsafeRawBufferPointer(start: arena.base + position, count: count)
    }
}
