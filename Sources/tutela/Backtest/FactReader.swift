import EventSchemas
import Pipeline
import SafetyModel
import Streaming
import SwiftProtobuf

/// Reads what a run published as facts to compare.
struct FactReader {
    let topics: Topics

    /// - Throws: where a record cannot be read: a fault of ours.
    func facts(_ record: Record) throws -> [Fact] {
        let value = record.bytes(of: .value) ?? []
        return switch record.source.topic {
        case topics.proposals: facts(try PBProposal(serializedBytes: value))
        case topics.enforcement: facts(try PBEnforcement(serializedBytes: value))
        case topics.reviewRequests: facts(try PBReviewRequest(serializedBytes: value))
        case topics.deadLetters: facts(try PBDeadLetter(serializedBytes: value))
        default: []
        }
    }

    private func facts(_ wire: PBProposal) -> [Fact] {
        guard let id = ContentID(bytes: wire.proposalID), let target = Subject(named: wire.target)
        else { return [] }
        let example = Example(
            subject: target, time: Instant(milliseconds: wire.eventUnixMs),
            actions: wire.actions.compactMap { Action(named: $0.action) },
            reasons: wire.reasons.map { Reason(name: $0.name, value: $0.value) })
        return [
            Fact(
                line: .proposals(rule: wire.rule, isShadow: wire.shadow), id: id, subject: target,
                example: example)
        ]
    }

    private func facts(_ wire: PBEnforcement) -> [Fact] {
        guard let id = ContentID(bytes: wire.enforcementID),
            let subject = Subject(named: wire.subject), let action = Action(named: wire.action),
            let mode = Mode(rawValue: UInt8(clamping: wire.mode.rawValue))
        else { return [] }
        let line: Line = action == .reverse ? .reversals : .enforcements(action, mode)
        return [Fact(line: line, id: id, subject: subject)]
    }

    private func facts(_ wire: PBReviewRequest) -> [Fact] {
        guard let id = ContentID(bytes: wire.reviewRequestID),
            let subject = Subject(named: wire.subject)
        else { return [] }
        guard wire.hasProposal else {
            return [Fact(line: .refusedVerdicts, id: id, subject: subject)]
        }
        let rule = wire.proposal.rule
        var facts = [Fact(line: .reviews(rule: rule), id: id, subject: subject)]
        if wire.causes.contains(.budgetSpent) {
            facts.append(Fact(line: .budgetHits(rule: rule), id: id, subject: subject))
        }
        return facts
    }

    /// The input of both runs is at the same places, but for verdicts.
    private func facts(_ wire: PBDeadLetter) -> [Fact] {
        let place = "\(wire.topic)/\(wire.partition)/\(wire.offset)"
        return [
            Fact(
                line: .deadLetters(topic: wire.topic, reason: "\(wire.reason)"),
                id: .event(source: place, id: "\(wire.reason)"), subject: nil)
        ]
    }
}

extension Subject {
    fileprivate init?(named wire: PBSubjectRef) {
        guard let kind = SubjectKind(rawValue: UInt8(clamping: wire.kind.rawValue)) else {
            return nil
        }
        self.init(kind, wire.id)
    }
}

extension Action {
    fileprivate init?(named wire: PBActionKind) {
        self.init(rawValue: UInt8(clamping: wire.rawValue))
    }
}
