import EventSchemas
public import Streaming
public import SwiftProtobuf

extension Record {
    /// The value as a message, protobuf or JSON as `content-type` says; nil where it is none.
    public func message<M: Message>(_ type: M.Type = M.self) -> M? {
        guard let value = bytes(of: .value) else { return nil }
        let content = bytes(of: .contentType).map { String(decoding: $0, as: UTF8.self) }
        return content == "application/json"
            ? try? M(jsonUTF8Bytes: value) : try? M(serializedBytes: value)
    }
}
