import EventSchemas
import Foundation
import SafetyModel
import SwiftProtobuf
import Testing

/// One example of the contract's page.
struct Example {
    var message: String
    var type: String
    var json: String

    static func all() throws -> [Example] {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Schemas/README.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        var examples: [Example] = []
        var type = ""
        var message = ""
        var json: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = json {
                if line == "```" {
                    examples.append(Example(message: message, type: type, json: open))
                    json = nil
                } else {
                    json = open + line + "\n"
                }
            } else if line.hasPrefix("`tutela.") {
                type = line.split(separator: "`").joined()
            } else if line.hasPrefix("<!-- tutela.v1.") {
                message = String(line.dropFirst(15).dropLast(4))
            } else if line == "```json" {
                json = ""
            }
        }
        return examples
    }
}

private let messages: [String: any Message.Type] = [
    "AccountEvent": PBAccountEvent.self, "GroupEvent": PBGroupEvent.self,
    "InviteEvent": PBInviteEvent.self, "ReportEvent": PBReportEvent.self,
    "HashEntryEvent": PBHashEntryEvent.self, "Verdict": PBVerdict.self, "Signal": PBSignal.self,
    "Proposal": PBProposal.self, "Enforcement": PBEnforcement.self, "CyberTip": PBCyberTip.self,
    "ReviewRequest": PBReviewRequest.self, "LedgerRecord": PBLedgerRecord.self,
    "DeadLetter": PBDeadLetter.self, "MetaRow": PBMetaRow.self, "PackRecord": PBPackRecord.self,
    "EffectEvent": PBEffectEvent.self, "AppealEvent": PBAppealEvent.self,
    "LegalHold": PBLegalHold.self, "TipResult": PBTipResult.self,
]

@Suite("The contract's page")
struct ReadmeTests {
    @Test("Every example parses, and survives the binary form")
    func examplesParse() throws {
        let examples = try Example.all()
        #expect(examples.count > 40)
        for example in examples {
            let type = try #require(messages[example.message])
            func check<M: Message & Equatable>(_ type: M.Type) throws {
                let message = try M(jsonString: example.json)
                #expect(try M(serializedBytes: message.canonicalBytes()) == message)
                #expect(try M(jsonUTF8Bytes: message.bytes(as: .json)) == message)
            }
            guard let concrete = type as? any (Message & Equatable).Type else { continue }
            try check(concrete)
        }
        #expect(Set(examples.map(\.message)) == Set(messages.keys))
    }

    @Test("Every platform example decodes to an event, in JSON and protobuf alike")
    func platformExamplesDecode() throws {
        let families: [String: EventFamily] = [
            "AccountEvent": .account, "GroupEvent": .group, "InviteEvent": .invite,
            "ReportEvent": .report,
        ]
        var kinds: Set<EventKind> = []
        for example in try Example.all() {
            guard let family = families[example.message] else { continue }
            var record = TestRecord(bytes: Array(example.json.utf8), type: example.type)
            record.contentType = "application/json; charset=utf-8"
            let fromJSON = try record.event(family)
            record.value = try binary(example)
            record.contentType = nil
            let fromBinary = try record.event(family)
            #expect(fromJSON.kind == fromBinary.kind, "\(example.type)")
            #expect(fromJSON.identity == fromBinary.identity)
            #expect(fromJSON.evidence?.contextWire == fromBinary.evidence?.contextWire)
            kinds.insert(fromJSON.kind)
        }
        #expect(kinds.count == 27)
    }

    private func binary(_ example: Example) throws -> [UInt8] {
        switch example.message {
        case "AccountEvent": try PBAccountEvent(jsonString: example.json).canonicalBytes()
        case "GroupEvent": try PBGroupEvent(jsonString: example.json).canonicalBytes()
        case "InviteEvent": try PBInviteEvent(jsonString: example.json).canonicalBytes()
        default: try PBReportEvent(jsonString: example.json).canonicalBytes()
        }
    }

    @Test("Hash entries of the page decode")
    func hashEntriesDecode() throws {
        let decoder = EventDecoder(sealer: TestSealer())
        for example in try Example.all() where example.message == "HashEntryEvent" {
            var record = TestRecord(bytes: Array(example.json.utf8), type: example.type)
            record.contentType = "application/json"
            _ = try record.view { view throws(Rejection) in try decoder.bankUpdate(view) }
        }
    }
}
