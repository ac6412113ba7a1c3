import EventSchemas
import Pipeline
import SafetyModel
import StateStore
import Testing

@Suite struct RowTests {
    @Test("Every row that traffic makes reads back as it was")
    func roundTrip() throws {
        let fixture = Fixture()
        var core = try fixture.core()
        for number in 1...8 as ClosedRange<UInt64> {
            _ = fixture.decide(&core, .known(number, "acc-\(number)"))
            _ = fixture.decide(&core, .behaviour(100 + number, "acc-\(number)"))
        }
        let subject = Subject(.account, "acc-1")
        _ = core.decide(
            Fixture.verdict(
                1, .confirm, actions: [(subject, .banAccount)],
                entries: [fixture.entry("learned", "l1", .csam)]),
            bankVersion: 1, at: Fixture.start)
        core.publish()
        let codec = EnforceRowCodec()
        var kinds: Set<UInt8> = []
        core.forEachRow { row in
            var bytes: [UInt8] = []
            codec.encode(row, to: &bytes)
            kinds.insert(bytes[1])
            let read = try? bytes.withUnsafeBytes { try codec.decode($0) }
            #expect(read == row)
            for count in 0..<min(bytes.count, 40) {
                #expect(throws: RowError.self) {
                    try bytes.prefix(count).withUnsafeBytes { try codec.decode($0) }
                }
            }
        }
        #expect(kinds.isSuperset(of: [1, 2, 3, 4, 5, 6, 7, 8, 9]))
    }

    @Test("Decisions that hold nothing are forgotten, those that stand are kept")
    func forgetting() throws {
        var fixture = Fixture()
        fixture.settings.limits.memory = .days(10)
        fixture.settings.limits.heldProposals = 3
        var core = try fixture.core()
        _ = fixture.decide(&core, .known(1))
        for number in 2...9 as ClosedRange<UInt64> {
            _ = fixture.decide(&core, .behaviour(number, "acc-\(number)"))
        }
        #expect(count(core) == (9, 3))
        for number in 20...29 as ClosedRange<UInt64> {
            var draft = Fixture.Draft.behaviour(number, "acc-x")
            draft.actions = [.requestReview]
            _ = fixture.decide(&core, draft, at: Fixture.start + .days(11))
        }
        #expect(count(core) == (11, 3), "ten new ones and the ban")
        #expect(fixture.decide(&core, .known(1)).outcome == .duplicate)
    }

    @Test("When memory is full of what stands, automation stops and everything goes to review")
    func full() throws {
        var fixture = Fixture()
        fixture.settings.limits.decisions = 2
        var core = try fixture.core()
        _ = fixture.decide(&core, .known(1, "acc-1"))
        _ = fixture.decide(&core, .known(2, "acc-2"))
        let result = fixture.decide(&core, .known(3, "acc-3"))
        #expect(!result.names.contains(.banAccount))
        #expect(result.alarms == [.memoryFull])
        #expect(result.reviews.first?.causes.contains(.budgetSpent) == true)
    }

    private func count(_ core: EnforceCore) -> (Int, Int) {
        var decisions = 0
        var held = 0
        core.forEachRow { row in
            if case .decision = row { decisions += 1 }
            if case .held = row { held += 1 }
        }
        return (decisions, held)
    }
}
