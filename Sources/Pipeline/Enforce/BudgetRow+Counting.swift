package import SafetyModel

/// Counting in log time (I8). A period is counted in quarters, so what counts spans between one and
/// one and a quarter periods; the mean of a baseline rests on whole days.
extension BudgetRow {
    private static let day: Int64 = 86_400_000
    private static let meanDays: Int64 = 7

    package init(period: TimeSpan) {
        self.init(width: Self.width(of: period))
    }

    private static func width(of period: TimeSpan) -> Int64 { max(1, period.milliseconds / 4) }

    /// How much automation may do in a period at `now`.
    package func allowance(_ budget: Budget, at now: Instant) -> Int64 {
        guard let baseline = budget.baseline else { return budget.limit }
        let today = now.milliseconds / Self.day
        let total = days.filter { $0.index < today && $0.index >= today - Self.meanDays }
            .reduce(Int64(0)) { $0 + $1.count }
        let periods = Double(Self.meanDays * Self.day) / Double(max(1, budget.period.milliseconds))
        let wish = baseline * Double(total) / periods
        let bounded = wish < Double(budget.cap) ? Int64(wish.rounded(.down)) : budget.cap
        return max(budget.limit, bounded)
    }

    /// What was done in the period that ends at `now`.
    package func spent(_ budget: Budget, at now: Instant) -> Int64 {
        guard width == Self.width(of: budget.period) else { return 0 }
        let current = now.milliseconds / width
        return quarters.filter { $0.index >= current - 4 }.reduce(0) { $0 + $1.count }
    }

    /// Counts one.
    package mutating func count(_ budget: Budget, at now: Instant) {
        let width = Self.width(of: budget.period)
        if self.width != width {
            self.width = width
            quarters = []
        }
        let quarter = now.milliseconds / width
        let day = now.milliseconds / Self.day
        Self.count(&quarters, quarter, keep: 5)
        Self.count(&days, day, keep: Self.meanDays + 1)
    }

    /// Nothing in it counts any more.
    package func isStale(at now: Instant) -> Bool {
        let quarter = now.milliseconds / width
        let today = now.milliseconds / Self.day
        return !quarters.contains { $0.index >= quarter - 4 }
            && !days.contains { $0.index >= today - Self.meanDays }
    }

    private static func count(_ buckets: inout [Bucket], _ index: Int64, keep: Int64) {
        if let place = buckets.firstIndex(where: { $0.index == index }) {
            buckets[place].count += 1
        } else {
            buckets.append(Bucket(index: index, count: 1))
            buckets.sort { $0.index < $1.index }
        }
        let newest = buckets.last?.index ?? index
        buckets.removeAll { $0.index <= newest - keep }
    }
}
