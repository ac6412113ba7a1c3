/// The key of a row: 128 bits that the caller has derived by a cryptographic hash, so that they
/// spread evenly.
public struct StateKey: Hashable, Comparable, Sendable {
    /// The first eight bytes, big-endian.
    public var high: UInt64
    /// The last eight bytes, big-endian.
    public var low: UInt64

    /// Makes a key from its halves.
    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the sixteen bytes of a changelog record's key; nil for any other count.
    @inlinable public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 16 else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// Orders as the bytes do.
    @inlinable public static func < (a: StateKey, b: StateKey) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }

    /// Calls `body` with the sixteen bytes of the key in the changelog.
    @inlinable public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R
    {
        try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}
