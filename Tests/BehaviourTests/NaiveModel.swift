import SafetyModel

/// The same counts, from a list of everything that ever happened.
struct NaiveModel {
    private struct Fact {
        var time: Instant
        var amount: Int64
        var party: UInt64
        /// A withdrawn party still happened, but does not count as one.
        var isWithdrawn = false
    }

    private var facts: [Fact] = []
    private var newest: Instant?
    private(set) var last: Double?

    mutating func begin(at time: Instant) { newest = max(newest ?? time, time) }

    mutating func add(_ amount: Int64, party: UInt64, at time: Instant) {
        if time >= newestFact ?? time { last = Double(amount) }
        facts.append(Fact(time: time, amount: amount, party: party))
    }

    mutating func withdraw(_ party: UInt64) {
        for index in facts.indices where facts[index].party == party {
            facts[index].isWithdrawn = true
        }
    }

    var newestFact: Instant? { facts.map(\.time).max() }
    var oldestFact: Instant? { facts.map(\.time).min() }

    /// Buckets that the language's reference gives to a length, and how many are held: the least of
    /// 8, 16 and 32 that is two more than the window, and 32 for parties.
    private func isIn(_ fact: Fact, _ length: TimeSpan, _ end: Instant, parties: Bool) -> Bool {
        guard let newest else { return false }
        let widths: [Int64] = [60_000, 600_000, 3_600_000, 86_400_000]
        let width = widths.first { length.milliseconds <= $0 * 30 } ?? 86_400_000
        let count = length.milliseconds / width
        let held: Int64 = parties || count > 14 ? 32 : count > 6 ? 16 : 8
        let bucket = fact.time.milliseconds / width
        let last = end.milliseconds / width
        // Held when it came, and still.
        return bucket <= last && bucket > last - count
            && bucket > newest.milliseconds / width - held
    }

    func sum(_ length: TimeSpan, to end: Instant) -> Double {
        facts.filter { isIn($0, length, end, parties: false) }.reduce(0) { $0 + Double($1.amount) }
    }

    func parties(_ length: TimeSpan, to end: Instant) -> Double {
        let found = facts.filter { !$0.isWithdrawn && isIn($0, length, end, parties: true) }
        return Double(Set(found.map(\.party)).subtracting([0]).count)
    }

    /// Of a sum that is told no earlier than its newest fact.
    func decayed(_ halfLife: Int64, at time: Instant) -> Double {
        let end = max(newestFact ?? time, time)
        return facts.reduce(0) { sum, fact in
            let halves = Double((end - fact.time).milliseconds) / Double(halfLife)
            return sum + Double(fact.amount) * powerOfHalf(halves)
        }
    }

    /// By repeated square roots, so that it shares nothing with what it checks.
    private func powerOfHalf(_ x: Double) -> Double {
        var result = 1.0
        for _ in 0..<Int(x) { result /= 2 }
        var (rest, root) = (x - x.rounded(.down), 0.5.squareRoot())
        for _ in 0..<52 {
            rest *= 2
            if rest >= 1 {
                result *= root
                rest -= 1
            }
            root = root.squareRoot()
        }
        return result
    }
}
