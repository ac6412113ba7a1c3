/// Texts that repeat – banks, sources, list versions – each kept once and named by a number.
struct TextPool: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each text ends in `bytes`.
    private(set) var ends: [UInt64] = []
    private var table = SlotTable(count: 3)
    private var room = 3

    init() {}

    /// - Returns: nil where the ends are not in order, or not those of the bytes.
    init?(bytes: [UInt8], ends: [UInt64]) {
        guard zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }),
            ends.last ?? 0 == UInt64(bytes.count)
        else { return nil }
        self.bytes = bytes
        self.ends = ends
        grow(to: max(3, ends.count))
    }

    var count: Int { ends.count }

    func withBytes<R>(of number: UInt32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let number = Int(number)
        let from = number == 0 ? 0 : Int(ends[number - 1])
        return bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[from..<Int(ends[number])]))
        }
    }

    func text(_ number: UInt32) -> String {
        withBytes(of: number) { String(decoding: $0, as: UTF8.self) }
    }

    func find(_ text: UnsafeRawBufferPointer) -> UInt32? {
        table.find(Mixing.hash(text)) { isText(text, $0) }.map { UInt32($0) }
    }

    /// The text's number, a new one where it is not held yet.
    mutating func number(_ text: UnsafeRawBufferPointer) -> UInt32 {
        if let known = find(text) { return known }
        if count == room { grow(to: 2 * room) }
        let number = count
        bytes += text
        ends.append(UInt64(bytes.count))
        _ = table.find(Mixing.hash(text), adding: number) { _ in false }
        return UInt32(number)
    }

    private func isText(_ text: UnsafeRawBufferPointer, _ number: Int) -> Bool {
        withBytes(of: UInt32(number)) { $0.equals(text) }
    }

    private mutating func grow(to room: Int) {
        self.room = room
        table = SlotTable(count: room)
        for number in 0..<count {
            let hash = withBytes(of: UInt32(number)) { Mixing.hash($0) }
            _ = table.find(hash, adding: number) { _ in false }
        }
    }
}
