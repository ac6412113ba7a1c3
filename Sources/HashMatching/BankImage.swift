internal import CHamming
internal import SafetyModel

/// Why an image of a bank cannot be used. The bank is read from its topic then.
public struct BankImageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// It is no image, or one of a machine with another byte order.
        case foreign
        /// Another version of this program wrote it.
        case format(UInt32)
        /// It ends too early.
        case cut
        /// A checksum or a count is wrong.
        case damaged
        /// It is an image of another topic, or of one that was written anew.
        case otherTopic
        /// Another version of the decision logic wrote it.
        case otherEngine
        /// The file system failed.
        case unreachable
    }

    /// What is wrong.
    public let reason: Reason
    /// In words: what, where, and what becomes of it.
    public let description: String

    /// An error with its words.
    public init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}

/// The form of a snapshot in a file: what memory holds, region by region, so that loading is
/// copying. Little-endian; every region starts at a multiple of 64 bytes.
///
///     0   "TUTELABK"                     32  regions, 4 bytes
///     8   format, 4 bytes: 1             36  CRC-32C of the table of regions
///     12  01 02 03 04 as a number        40  bytes of the whole file, 8 bytes
///     16  bank version, 8 bytes          48  zeros
///     24  entries, 8 bytes               60  CRC-32C of the 60 bytes before
///     64  the table: tag, CRC-32C (4 bytes each), offset, bytes (8 bytes each)
public struct BankImage: Sendable {
    /// Of one segment, or none.
    public let snapshot: BankSnapshot
    /// What the owner keeps beside it, such as settings of banks.
    public let notes: [UInt8]

    /// - Parameter snapshot: as `rebuilt` gave it; another is rebuilt for it.
    public init(_ snapshot: BankSnapshot, notes: [UInt8]) {
        self.snapshot = snapshot.segments.count > 1 ? snapshot.rebuilt() : snapshot
        self.notes = notes
    }

    static let format: UInt32 = 1
    static let headerBytes = 64
    static let entryBytes = 24
    /// More regions than this format has.
    static let mostRegions: UInt32 = 256

    /// Calls `sink` with the file's bytes, piece by piece in order.
    public func write<E: Error>(
        to sink: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        let regions = ImageRegions(snapshot.segments.first, notes: notes).all
        var place = Self.aligned(Self.headerBytes + regions.count * Self.entryBytes)
        let first = place
        var table: [UInt8] = []
        for region in regions {
            let count = region.count
            Self.append(region.tag.rawValue, to: &table)
            Self.append(region.checksum, to: &table)
            Self.append(UInt64(place), to: &table)
            Self.append(UInt64(count), to: &table)
            place = Self.aligned(place + count)
        }
        var head = Array("TUTELABK".utf8)
        Self.append(Self.format, to: &head)
        Self.append(UInt32(0x0403_0201), to: &head)
        Self.append(UInt64(bitPattern: snapshot.version), to: &head)
        Self.append(UInt64(snapshot.entryCount), to: &head)
        Self.append(UInt32(regions.count), to: &head)
        Self.append(checksum(table), to: &head)
        Self.append(UInt64(place), to: &head)
        head += [UInt8](repeating: 0, count: 12)
        Self.append(checksum(head), to: &head)
        head += table
        head += [UInt8](repeating: 0, count: first - head.count)
        try Self.hand(head, to: sink)
        for region in regions {
            try region.hand(to: sink)
            let gap = Self.aligned(region.count) - region.count
            try Self.hand([UInt8](repeating: 0, count: gap), to: sink)
        }
    }

    /// Reads an image.
    /// - Parameters:
    ///   - byteCount: of the file.
    ///   - source: fills the buffer from an offset of the file on.
    public init(
        byteCount: Int,
        from source: (UnsafeMutableRawBufferPointer, _ offset: Int) throws(BankImageError) -> Void
    ) throws(BankImageError) {
        let reader = try ImageReader(byteCount: byteCount, source: source)
        let rows = reader.count(.rows)
        let segments = rows == 0 ? [] : [try BankSegment(reader, source)]
        guard reader.entryCount <= rows else {
            throw BankImageError(.damaged, "the image counts more entries than it has rows")
        }
        snapshot = BankSnapshot(
            segments: segments, sealed: 0, version: reader.version, entryCount: reader.entryCount)
        notes = try reader.bytes(.notes, source)
    }

    static func aligned(_ offset: Int) -> Int { (offset + 63) & ~63 }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private static func hand<E: Error>(
        _ bytes: [UInt8], to sink: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        try ImageRegion(.notes, bytes).hand(to: sink)
    }
}

func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { chamming_checksum(0, $0.baseAddress, $0.count) }
}
