internal import SafetyModel
internal import StateStore

/// Appends the fields of a row; the same fields always give the same bytes.
struct RowWriter {
    var bytes: [UInt8] = []

    mutating func put(_ byte: UInt8) { bytes.append(byte) }
    mutating func put(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    /// Variable length, small numbers short; the sign in the lowest bit.
    mutating func put(_ number: Int64) {
        var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func put(_ instant: Instant) { put(instant.milliseconds) }
    mutating func put(_ id: ContentID) { bytes.append(contentsOf: id.bytes) }

    mutating func put(_ data: [UInt8]) {
        put(Int64(data.count))
        bytes.append(contentsOf: data)
    }

    mutating func put(_ text: String) { put(Array(text.utf8)) }

    mutating func put(_ subject: Subject) {
        put(subject.kind.rawValue)
        put(subject.id)
    }

    mutating func put<T>(_ value: T?, _ body: (inout RowWriter, T) -> Void) {
        put(value != nil)
        if let value { body(&self, value) }
    }

    mutating func put<T>(_ list: [T], _ body: (inout RowWriter, T) -> Void) {
        put(Int64(list.count))
        for item in list { body(&self, item) }
    }
}

/// Reads what `RowWriter` wrote.
struct RowReader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func byte() throws(RowError) -> UInt8 {
        guard at < bytes.count else { throw RowError("it is cut short") }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func flag() throws(RowError) -> Bool { try byte() != 0 }

    mutating func number() throws(RowError) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 64 else { throw RowError("a number is too long") }
            value |= UInt64(next & 0x7f) << shift
            if next < 0x80 { break }
            shift += 7
        }
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func instant() throws(RowError) -> Instant { Instant(milliseconds: try number()) }

    mutating func id() throws(RowError) -> ContentID {
        guard let id = ContentID(bytes: try take(16)) else { throw RowError("an id is cut short") }
        return id
    }

    mutating func data() throws(RowError) -> [UInt8] { try take(try count()) }
    mutating func text() throws(RowError) -> String { String(decoding: try data(), as: UTF8.self) }

    mutating func subject() throws(RowError) -> Subject {
        guard let kind = SubjectKind(rawValue: try byte()) else {
            throw RowError("a subject's kind is unknown")
        }
        return Subject(kind, try text())
    }

    mutating func value<T: RawRepresentable<UInt8>>(_ type: T.Type) throws(RowError) -> T {
        guard let value = T(rawValue: try byte()) else {
            throw RowError("a value of \(type) is unknown")
        }
        return value
    }

    mutating func optional<T>(
        _ body: (inout RowReader) throws(RowError) -> T
    ) throws(RowError) -> T? {
        try flag() ? try body(&self) : nil
    }

    mutating func list<T>(
        _ body: (inout RowReader) throws(RowError) -> T
    ) throws(RowError) -> [T] {
        var list: [T] = []
        for _ in 0..<(try count()) { list.append(try body(&self)) }
        return list
    }

    /// A length cannot exceed what is left, so a damaged one asks for no memory.
    private mutating func count() throws(RowError) -> Int {
        let count = try number()
        guard count >= 0, count <= bytes.count - at else { throw RowError("a length is wrong") }
        return Int(count)
    }

    private mutating func take(_ count: Int) throws(RowError) -> [UInt8] {
        guard count <= bytes.count - at else { throw RowError("it is cut short") }
        defer { at += count }
        return [UInt8](bytes[at..<at + count])
    }
}
