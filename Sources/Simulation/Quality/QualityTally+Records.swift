import EventSchemas
public import Streaming
import SwiftProtobuf

extension QualityTally {
    /// Counts a published record, or a verdict, by its `ce_type`; others are passed over.
    /// - Returns: false for a record that should be readable and is not.
    public mutating func add(_ record: Record) -> Bool {
        let type = record.bytes(of: .eventType).map { String(decoding: $0, as: UTF8.self) }
        switch type {
        case EventType.proposal: return read(record) { $0.add($1 as PBProposal) }
        case EventType.enforcement, EventType.reversal:
            return read(record) { $0.add($1 as PBEnforcement) }
        case EventType.reviewRequest: return read(record) { $0.add($1 as PBReviewRequest) }
        case EventType.cyberTip: return read(record) { $0.add($1 as PBCyberTip) }
        case EventType.verdict: return read(record) { $0.add($1 as PBVerdict) }
        default: return true
        }
    }

    private mutating func read<M: Message>(
        _ record: Record, _ body: (inout Self, M) -> Void
    ) -> Bool {
        guard let message: M = record.message() else { return false }
        body(&self, message)
        return true
    }
}
