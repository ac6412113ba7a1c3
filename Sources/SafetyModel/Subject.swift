/// The three kinds of thing that Tutela keeps state about and acts on.
public enum SubjectKind: UInt8, Hashable, Sendable, CaseIterable {
    case account = 1
    case group = 2
    case inviteLink = 3
}

/// An account, a group or an invite link of the platform.
public struct Subject: Hashable, Sendable {
    public var kind: SubjectKind
    /// The platform's id for it, opaque to us. At most `maximumIDBytes` of UTF-8.
    public var id: String

    public init(_ kind: SubjectKind, _ id: String) {
        self.kind = kind
        self.id = id
    }

    public static let maximumIDBytes = 255
}

/// The key of a subject's state: 128 bits derived from kind and id (`EventSchemas`).
public typealias SubjectKey = ContentID

/// Which partition a key lives in. One for the whole pipeline; both clients' default is offered.
public enum Partitioner: String, Sendable, CaseIterable {
    /// Java's default: `toPositive(murmur2(key)) % n`.
    case murmur2
    /// librdkafka's `consistent`: `crc32(key) % n`.
    case crc32

    /// - Parameters:
    ///   - key: the record key, that is the subject id's UTF-8.
    ///   - count: the number of partitions, at least 1.
    public func partition(of key: some Collection<UInt8>, count: Int32) -> Int32 {
        precondition(count > 0, "a topic has at least one partition")
        switch self {
        case .murmur2:
            return Int32(hashMurmur2(Array(key)) & 0x7fff_ffff) % count
        case .crc32:
            return Int32(hashCRC32(key) % UInt32(count))
        }
    }
}

// Kafka, clients/…/utils/Utils.java: murmur2 with seed 0x9747b28c.
private func hashMurmur2(_ data: [UInt8]) -> UInt32 {
    let m: UInt32 = 0x5bd1_e995
    var h: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: data.count)
    let words = data.count / 4
    for i in 0..<words {
        var k =
            UInt32(data[4 * i]) | UInt32(data[4 * i + 1]) << 8 | UInt32(data[4 * i + 2]) << 16
            | UInt32(data[4 * i + 3]) << 24
        k = k &* m
        k ^= k >> 24
        h = (h &* m) ^ (k &* m)
    }
    let tail = data.count % 4
    if tail >= 3 { h ^= UInt32(data[4 * words + 2]) << 16 }
    if tail >= 2 { h ^= UInt32(data[4 * words + 1]) << 8 }
    if tail >= 1 { h = (h ^ UInt32(data[4 * words])) &* m }
    h = (h ^ (h >> 13)) &* m
    return h ^ (h >> 15)
}

// CRC-32/ISO-HDLC, as zlib and librdkafka's rd_crc32.
private let crc32Table: [UInt32] = (0..<256).map { i in
    (0..<8).reduce(UInt32(i)) { c, _ in c & 1 == 1 ? 0xedb8_8320 ^ (c >> 1) : c >> 1 }
}

private func hashCRC32(_ data: some Collection<UInt8>) -> UInt32 {
    ~data.reduce(~0 as UInt32) { crc32Table[Int(($0 ^ UInt32($1)) & 255)] ^ ($0 >> 8) }
}
