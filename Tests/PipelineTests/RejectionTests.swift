import CyberTip
import EventSchemas
import FoundationEssentials
import Pipeline
import SafetyModel
import Streaming
import Testing

@Suite("Rejected input")
struct RejectionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var reason: RejectionReason
        var input: Input
        var testDescription: String { "\(reason)" }
    }

    static let cases: [Case] = {
        let good = TestEvents.registered("account-1", id: "bad")
        let photo = TestEvents.photo(
            "account-1", id: "bad", sha256: Array(repeating: 1, count: 32))
        let shortDigest = TestEvents.photo("account-1", id: "bad", sha256: [1, 2, 3])
        let noSubject = TestEvents.registered("", id: "bad").with("ce_subject", nil)
        let unknownEnum = TestEvents.account("account-1", "bad", "registered", AssessRig.start) {
            $0.registered.numberType = .UNRECOGNIZED(77)
        }
        return [
            Case(reason: .malformedPayload, input: good.with(value: [0xff, 0xff, 0xff])),
            Case(
                reason: .unknownVersion, input: good.with("ce_type", "tutela.account.registered.v9")
            ),
            Case(reason: .unknownType, input: good.with("ce_type", "tutela.account.hatched.v1")),
            Case(reason: .missingField, input: noSubject),
            Case(reason: .missingField, input: good.with(value: nil)),
            Case(reason: .missingField, input: good.with("ce_type", nil)),
            Case(reason: .oversize, input: good.with(value: Array(repeating: 0, count: 5_000))),
            Case(reason: .badDigestLength, input: shortDigest),
            Case(
                reason: .impossibleTime,
                input: good.with(
                    "ce_time",
                    Instant(milliseconds: AssessRig.logTime + 600_001).rfc3339)),
            Case(reason: .impossibleTime, input: good.with("ce_time", "yesterday")),
            Case(reason: .unknownEnum, input: unknownEnum),
            // Field 2, a string of two bytes that are no UTF-8.
            Case(reason: .badUTF8, input: good.with(value: [0x12, 0x02, 0xc3, 0x28])),
            Case(reason: .keyMismatch, input: photo.with("ce_subject", "account-2")),
            Case(reason: .unknownContentType, input: good.with("content-type", "text/csv")),
        ]
    }()

    @Test("Each kind is a sealed dead letter with position and reason", arguments: cases)
    func rejected(_ item: Case) async throws {
        var rig = try AssessRig()
        rig.settings.maximumValueBytes = 4_096
        try await rig.send([
            TestEvents.registered("account-1", id: "good"), item.input,
            TestEvents.registered("account-2", id: "good-too"),
        ])
        try await rig.run()
        #expect(try await rig.outcomes() == [.assessed: 2, .deadLetter: 1])
        let letter = try #require(try await rig.deadLetters().first)
        #expect(letter.reason == item.reason.wire)
        #expect(letter.topic == item.input.topic)
        #expect(letter.offset == 1)
        #expect(letter.sizeBytes == UInt64(item.input.value?.count ?? 0))
        if let value = item.input.value {
            let sealed = try #require(letter.original.sealedBytes)
            #expect(try rig.sealer.open(sealed) == value)
        }
    }

    @Test("An impossible time moves no watermark")
    func watermark() async throws {
        let rig = try AssessRig()
        try await rig.send([
            TestEvents.registered("account-1", id: "a", AssessRig.start + .days(30)),
            TestEvents.registered("account-2", id: "b"),
        ])
        try await rig.run()
        #expect(try await rig.outcomes() == [.assessed: 1, .deadLetter: 1])
        #expect(try await rig.deadLetters().first?.reason == .impossibleTime)
    }

    @Test("Seeded garbage never stops the stage; every record has one outcome")
    func garbage() async throws {
        let rig = try AssessRig(partitions: 2)
        let counts = Counts()
        var random = TestRandom(seed: 7)
        let total = 100_000
        var sent = 0
        while sent < total {
            let inputs = (0..<5_000).map { garbageInput(sent + $0, &random) }
            try await rig.send(inputs)
            sent += inputs.count
        }
        try await rig.run(batch: 4_000) { counts.add($0) }
        let travelled = counts.total.travelled
        let outcomes = try await rig.outcomes()
        #expect(outcomes.values.reduce(0, +) == UInt64(total + travelled))
        #expect(outcomes[.deadLetter] ?? 0 > 60_000)
        #expect(outcomes[.assessed] ?? 0 > 0)
    }

    private func garbageInput(_ n: Int, _ random: inout TestRandom) -> Input {
        let good = TestEvents.traffic(1, subjects: 50, seed: random.next())[0]
            .with("ce_id", "garbage-\(n)")
        var value = good.value ?? []
        switch random.below(8) {
        case 0: return good
        case 1: value = (0..<random.below(64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 2: value = Array(value.prefix(random.below(value.count + 1)))
        case 3, 4:
            for _ in 0...random.below(6) where !value.isEmpty {
                value[random.below(value.count)] ^= UInt8(truncatingIfNeeded: 1 << random.below(8))
            }
        case 5: return good.with("ce_type", "tutela.account.\(random.below(9)).v1")
        case 6:
            return good.with("content-type", "application/json")
        default: return good.with(value: nil)
        }
        return good.with(value: value)
    }
}
