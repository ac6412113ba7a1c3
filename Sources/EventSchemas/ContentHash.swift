internal import Crypto
public import SafetyModel

/// Derives a `ContentID` (I5): SHA-256 over a label, a zero byte and the parts, each after its
/// length (u32, big-endian), so that no two lists of parts give the same bytes.
public struct ContentHash: Sendable {
    private var bytes: [UInt8] = []

    /// - Parameter label: names the use, so that ids of different uses never meet.
    public init(_ label: StaticString) {
        bytes.reserveCapacity(160)
        label.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(0)
    }

    /// Adds a part's UTF-8.
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a part's bytes.
    public mutating func add(_ part: UnsafeRawBufferPointer) {
        addLength(part.count)
        bytes.append(contentsOf: part)
    }

    /// Adds a part's bytes.
    public mutating func add(_ part: [UInt8]) {
        addLength(part.count)
        bytes.append(contentsOf: part)
    }

    /// Adds an id as sixteen bytes.
    public mutating func add(_ id: ContentID) {
        addLength(16)
        appendWord(id.high)
        appendWord(id.low)
    }

    /// Adds a number as eight bytes.
    public mutating func add(_ number: Int64) {
        addLength(8)
        appendWord(UInt64(bitPattern: number))
    }

    /// The first 128 bits of the digest.
    public func finish() -> ContentID {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().withUnsafeBytes { digest in
            ContentID(
                high: UInt64(bigEndian: digest.loadUnaligned(as: UInt64.self)),
                low: UInt64(bigEndian: digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    private mutating func addLength(_ count: Int) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: count).bigEndian) {
            bytes.append(contentsOf: $0)
        }
    }

    private mutating func appendWord(_ word: UInt64) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
