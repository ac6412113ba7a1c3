import Behaviour
import SafetyModel

/// The same counts, from a list of everything that ever happened.
struct NaiveModel {
    private struct Fact {
        var kind: SignalKind
        var time: Instant
        var amount: Int64
        var party: UInt64
        var flags: EventFlags
        var category: UInt8
        /// A withdrawn report still happened, but its reporter does not count.
        var isWithdrawn = false
    }

    private var facts: [Fact] = []
    private var newest: Instant?

    private static func bucket(_ time: Instant, _ length: Int64) -> Int64 {
        max(time.milliseconds, 0) / length
    }

    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000

    /// - Returns: whether the signal's day is among the 32 that end with the newest.
    mutating func apply(_ signal: Signal) -> Bool {
        let latest = max(newest ?? signal.time, signal.time)
        newest = latest
        let isHeld =
            Self.bucket(signal.time, Self.day) > Self.bucket(latest, Self.day) - 32
        guard isHeld, !signal.isLate else { return isHeld }
        if signal.kind == .reportWithdrawn || signal.kind == .unblocked {
            let undone: SignalKind = signal.kind == .unblocked ? .blocked : .reported
            for index in facts.indices
            where facts[index].kind == undone && facts[index].party == signal.party {
                facts[index].isWithdrawn = true
            }
            return true
        }
        facts.append(
            Fact(
                kind: signal.kind, time: signal.time, amount: signal.amount, party: signal.party,
                flags: signal.flags, category: signal.category))
        return true
    }

    private func inWindow(
        _ time: Instant, _ length: Int64, _ count: Int64, _ held: Int64, _ end: Instant
    ) -> Bool {
        guard let newest else { return false }
        let bucket = Self.bucket(time, length)
        let last = Self.bucket(end, length)
        return bucket <= last && bucket > last - count
            && bucket > Self.bucket(newest, length) - held
    }

    func hours(_ kinds: SignalKind..., to end: Instant) -> Double {
        facts.filter {
            kinds.contains($0.kind) && inWindow($0.time, Self.hour, 24, 30, end)
        }.reduce(0) { $0 + Double($1.amount) }
    }

    func days(
        _ kind: SignalKind, _ count: Int64, flags: EventFlags = [], to end: Instant
    ) -> Double {
        facts.filter {
            $0.kind == kind && $0.flags.isSuperset(of: flags)
                && inWindow($0.time, Self.day, count, 32, end)
        }.reduce(0) { $0 + Double($1.amount) }
    }

    func parties(
        _ kind: SignalKind, _ count: Int64, anyOf flags: EventFlags? = nil,
        byCategory: Bool = false,
        to end: Instant
    ) -> Double {
        Double(
            Set(
                facts.filter {
                    $0.kind == kind && !$0.isWithdrawn
                        && !(flags?.isDisjoint(with: $0.flags) ?? false)
                        && inWindow($0.time, Self.day, count, 32, end)
                }.map { byCategory ? UInt64($0.category) : $0.party }
            ).subtracting([0]).count)
    }
}
