import SafetyModel
import Testing
import tutela

@Suite("Comparison")
struct ComparisonTests {
    private let line = Line.proposals(rule: "r", isShadow: false)

    private func fact(_ id: UInt64, _ subject: String, at time: Int64 = 0) -> Fact {
        let subject = Subject(.account, subject)
        return Fact(
            line: line, id: ContentID(high: 0, low: id), subject: subject,
            example: Example(
                subject: subject, time: Instant(milliseconds: time), actions: [.requestReview],
                reasons: []))
    }

    private func compared(
        _ facts: [(Fact, Side)], examples: Int = 5
    ) -> LineResult {
        var comparison = Comparison(examples: examples)
        for (fact, side) in facts {
            let fits = comparison.add(fact, side)
            #expect(fits)
        }
        return comparison.result(line)
    }

    @Test("Facts that both sides have are no difference, whichever came first")
    func same() {
        let facts = [(fact(1, "a"), Side.baseline), (fact(1, "a"), .candidate)]
        for facts in [facts, facts.reversed()] {
            let result = compared(facts)
            #expect(!result.differs)
            #expect(result.facts == Pair(baseline: 1, candidate: 1))
            #expect(result.sharedSubjects == 1)
            #expect(result.gained.isEmpty && result.lost.isEmpty)
        }
    }

    @Test("A subject is gained or lost where one side alone touched it, at whatever moment")
    func gainedAndLost() {
        let result = compared([
            (fact(1, "a"), .baseline), (fact(2, "a"), .candidate),
            (fact(3, "b"), .baseline), (fact(4, "b"), .baseline), (fact(5, "c"), .candidate),
        ])
        #expect(result.differs)
        #expect(result.facts == Pair(baseline: 3, candidate: 2))
        #expect(result.oneSided == Pair(baseline: 3, candidate: 2))
        #expect(result.oneSidedSubjects == Pair(baseline: 1, candidate: 1))
        #expect(result.sharedSubjects == 1)
        #expect(result.gained.map(\.subject.id) == ["c"])
        #expect(result.lost.map(\.subject.id) == ["b"])
    }

    @Test("Examples are the first ones, and those that the other side makes up for go")
    func examples() {
        var facts: [(Fact, Side)] = []
        for number in 0..<400 as Range<UInt64> {
            facts.append((fact(number, "s\(number)", at: Int64(number)), .baseline))
            let isLost = number % 10 == 0
            if !isLost { facts.append((fact(number, "s\(number)"), .candidate)) }
        }
        let result = compared(facts, examples: 3)
        #expect(result.oneSidedSubjects == Pair(baseline: 40, candidate: 0))
        #expect(result.lost.map(\.subject.id) == ["s0", "s10", "s20"])
        #expect(result.gained.isEmpty)
    }

    @Test("Past its limit it says so; what both sides have is not kept")
    func limit() {
        var comparison = Comparison(examples: 0, limit: 10)
        for number in 0..<100 as Range<UInt64> {
            let fits = comparison.add(fact(number, "a"), .baseline)
            let fitsToo = comparison.add(fact(number, "a"), .candidate)
            #expect(fits && fitsToo)
        }
        var fits: [Bool] = []
        for number in 100..<120 as Range<UInt64> {
            fits.append(comparison.add(fact(number, "a"), .baseline))
        }
        #expect(fits.first == true)
        #expect(fits.last == false)
    }

    @Test("The end of a slice is on the clock, and on the first moment that is compared")
    func slices() {
        let hour: Int64 = 3_600_000
        let from = Instant(milliseconds: 5 * hour + 7)
        let range = InputRange(from: from, to: nil, slice: .hours(1))
        func end(_ time: Int64) -> Int64 { range.end(of: Instant(milliseconds: time)).milliseconds }
        #expect(end(0) == hour)
        #expect(end(hour) == 2 * hour)
        #expect(end(-1) == 0)
        #expect(end(5 * hour) == 5 * hour + 7)
        #expect(end(5 * hour + 7) == 6 * hour)
        #expect(!range.isCounted(from))
        #expect(range.isCounted(Instant(milliseconds: 6 * hour)))
    }
}
