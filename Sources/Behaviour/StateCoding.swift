import SafetyModel

/// Bytes that are no state.
public struct StateError: Error, Hashable, Sendable {
    /// What is wrong with the bytes.
    public enum Reason: String, Sendable {
        case truncated
        /// Written by another version of the layout.
        case unknownVersion
        case malformed
    }

    /// What is wrong with the bytes.
    public var reason: Reason

    /// Bytes that are wrong in this way.
    public init(_ reason: Reason) { self.reason = reason }
}

/// Writes numbers as few bytes, into room that was measured before.
struct StateWriter {
    private let bytes: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// - Parameter bytes: room for all that will be written.
    init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

    /// The most bytes of a number.
    static let numberLimit = 10

    mutating func byte(_ value: UInt8) {
        bytes[count] = value
        count += 1
    }

    /// Seven bits a byte, the lowest first.
    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            byte(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        byte(UInt8(truncatingIfNeeded: rest))
    }

    mutating func signed(_ value: Int64) {
        number(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func fixed(_ value: UInt64) {
        bytes.storeBytes(of: value.littleEndian, toByteOffset: count, as: UInt64.self)
        count += 8
    }

    mutating func text(_ value: String) {
        number(UInt64(value.utf8.count))
        for character in value.utf8 { byte(character) }
    }

    /// Two bytes for the length of what follows, which `endLength` fills in.
    mutating func beginLength() -> Int {
        count += 2
        return count
    }

    mutating func endLength(_ start: Int) {
        let length = UInt16(clamping: count - start)
        bytes.storeBytes(of: length.littleEndian, toByteOffset: start - 2, as: UInt16.self)
    }

    mutating func id(_ value: ContentID) {
        fixed(value.high)
        fixed(value.low)
    }
}

/// Reads what `StateWriter` wrote; anything else is an error, never a trap.
struct StateReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(StateError) -> UInt8 {
        guard position < bytes.count else { throw StateError(.truncated) }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(StateError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let next = try byte()
            if shift == 63 && next > 1 { throw StateError(.malformed) }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { return value }
        }
        throw StateError(.malformed)
    }

    mutating func signed() throws(StateError) -> Int64 {
        let value = try number()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func fixed() throws(StateError) -> UInt64 {
        guard bytes.count - position >= 8 else { throw StateError(.truncated) }
        defer { position += 8 }
        return UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// What `beginLength` and `endLength` stand round.
    mutating func part() throws(StateError) -> StateReader {
        let length = Int(try byte()) | Int(try byte()) << 8
        guard bytes.count - position >= length else { throw StateError(.truncated) }
        defer { position += length }
        return StateReader(
            UnsafeRawBufferPointer(rebasing: bytes[position..<position + length]))
    }

    mutating func text() throws(StateError) -> String {
        let count = try self.count(limit: Subject.maximumIDBytes)
        guard bytes.count - position >= count else { throw StateError(.truncated) }
        defer { position += count }
        let slice = bytes[position..<position + count]
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw StateError(.malformed)
        }
        return text
    }

    mutating func id() throws(StateError) -> ContentID {
        ContentID(high: try fixed(), low: try fixed())
    }

    /// A number of things to follow, no more than are ever written.
    mutating func count(limit: Int) throws(StateError) -> Int {
        let value = try number()
        guard value <= UInt64(limit) else { throw StateError(.malformed) }
        return Int(value)
    }
}
