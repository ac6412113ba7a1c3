/// Not an error: the record is uncommon, and the generated decoder shall judge it.
struct Uncommon: Error {}

/// The fields of one message as they lie on the wire, found in one pass without a copy. It knows
/// varints, 64-bit and length-delimited fields with numbers below 28, each at most once; the rest
/// is `Uncommon`. What reads a field is inlined, or the whole value would be copied for each.
struct WireFields {
    private let base: UnsafeRawBufferPointer
    /// A varint's value, or start and count of a length-delimited field.
    private var values = InlineArray<28, UInt64>(repeating: 0)
    private var varints: UInt32 = 0
    private var slices: UInt32 = 0
    private var words: UInt32 = 0

    init(_ message: UnsafeRawBufferPointer) throws(Uncommon) {
        base = message
        var at = 0
        while at < message.count {
            let tag = try Self.varint(message, &at)
            guard tag < 256 else { throw Uncommon() }
            let number = Int(tag >> 3)
            guard number > 0, number < 28, (varints | slices | words) & (1 << number) == 0 else {
                throw Uncommon()
            }
            switch tag & 7 {
            case 0:
                values[number] = try Self.varint(message, &at)
                varints |= 1 << number
            case 1:
                guard message.count - at >= 8 else { throw Uncommon() }
                values[number] = UInt64(
                    littleEndian: message.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                words |= 1 << number
                at += 8
            case 2:
                let count = try Self.varint(message, &at)
                guard count <= UInt64(message.count - at) else { throw Uncommon() }
                values[number] = UInt64(at) << 32 | count
                slices |= 1 << number
                at += Int(count)
            default: throw Uncommon()
            }
        }
    }

    private static func varint(
        _ bytes: UnsafeRawBufferPointer, _ at: inout Int
    ) throws(Uncommon) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.count, shift < 63 {
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Uncommon()
    }

    /// Refuses fields other than these.
    /// - Parameters: field numbers as bits.
    @inline(__always) func allow(
        varints: UInt32, slices: UInt32, words: UInt32 = 0
    ) throws(Uncommon) {
        let others = self.varints & ~varints | self.slices & ~slices | self.words & ~words
        if others != 0 { throw Uncommon() }
    }

    /// Which length-delimited fields are present, as bits.
    var present: UInt32 { slices }

    @inline(__always) func has(_ number: Int) -> Bool { slices & (1 << number) != 0 }

    @inline(__always) func number(_ number: Int) -> UInt64 { values[number] }

    /// An enum's number: none of the contract's is negative or beyond `last`, and none is left out.
    @inline(__always) func number(_ number: Int, upTo last: UInt64) throws(Uncommon) -> UInt64 {
        if values[number] > last { throw Uncommon() }
        return values[number]
    }

    /// A time in Unix milliseconds that can be.
    @inline(__always) func time(_ number: Int) throws(Uncommon) -> UInt64 {
        try self.number(number, upTo: UInt64(Limits.latestTime))
    }

    @inline(__always) func bytes(_ number: Int) -> UnsafeRawBufferPointer {
        guard has(number) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let start = Int(values[number] >> 32)
        let count = Int(values[number] & 0xffff_ffff)
        return UnsafeRawBufferPointer(rebasing: base[start..<start + count])
    }

    func message(_ number: Int) throws(Uncommon) -> WireFields {
        try WireFields(bytes(number))
    }

    /// An ASCII text of at most `limit` bytes, not copied.
    @inline(__always) func ascii(
        _ number: Int, atMost limit: Int = Limits.tokenBytes
    ) throws(Uncommon) -> UnsafeRawBufferPointer {
        try Self.ascii(bytes(number), atMost: limit)
    }

    private static func ascii(
        _ text: UnsafeRawBufferPointer, atMost limit: Int
    ) throws(Uncommon) -> UnsafeRawBufferPointer {
        guard text.count <= limit else { throw Uncommon() }
        var at = 0
        var seen: UInt64 = 0
        while at + 8 <= text.count {
            seen |= text.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            at += 8
        }
        while at < text.count {
            seen |= UInt64(text[at])
            at += 1
        }
        guard seen & 0x8080_8080_8080_8080 == 0 else { throw Uncommon() }
        return text
    }

    /// An ASCII text; empty where the field is missing.
    @inline(__always) func text(_ number: Int) throws(Uncommon) -> String {
        try Self.text(bytes(number))
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) throws(Uncommon) -> String {
        let text = try ascii(bytes, atMost: Limits.tokenBytes)
        return String(unsafeUninitializedCapacity: text.count) { buffer in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: text)
            return text.count
        }
    }

    /// nil where the field is missing or empty.
    @inline(__always) func optionalText(_ number: Int) throws(Uncommon) -> String? {
        bytes(number).isEmpty ? nil : try text(number)
    }

    /// A text that must not be empty.
    @inline(__always) func id(_ number: Int) throws(Uncommon) -> String {
        if bytes(number).isEmpty { throw Uncommon() }
        return try text(number)
    }
}
