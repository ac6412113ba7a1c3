public import SwiftProtobuf

extension Message {
    /// Reads what `canonicalBytes` wrote; nil where the bytes are no such message.
    public init?(canonicalBytes bytes: [UInt8]) {
        guard let message = try? Self(serializedBytes: bytes) else { return nil }
        self = message
    }
}
