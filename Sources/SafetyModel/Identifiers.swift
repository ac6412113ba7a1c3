/// An id that derives from content (I5): the first 128 bits of a SHA-256, so that the same content
/// has the same id wherever and whenever it is processed. How each is derived: `EventSchemas`.
public struct ContentID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads sixteen bytes, big-endian; `nil` for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(high: 0, low: 0)
        for byte in bytes {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(byte)
        }
    }

    /// Reads 32 hexadecimal digits; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    public static let zero = ContentID(high: 0, low: 0)

    public static func < (a: ContentID, b: ContentID) -> Bool {
        (a.high, a.low) < (b.high, b.low)
    }

    /// The sixteen bytes, big-endian.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for i in 0..<8 {
                buffer[i] = UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64(i)))
                buffer[8 + i] = UInt8(truncatingIfNeeded: low >> (56 - 8 * UInt64(i)))
            }
            count = 16
        }
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { bytes.hex }

    /// Appends the same digits.
    public func appendHex(to text: inout [UInt8]) {
        for place in 0..<32 as Range<UInt64> {
            let word = place < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> (60 - place % 16 * 4) & 15)
            text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}

extension Collection<UInt8> {
    /// Lower-case hexadecimal digits, two a byte.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    /// Reads hexadecimal digits of either case, two a byte; `nil` for anything else.
    public init?(hex text: some StringProtocol) {
        var bytes: [UInt8] = []
        var pending: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x61...0x66: digit = character - 0x61 + 10
            case 0x41...0x46: digit = character - 0x41 + 10
            default: return nil
            }
            if let high = pending {
                bytes.append(high << 4 | digit)
                pending = nil
            } else {
                pending = digit
            }
        }
        guard pending == nil else { return nil }
        self = bytes
    }
}
