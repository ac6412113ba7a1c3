internal import Crypto
internal import FoundationEssentials
public import SafetyModel
internal import SwiftProtobuf

extension PBDeadLetter {
    /// Bytes of the original that are kept; the digest always covers all of them.
    public static let maximumKeptBytes = 512 << 10
    /// Bytes of the key and of the headers that are kept. With the value's, in base64, they stay below
    /// a broker's usual limit of a megabyte: a dead letter that cannot be written would stop a task.
    static let maximumKeptEnvelopeBytes = 32 << 10
    /// Header names that are kept.
    static let maximumHeaderNames = 32

    /// - Parameters:
    ///   - record: the rejected record.
    ///   - key: its key.
    ///   - headers: all its headers in order.
    ///   - sealer: seals value, key and headers; nothing of them stays in clear but names.
    public init(
        _ record: RecordView, key: [UInt8]?, headers: [(name: String, value: [UInt8])],
        rejection: Rejection, sealer: any FieldSealer
    ) {
        self.init()
        topic = record.topic
        partition = UInt32(clamping: record.partition)
        offset = record.offset
        reason = rejection.reason.wire
        fieldPath = rejection.field
        timestampUnixMs = record.timestamp.milliseconds
        headerNames = headers.prefix(Self.maximumHeaderNames).map { String($0.name.prefix(128)) }
        let id = ContentID.position(
            topic: record.topic, partition: record.partition, offset: record.offset)
        if let value = record.value {
            sizeBytes = UInt64(value.count)
            sha256 = Data(SHA256.hash(data: value))
            truncated = value.count > Self.maximumKeptBytes
            let kept = [UInt8](value.prefix(Self.maximumKeptBytes))
            original = PBSealedValue(
                sealer.seal(kept, record: id, field: "original"), holds: PBManifest())
        }
        envelope = PBSealedValue(
            sealer.seal(Self.envelope(key, headers), record: id, field: "envelope"),
            holds: PBManifest())
    }

    private static func envelope(
        _ key: [UInt8]?, _ headers: [(name: String, value: [UInt8])]
    ) -> [UInt8] {
        var envelope = PBOriginalEnvelope()
        envelope.key = Data((key ?? []).prefix(maximumKeptEnvelopeBytes))
        var room = maximumKeptEnvelopeBytes
        for header in headers {
            room -= header.name.utf8.count + header.value.count
            guard room >= 0 else { break }
            var wire = PBOriginalHeader()
            wire.name = Data(header.name.utf8)
            wire.value = Data(header.value)
            envelope.headers.append(wire)
        }
        return envelope.canonicalBytes()
    }

    /// The record's key on the dead letters' topic.
    public var recordKey: String { "\(topic)/\(partition)/\(offset)" }
}
