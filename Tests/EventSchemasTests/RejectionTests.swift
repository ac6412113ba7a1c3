import EventSchemas
import SafetyModel
import SwiftProtobuf
import Testing

@Suite("Rejections")
struct RejectionTests {
    private func expect(
        _ record: TestRecord, _ reason: RejectionReason, _ field: String,
        family: EventFamily = .account, location: SourceLocation = #_sourceLocation
    ) {
        #expect(
            record.rejection(family) == Rejection(reason, field: field), sourceLocation: location)
    }

    @Test("A valid record is not rejected")
    func valid() {
        #expect(TestRecord(PBAccountEvent.photo(), type: photoType).rejection(.account) == nil)
    }

    @Test("Bytes that are no message are malformed, in both formats")
    func malformed() {
        var record = TestRecord(bytes: [0x0a, 0xff, 0x01], type: photoType)
        expect(record, .malformedPayload, "")
        record.contentType = "application/json"
        record.value = Array("{\"accountId\": 3".utf8)
        expect(record, .malformedPayload, "")
        record.value = Array("{\"acountId\": \"x\"}".utf8)
        expect(record, .malformedPayload, "")
    }

    @Test("A later version is unknown, and another family or change too")
    func types() {
        let event = PBAccountEvent.photo()
        expect(
            TestRecord(event, type: "tutela.account.profile_changed.v2"), .unknownVersion, "ce_type"
        )
        expect(
            TestRecord(event, type: "tutela.account.profile_changed.x"), .unknownVersion, "ce_type")
        expect(TestRecord(event, type: "tutela.group.created.v1"), .unknownType, "ce_type")
        expect(TestRecord(event, type: "tutela.account.registered.v1"), .unknownType, "ce_type")
        expect(TestRecord(event, type: "hello"), .unknownType, "ce_type")
        var record = TestRecord(event, type: photoType)
        record.type = nil
        expect(record, .missingField, "ce_type")
    }

    @Test("A missing required field is named by its path")
    func missing() {
        expect(TestRecord(bytes: nil, type: photoType), .missingField, "value")
        expect(TestRecord(bytes: [], type: photoType), .missingField, "context")
        var event = PBAccountEvent.photo()
        event.accountID = ""
        expect(TestRecord(event, type: photoType), .missingField, "account_id")
        event = .photo { $0.reference = "" }
        expect(
            TestRecord(event, type: photoType), .missingField, "profile_changed.new_media.reference"
        )
        event = .photo()
        event.change = nil
        expect(TestRecord(event, type: photoType), .missingField, "change")
    }

    @Test("Values and fields beyond their limits are oversize")
    func oversize() {
        var event = PBAccountEvent.photo()
        event.accountID = String(repeating: "a", count: 256)
        expect(TestRecord(event, type: photoType), .oversize, "account_id")
        let small = EventDecoder(sealer: TestSealer(), maximumValueBytes: 10)
        #expect(
            TestRecord(PBAccountEvent.photo(), type: photoType)
                .rejection(.account, decoder: small) == Rejection(.oversize, field: "value"))
    }

    @Test("A digest of another length is refused")
    func digestLength() {
        let event = PBAccountEvent.photo { $0.digests.sha256 = .init(repeating: 1, count: 31) }
        expect(
            TestRecord(event, type: photoType), .badDigestLength,
            "profile_changed.new_media.digests.sha256")
    }

    @Test("Times that cannot be are refused")
    func times() {
        var record = TestRecord(PBAccountEvent.photo(), type: photoType)
        record.time = "2026-11-22T00:10:00Z"
        #expect(record.rejection(.account) == nil)
        record.time = "2026-11-22T00:10:00.001Z"
        expect(record, .impossibleTime, "ce_time")
        record.time = "yesterday"
        expect(record, .impossibleTime, "ce_time")
        record.time = "1969-12-31T23:59:59Z"
        expect(record, .impossibleTime, "ce_time")
        var event = PBAccountEvent.photo { $0.uploadedAt.unixMs = -1 }
        expect(
            TestRecord(event, type: photoType), .impossibleTime,
            "profile_changed.new_media.uploaded_at.unix_ms")
        event = .photo()
        event.context.actorSnapshot.accountID = "acct-a"
        event.context.actorSnapshot.registeredUnixMs = .max
        expect(
            TestRecord(event, type: photoType), .impossibleTime,
            "context.actor_snapshot.registered_unix_ms")
    }

    @Test("Numbers that no enum has are refused, in both formats")
    func enums() {
        let event = PBAccountEvent.photo { $0.use = .UNRECOGNIZED(99) }
        expect(TestRecord(event, type: photoType), .unknownEnum, "profile_changed.new_media.use")
        var record = TestRecord(
            bytes: Array("{\"profileChanged\": {\"field\": \"PROFILE_FIELD_HAT\"}}".utf8),
            type: photoType)
        record.contentType = "application/json"
        expect(record, .unknownEnum, "")
    }

    @Test("Bytes that are not UTF-8 are refused, in both formats")
    func utf8() {
        var record = TestRecord(bytes: [0x12, 0x02, 0xc3, 0x28], type: photoType)
        expect(record, .badUTF8, "")
        record.contentType = "application/json"
        record.value = Array("{\"accountId\": \"".utf8) + [0xc3, 0x28] + Array("\"}".utf8)
        expect(record, .badUTF8, "")
    }

    @Test("Deep nesting and long lists are refused")
    func bounds() {
        var record = TestRecord(
            bytes: Array(String(repeating: "{\"context\":", count: 10_000).utf8), type: photoType)
        record.contentType = "application/json"
        #expect(record.rejection(.account) != nil)
        var event = PBAccountEvent.photo()
        event.profileChanged.newMedia.assessments = Array(repeating: .init(), count: 33)
        expect(
            TestRecord(event, type: photoType), .tooMany, "profile_changed.new_media.assessments")
    }

    @Test("Content types, subjects and numbers out of range are refused")
    func rest() {
        var record = TestRecord(PBAccountEvent.photo(), type: photoType)
        record.contentType = "text/plain"
        expect(record, .unknownContentType, "content-type")
        record.contentType = nil
        record.subject = "acct-b"
        expect(record, .keyMismatch, "ce_subject")
        record.subject = "acct-a"
        #expect(record.rejection(.account) == nil)
        var event = PBAccountEvent.photo()
        event.context.session.port = 65_536
        expect(TestRecord(event, type: photoType), .outOfRange, "context.session.port")
        event = .photo()
        event.context.region = "us"
        expect(TestRecord(event, type: photoType), .outOfRange, "context.region")
    }

    @Test("Seeded garbage is refused or read, and never traps")
    func garbage() {
        var generator = SeededGenerator(state: 11)
        let valid = PBAccountEvent.photo().canonicalBytes()
        var refused = 0
        for round in 0..<20_000 {
            var bytes = valid
            for _ in 0...Int.random(in: 0..<8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if round % 3 == 0 {
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            }
            var record = TestRecord(bytes: bytes, type: photoType)
            if round % 5 == 0 { record.contentType = "application/json" }
            let family = EventFamily.allCases[round % 4]
            record.type =
                "tutela.\(family.name).\(round % 8 < 4 ? "created" : "profile_changed").v1"
            if record.rejection(family) != nil { refused += 1 }
        }
        #expect(refused > 10_000)
    }
}
