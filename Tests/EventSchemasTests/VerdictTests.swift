import EventSchemas
import SafetyModel
import SwiftProtobuf
import Testing

@Suite("Verdicts")
struct VerdictTests {
    private let decoder = EventDecoder(sealer: TestSealer())

    private func signer(_ byte: UInt8 = 7) throws -> VerdictSigner {
        try VerdictSigner(keyID: "key-1", privateKey: Array(repeating: byte, count: 32))
    }

    private func keys() throws -> VerdictKeys {
        var keys = VerdictKeys()
        try keys.trust("key-1", publicKey: signer().publicKey)
        return keys
    }

    private func verdict() -> PBVerdict {
        var verdict = PBVerdict()
        verdict.verdictID = .init(repeating: 1, count: 16)
        verdict.subject.kind = .account
        verdict.subject.id = "acct-a"
        verdict.outcome = .confirm
        verdict.reviewerID = "staff-1"
        verdict.role = .offender
        verdict.harm = .csam
        verdict.incidentType = .childPornography
        verdict.decidedUnixMs = 1_795_305_600_000
        verdict.actions = [PBTargetedAction(.reportCyberTip, target: Subject(.account, "acct-a"))]
        verdict.escalation.clear = "urgent words"
        var learned = PBLearnedEntry()
        learned.bank = "bank-l"
        learned.algorithm = .sha256
        learned.category = .lead
        learned.digest = .init(repeating: 4, count: 32)
        verdict.learnEntries = [learned]
        var withdrawn = PBEntryRef()
        withdrawn.bank = "bank-a"
        withdrawn.entryID = "entry-1"
        verdict.withdrawEntries = [withdrawn]
        return verdict
    }

    private func decode(_ wire: PBVerdict) throws(Rejection) -> Verdict {
        let keys: VerdictKeys
        do { keys = try self.keys() } catch { throw Rejection(.badSignature, field: "test") }
        return try TestRecord(wire, type: EventType.verdict).view { view throws(Rejection) in
            try decoder.verdict(view, keys: keys)
        }
    }

    @Test("A signed verdict is read, and what is clear in it is sealed")
    func signed() throws {
        var wire = verdict()
        try signer().sign(&wire)
        let verdict = try decode(wire)
        #expect(verdict.outcome == .confirm && verdict.role == .offender)
        #expect(verdict.actions.map(\.action) == [.reportCyberTip])
        #expect(verdict.entries.map(\.operation) == [.remove, .add])
        #expect(verdict.message?.escalation.sealed.holds.hasText_p == true)
        #expect(!verdict.wire.contains(Array("urgent".utf8)))
    }

    @Test("A changed, unsigned or foreign verdict is refused")
    func refused() throws {
        var wire = verdict()
        #expect(throws: Rejection(.missingField, field: "signature")) { try decode(wire) }
        try signer().sign(&wire)
        var changed = wire
        changed.role = .victim
        #expect(throws: Rejection(.badSignature, field: "signature.ed25519")) {
            try decode(changed)
        }
        changed = wire
        changed.signature.keyID = "key-2"
        #expect(throws: Rejection(.badSignature, field: "signature.key_id")) {
            try decode(changed)
        }
        try signer(8).sign(&wire)
        #expect(throws: Rejection(.badSignature, field: "signature.ed25519")) { try decode(wire) }
    }

    @Test("An irreversible action needs a role, a tip its incident type")
    func needed() throws {
        var wire = verdict()
        wire.role = .unspecified
        try signer().sign(&wire)
        #expect(throws: Rejection(.missingField, field: "role")) { try decode(wire) }
        wire = verdict()
        wire.incidentType = .unspecified
        try signer().sign(&wire)
        #expect(throws: Rejection(.missingField, field: "incident_type")) { try decode(wire) }
    }
}

@Suite("Dead letters")
struct DeadLetterTests {
    @Test("A dead letter keeps the original sealed, cut, and with the digest of the whole")
    func keeps() throws {
        let value = Array(repeating: UInt8(ascii: "s"), count: PBDeadLetter.maximumKeptBytes + 1)
        let letter = try TestRecord(bytes: value, type: "x").view { view throws(Rejection) in
            PBDeadLetter(
                view, key: Array("key-secret".utf8), headers: [("ce_id", Array("1".utf8))],
                rejection: Rejection(.badUTF8, field: "account_id"), sealer: TestSealer())
        }
        #expect(letter.reason == .badUtf8 && letter.fieldPath == "account_id")
        #expect(letter.truncated && letter.sizeBytes == UInt64(value.count))
        #expect(letter.sha256.count == 32 && letter.headerNames == ["ce_id"])
        #expect(letter.recordKey == "topic/3/42")
        let bytes = letter.canonicalBytes()
        #expect(!bytes.contains(Array("key-secret".utf8)) && !bytes.contains(Array("ssss".utf8)))
    }

    @Test("A dead letter fits a record, whatever was rejected")
    func fits() throws {
        let huge = Array(repeating: UInt8(1), count: 2 << 20)
        let letter = try TestRecord(bytes: huge, type: "x").view { view throws(Rejection) in
            PBDeadLetter(
                view, key: huge, headers: Array(repeating: ("name", huge), count: 50),
                rejection: Rejection(.oversize, field: "value"), sealer: TestSealer())
        }
        #expect(letter.bytes(as: .json).count < 1_000_000)
    }

    @Test("Every reason has its number on the wire")
    func reasons() {
        for reason in [RejectionReason.malformedPayload, .unknownVersion, .outOfRange] {
            #expect(RejectionReason(reason.wire) == reason)
        }
        #expect(RejectionReason.allCases.allSatisfy { RejectionReason($0.wire) == $0 })
        #expect(Role.allCases.allSatisfy { Role($0.wire) == $0 })
        #expect(Action.allCases.allSatisfy { Action($0.wire) == $0 })
        #expect(Outcome.allCases.allSatisfy { Outcome($0.wire) == $0 })
        #expect(
            PBSignalKind.allCases.filter { $0 != .unspecified }.count == SignalKind.allCases.count)
    }
}
