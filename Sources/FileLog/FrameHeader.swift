/// What stands before each frame's payload. Numbers are little-endian.
///
///     magic "TUTL", version u16, reserved u16, payload count u32, sequence u64,
///     CRC-32C of the payload u32, CRC-32C of all before u32
///
/// The header has a checksum of its own: a damaged count must not pass for a torn frame.
struct FrameHeader: Equatable {
    static let size = 28
    static let magic: UInt32 = 0x4C54_5554
    static let version: UInt16 = 1
    /// Largest payload.
    static let maximumPayload = 1 << 30

    var payloadCount: UInt32
    var sequence: UInt64
    var payloadChecksum: UInt32

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        func put(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(Self.magic)
        put(Self.version)
        put(UInt16(0))
        put(payloadCount)
        put(sequence)
        put(payloadChecksum)
        put(bytes.withUnsafeBytes { CRC32C.shared.checksum($0) })
        return bytes
    }

    init(payloadCount: UInt32, sequence: UInt64, payloadChecksum: UInt32) {
        self.payloadCount = payloadCount
        self.sequence = sequence
        self.payloadChecksum = payloadChecksum
    }

    /// - Returns: nil where the bytes are no header of this version.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.size else { return nil }
        func number<N: FixedWidthInteger>(_ at: Int, _ type: N.Type) -> N {
            N(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: type))
        }
        let head = UnsafeRawBufferPointer(rebasing: bytes[0..<Self.size - 4])
        guard number(0, UInt32.self) == Self.magic, number(4, UInt16.self) == Self.version,
            number(Self.size - 4, UInt32.self) == CRC32C.shared.checksum(head)
        else { return nil }
        payloadCount = number(8, UInt32.self)
        sequence = number(12, UInt64.self)
        payloadChecksum = number(20, UInt32.self)
    }
}
