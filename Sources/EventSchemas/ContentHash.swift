internal import CDigest
public import SafetyModel

/// Derives a `ContentID` (I5): SHA-256 over a label, a zero byte and the parts, each after its
/// length (u32, big-endian), so that no two lists of parts give the same bytes.
public struct ContentHash: Sendable {
    private var hash = tutela_sha256()

    /// - Parameter label: names the use, so that ids of different uses never meet.
    public init(_ label: StaticString) {
        tutela_sha256_begin(&hash)
        tutela_sha256_add(&hash, label.utf8Start, label.utf8CodeUnitCount)
        var end: UInt8 = 0
        tutela_sha256_add(&hash, &end, 1)
    }

    /// Adds a part's UTF-8.
    public mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// Adds a part's bytes.
    public mutating func add(_ part: UnsafeRawBufferPointer) {
        addLength(part.count)
        tutela_sha256_add(&hash, part.baseAddress, part.count)
    }

    /// Adds a part's bytes.
    public mutating func add(_ part: [UInt8]) {
        part.withUnsafeBytes { add($0) }
    }

    /// Adds an id as sixteen bytes.
    public mutating func add(_ id: ContentID) {
        addLength(16)
        addWord(id.high)
        addWord(id.low)
    }

    /// Adds a number as eight bytes.
    public mutating func add(_ number: Int64) {
        addLength(8)
        addWord(UInt64(bitPattern: number))
    }

    /// The first 128 bits of the digest.
    public func finish() -> ContentID {
        var rest = hash
        var id = ContentID.zero
        tutela_sha256_end(&rest, &id.high, &id.low)
        return id
    }

    private mutating func addLength(_ count: Int) {
        var length = UInt32(truncatingIfNeeded: count).bigEndian
        tutela_sha256_add(&hash, &length, 4)
    }

    private mutating func addWord(_ word: UInt64) {
        var word = word.bigEndian
        tutela_sha256_add(&hash, &word, 8)
    }
}
