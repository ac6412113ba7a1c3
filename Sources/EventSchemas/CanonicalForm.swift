public import SwiftProtobuf

extension Message {
    /// The one serialisation that digests and signatures are taken over: fields in the order of
    /// their numbers, defaults left out.
    public func canonicalBytes() -> [UInt8] {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try serializedBytes(options: options)
        } catch {
            preconditionFailure("a message without required fields and under 2 GiB serialises")
        }
    }

    /// The value of an output record. Both formats are deterministic.
    public func bytes(as format: WireFormat) -> [UInt8] {
        guard format == .json else { return canonicalBytes() }
        var options = JSONEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try jsonUTF8Bytes(options: options)
        } catch {
            preconditionFailure("a message without `Any` has a JSON form")
        }
    }

    /// The JSON form of a value in protobuf; nil where it is none of this message.
    public static func json(of protobuf: [UInt8]) -> [UInt8]? {
        (try? Self(serializedBytes: protobuf))?.bytes(as: .json)
    }
}
