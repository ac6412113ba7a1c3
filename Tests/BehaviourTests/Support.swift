import Behaviour
import SafetyModel

/// A seeded generator, so that a failure can be run again.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: UInt64) -> Int64 { Int64(next() % limit) }
}

/// A Monday at noon.
let noon = Instant(milliseconds: 1_700_000_000_000 / 86_400_000 * 86_400_000 + 43_200_000)

func id(_ n: UInt64) -> ContentID { ContentID(high: n &* 0x9e37_79b9_7f4a_7c15, low: n) }

func signal(
    _ kind: SignalKind, at time: Instant = noon, of subject: Subject = Subject(.account, "a"),
    actor: String? = nil, related: Subject? = nil, party: UInt64 = 0, amount: Int64 = 1,
    flags: EventFlags = [], category: UInt8 = 0, hops: UInt8 = 0, isLate: Bool = false,
    decision: ContentID? = nil, action: Action? = nil, evidence: Evidence? = nil
) -> Signal {
    Signal(
        cause: id(1), ordinal: 0, kind: kind, time: time, subject: subject, key: id(2),
        actor: actor, related: related, party: party, amount: amount, flags: flags,
        category: category, hops: hops, isLate: isLate, evidence: evidence, decision: decision,
        action: action)
}

/// A layout with a cell of every form.
let testLayout = Layout([
    Cell(form: .ring, window: Window(.hours(24)), digest: 1),
    Cell(form: .distinct, window: Window(.days(7)), digest: 2),
    Cell(form: .decayed, halfLife: 3_600_000, digest: 3), Cell(form: .last, digest: 4),
    Cell(form: .newest, digest: 5), Cell(form: .oldest, digest: 6),
])

extension SubjectState {
    func encoded(_ layout: Layout = testLayout) -> [UInt8] {
        var bytes: [UInt8] = []
        encode(layout, into: &bytes)
        return bytes
    }

    /// Takes a signal in, and puts it into every cell of `testLayout`.
    mutating func apply(_ signal: Signal) -> Bool {
        let isHeld = begin(at: signal.time, testLayout)
        if isHeld, !signal.isLate {
            add(testLayout, 0, signal.amount, at: signal.time)
            insert(testLayout, 1, party: signal.party, at: signal.time)
            decay(testLayout, 2, Double(signal.amount), at: signal.time)
            setLast(testLayout, 3, Double(signal.amount), at: signal.time)
            setTime(testLayout, 4, at: signal.time)
            setTime(testLayout, 5, at: signal.time)
        }
        learn(signal)
        return isHeld
    }
}
