import EventSchemas
import Foundation
import Pipeline
import Streaming
import SwiftProtobuf

/// Falsifies what was read, to show that each check can fail.
enum Sabotage: String, CaseIterable {
    /// A ledger record from the middle is gone.
    case dropLedgerRecord
    /// A proposal is there twice.
    case repeatProposal
    /// An enforcement is gone.
    case loseEnforcement
    /// A ledger record's output digest has one bit more.
    case alterOutputDigest
    /// A record of the traffic that nobody delivered.
    case undeliveredRecord

    /// The check that must notice.
    var check: String {
        switch self {
        case .dropLedgerRecord, .undeliveredRecord: "c"
        case .repeatProposal: "b"
        case .loseEnforcement: "d"
        case .alterOutputDigest: "a"
        }
    }

    func apply(to snapshot: inout Snapshot, plan: Plan) throws {
        let topics = plan.topics(of: .wild)
        switch self {
        case .dropLedgerRecord:
            change(topics.ledger, &snapshot) { $0.remove(at: $0.count / 2) }
        case .repeatProposal:
            change(topics.proposals, &snapshot) { $0.append($0[$0.count / 2]) }
        case .loseEnforcement:
            change(topics.enforcement, &snapshot) { $0.remove(at: $0.count / 2) }
        case .undeliveredRecord:
            change(topics.accounts, &snapshot) { records in
                guard var last = records.last else { return }
                last.offset += 1
                records.append(last)
            }
        case .alterOutputDigest:
            try change(topics.ledger, &snapshot) { records in
                let middle = records.count / 2
                var ledger = try PBLedgerRecord(serializedBytes: records[middle].value)
                if let first = ledger.outputDigest.first { ledger.outputDigest[0] = first ^ 1 }
                records[middle].value = try ledger.serializedBytes()
            }
        }
    }

    /// Changes the topic's fullest partition.
    private func change(
        _ topic: String, _ snapshot: inout Snapshot,
        _ body: (inout [Snapshot.Stored]) throws -> Void
    ) rethrows {
        let fullest = snapshot.records.filter { $0.key.topic == topic && !$0.value.isEmpty }
            .max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }
        guard let source = fullest?.key, var records = snapshot.records[source] else { return }
        try body(&records)
        snapshot.records[source] = records
    }
}
