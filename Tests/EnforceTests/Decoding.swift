import FoundationEssentials
import Streaming
import SwiftProtobuf

extension Message {
    /// Reads a record's value.
    static func decoded(_ record: Record) throws -> Self {
        try Self(serializedBytes: record.bytes(of: .value) ?? [])
    }
}
