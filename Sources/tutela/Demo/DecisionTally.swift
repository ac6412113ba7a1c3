import Crypto
import EventSchemas
import Pipeline
import SafetyModel
import Simulation
import Streaming
import SwiftProtobuf

/// What the pipeline published, counted for the summary, and a digest over all of its ids.
struct DecisionTally {
    private(set) var proposals: [String: Int] = [:]
    private(set) var enforcements: [String: Int] = [:]
    private(set) var reversals = 0
    private(set) var tips: [String: Int] = [:]
    private(set) var reviews: [String: Int] = [:]
    private(set) var deadLetters: [String: Int] = [:]
    /// Records that should be readable and are not: a fault of ours.
    private(set) var unreadable = 0
    private var hash = SHA256()
    private let topics: Topics

    init(topics: Topics) { self.topics = topics }

    /// SHA-256 over the ids of all decisions, in the order they were read.
    var digest: String { Array(hash.finalize()).hex }

    mutating func add(_ record: Record) {
        switch record.source.topic {
        case topics.proposals:
            read(record) { $0.proposals[($1 as PBProposal).rule, default: 0] += 1 }
        case topics.enforcement:
            note(record)
            read(record) { (tally: inout Self, made: PBEnforcement) in
                if made.action == .reverse {
                    tally.reversals += 1
                } else {
                    tally.enforcements[name(made.action), default: 0] += 1
                }
            }
        case topics.cyberTips:
            note(record)
            read(record) { $0.tips[words(($1 as PBCyberTip).qualityTier), default: 0] += 1 }
        case topics.reviewRequests:
            note(record)
            read(record) { (tally: inout Self, made: PBReviewRequest) in
                for cause in made.causes { tally.reviews[words(cause), default: 0] += 1 }
            }
        case topics.deadLetters:
            read(record) { $0.deadLetters[words(($1 as PBDeadLetter).reason), default: 0] += 1 }
        default: break
        }
    }

    /// The ids are in `ce_id`: they derive from content (I5).
    private mutating func note(_ record: Record) {
        hash.update(data: record.source.topic.utf8.map { $0 } + [0])
        hash.update(data: (record.bytes(of: .eventID) ?? []) + [0])
    }

    private mutating func read<M: Message>(_ record: Record, _ body: (inout Self, M) -> Void) {
        guard let message: M = record.message() else {
            unreadable += 1
            return
        }
        body(&self, message)
    }
}

private func name(_ action: PBActionKind) -> String {
    Action(rawValue: UInt8(clamping: action.rawValue))?.name ?? "unknown"
}

/// An enum value as words: `notConclusive` becomes "not conclusive".
func words(_ value: some Any) -> String {
    var text = ""
    for character in "\(value)" {
        if character.isUppercase, !text.isEmpty, text.last != " " { text += " " }
        text += character.lowercased()
    }
    return text
}
