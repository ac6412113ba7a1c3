import EventSchemas
import SafetyModel
import SwiftProtobuf
import Testing

@Suite("The fast writing and reading of signals")
struct HotSignalTests {
    private let decoder = EventDecoder(sealer: TestSealer())

    private func signal(_ generator: inout SeededGenerator) -> Signal {
        func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
        func text(_ limit: Int) -> String { String(repeating: "a", count: number(limit)) }
        let subject = Subject(
            SubjectKind.allCases[number(3)], number(9) == 0 ? "gruß" : "s" + text(254))
        return Signal(
            cause: ContentID(high: generator.next(), low: generator.next()),
            ordinal: UInt16(number(3)),
            kind: SignalKind.allCases[number(SignalKind.allCases.count)],
            time: Instant(milliseconds: Int64(number(2_000_000_000_000))), subject: subject,
            key: .subject(subject), actor: number(2) == 0 ? nil : "a" + text(200),
            related: number(2) == 0 ? nil : Subject(.group, "g" + text(254)),
            party: number(2) == 0 ? 0 : generator.next(), amount: Int64(number(5) - 1),
            flags: EventFlags(rawValue: UInt32(number(1 << 18))),
            region: ["", "US", "DE-BY"][number(3)], category: UInt8(number(9)),
            hops: UInt8(number(3)), isLate: number(2) == 0,
            decision: number(2) == 0 ? nil : ContentID(high: 1, low: generator.next()),
            action: number(2) == 0 ? nil : Action.allCases[number(Action.allCases.count)],
            device: number(2) == 0 ? 0 : generator.next(),
            circle: number(2) == 0 ? 0 : generator.next(),
            text: number(9) > 0
                ? nil : TextFacts(surface: .about, sketch: generator.next(), modelScore: 0.5))
    }

    private func words(_ record: TestRecord, fast: Bool) -> String {
        do throws(Rejection) {
            return try record.view { view throws(Rejection) in
                "\(fast ? try decoder.signal(view) : try decoder.generatedSignal(view))"
            }
        } catch {
            return "\(error)"
        }
    }

    @Test("It writes the generated code's bytes and reads what it reads")
    func agrees() {
        var generator = SeededGenerator(state: 3)
        for _ in 0..<3_000 {
            let signal = signal(&generator)
            let origin = Int32.random(in: 0..<300, using: &generator)
            let wire = PBSignal(signal, origin: origin)
            #expect(signal.travelBytes(origin: origin) == wire.canonicalBytes())
            let record = TestRecord(wire, type: EventType.signal)
            #expect(words(record, fast: true) == words(record, fast: false))
        }
    }

    @Test("It reads damaged signals as the generated code does")
    func damaged() {
        var generator = SeededGenerator(state: 4)
        for round in 0..<10_000 {
            let signal = signal(&generator)
            var bytes = signal.travelBytes(origin: 1)
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
            let record = TestRecord(bytes: bytes, type: EventType.signal)
            if words(record, fast: true) != words(record, fast: false) {
                Issue.record("round \(round)")
                return
            }
        }
    }
}
