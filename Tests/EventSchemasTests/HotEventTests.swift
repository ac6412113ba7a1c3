import EventSchemas
import SafetyModel
import SwiftProtobuf
import Testing

@Suite("The fast reading of common events")
struct HotEventTests {
    private let decoder = EventDecoder(sealer: TestSealer())

    /// What a decoder says of a record, in words.
    private func words(_ result: Result<Event, Rejection>) -> String {
        switch result {
        case .success(let event):
            let evidence = event.evidence.map { "\($0.media) \($0.contextWire)" } ?? "none"
            var bare = event
            bare.evidence = nil
            return "\(bare) \(evidence)"
        case .failure(let rejection): return "\(rejection)"
        }
    }

    private func agree(_ record: TestRecord, _ family: EventFamily) -> Bool {
        func result(_ decode: (RecordView) throws(Rejection) -> Event) -> Result<Event, Rejection> {
            do throws(Rejection) {
                return .success(
                    try record.view { view throws(Rejection) in try decode(view) })
            } catch {
                return .failure(error)
            }
        }
        let fast = result { view throws(Rejection) in try decoder.event(view, family: family) }
        let slow = result { view throws(Rejection) in
            try decoder.generatedEvent(view, family: family)
        }
        return words(fast) == words(slow)
    }

    private func records() throws -> [(TestRecord, EventFamily)] {
        try Example.all().compactMap { example in
            let bytes: [UInt8]
            let family: EventFamily
            switch example.message {
            case "AccountEvent":
                (bytes, family) = (
                    try PBAccountEvent(jsonString: example.json).canonicalBytes(), .account
                )
            case "GroupEvent":
                (bytes, family) = (
                    try PBGroupEvent(jsonString: example.json).canonicalBytes(), .group
                )
            case "InviteEvent":
                (bytes, family) = (
                    try PBInviteEvent(jsonString: example.json).canonicalBytes(), .invite
                )
            case "ReportEvent":
                (bytes, family) = (
                    try PBReportEvent(jsonString: example.json).canonicalBytes(), .report
                )
            default: return nil
            }
            return (TestRecord(bytes: bytes, type: example.type), family)
        }
    }

    @Test("It agrees with the generated decoder on every example")
    func examples() throws {
        let records = try records()
        #expect(records.count > 25)
        for (record, family) in records {
            #expect(agree(record, family), "\(record.type ?? "")")
        }
    }

    @Test("It agrees with the generated decoder on damaged records")
    func damaged() throws {
        var generator = SeededGenerator(state: 5)
        let records = try records()
        for round in 0..<20_000 {
            var (record, family) = records[round % records.count]
            var bytes = record.value ?? []
            for _ in 0...Int.random(in: 0..<3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 2: bytes.insert(bytes[place], at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            record.value = bytes
            if !agree(record, family) {
                Issue.record("round \(round), \(record.type ?? "")")
                return
            }
        }
    }

    @Test("Times are read alike in the plain form and in all others")
    func times() throws {
        var record = TestRecord(PBAccountEvent.photo(), type: photoType)
        record.timestamp = Instant(milliseconds: 4_102_444_800_000)
        let texts = [
            "1970-01-01T00:00:00Z", "2000-02-28T23:59:59.999Z", "2024-02-29T12:00:00.5Z",
            "2026-11-22T02:31:00.123Z", "2026-11-22T04:31:00.123+02:00", "2099-03-01T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z",
            "2026-11-22T0:000:00Z", "2026-11-22T02:31:00x123Z",
        ]
        for text in texts {
            record.time = text
            let expected = Instant(rfc3339: Array(text.utf8))
            #expect((try? record.event(.account))?.time == expected, "\(text)")
        }
    }
}
