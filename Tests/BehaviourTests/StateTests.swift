import Behaviour
import SafetyModel
import Testing

@Suite("A subject's state")
struct StateTests {
    @Test("An identity is a duplicate while it is among the last 32")
    func duplicates() {
        var state = SubjectState()
        for n in 0..<32 as Range<UInt64> {
            let isKnown = state.isDuplicate(id(n))
            #expect(!isKnown)
        }
        let first = state.isDuplicate(id(0))
        #expect(first)
        _ = state.isDuplicate(id(99))
        let forgotten = state.isDuplicate(id(0))
        #expect(!forgotten)
    }

    @Test("An account with a few counters takes less than 200 bytes, an empty one 2")
    func size() {
        var state = SubjectState()
        #expect(state.encoded().count == 2)
        for n in 0..<4 as Range<UInt64> {
            _ = state.isDuplicate(id(n))
            _ = state.apply(signal(.groupCreated, at: noon + .hours(Int64(n))))
        }
        #expect(state.encoded().count < 200, "\(state.encoded().count)")
    }

    @Test("Whatever is sent at it, a state stays bounded")
    func bounded() {
        var generator = SplitMix64(seed: 9)
        var state = SubjectState()
        for n in 0..<60_000 {
            let kind = SignalKind.allCases[n % SignalKind.allCases.count]
            let other = Subject(
                SubjectKind.allCases[n % 3], String(repeating: "x", count: 200) + "\(n)")
            _ = state.isDuplicate(id(UInt64(n)))
            _ = state.apply(
                signal(
                    kind, at: noon + .minutes(generator.below(60 * 24 * 32)), related: other,
                    party: generator.next(), amount: .max, flags: .granted,
                    hops: UInt8(n % 3), decision: id(UInt64(n)), action: .suspendAccount))
            state.fire(UInt64(n), at: noon)
        }
        #expect(state.encoded().count < 64_000, "\(state.encoded().count)")
        #expect(state.ties.count <= Tie.allCases.count * 16)
        #expect(state.standing.count == 16)
    }

    @Test("Damaged bytes are an error or another state, never a crash")
    func damage() throws {
        var generator = SplitMix64(seed: 10)
        var state = SubjectState()
        for n in 0..<200 {
            _ = state.isDuplicate(id(UInt64(n)))
            _ = state.apply(
                signal(
                    SignalKind.allCases[n % SignalKind.allCases.count],
                    at: noon + .hours(Int64(n)), related: Subject(.group, "g\(n)"),
                    party: UInt64(n), flags: [.granted, .minor], decision: id(UInt64(n))))
        }
        let bytes = state.encoded()
        for length in 0..<bytes.count {
            #expect(throws: StateError.self) {
                try SubjectState(decoding: Array(bytes.prefix(length)), testLayout)
            }
        }
        #expect(throws: StateError(.malformed)) {
            try SubjectState(decoding: bytes + [0], testLayout)
        }
        #expect(throws: StateError(.unknownVersion)) {
            try SubjectState(decoding: [99] + bytes.dropFirst(), testLayout)
        }
        for _ in 0..<20_000 {
            var damaged = bytes
            damaged[Int(generator.below(UInt64(bytes.count)))] = UInt8(generator.below(256))
            if var read = try? SubjectState(decoding: damaged, testLayout) {
                _ = read.apply(signal(.reported, at: noon + .days(60), party: 7))
                for place in 0..<6 { _ = read.value(testLayout, place, at: noon) }
            }
        }
    }

    @Test("Ties are remembered only where they are voluntary")
    func voluntaryTies() {
        var account = SubjectState()
        let group = Subject(.group, "g")
        _ = account.apply(signal(.addedMember, related: group))
        _ = account.apply(signal(.contacts, related: Subject(.account, "b")))
        #expect(account.ties.isEmpty)
        _ = account.apply(signal(.groupCreated, related: group))
        _ = account.apply(signal(.administers, related: group, flags: .granted))
        _ = account.apply(signal(.joinedByLink, related: Subject(.group, "h")))
        #expect(account.ties.map(\.tie) == [.createdGroup, .administeredGroup, .joinedGroup])
        _ = account.apply(signal(.administers, related: group))
        #expect(account.ties.map(\.tie) == [.createdGroup, .joinedGroup])

        var other = SubjectState()
        _ = other.apply(signal(.memberAdded, of: group, actor: "a", party: 5))
        _ = other.apply(signal(.memberJoined, of: group, actor: "b", party: 6))
        #expect(other.ties.map(\.tie) == [.member], "who joined, not who was added")
        _ = other.apply(signal(.created, of: group, actor: "a"))
        _ = other.apply(signal(.created, of: group, actor: "z"))
        #expect(other.ties.filter { $0.tie == .creator }.map(\.id) == ["a"])
        #expect(other.isRunBy("a"))
        #expect(!other.isRunBy("b"))
    }

    @Test("A standing enforcement counts by how near it is, and no more once withdrawn")
    func feedback() {
        var state = SubjectState()
        let group = Subject(.group, "g")
        _ = state.apply(signal(.groupCreated, related: group))
        _ = state.apply(
            signal(
                .neighbourEnforced, related: group, hops: 1, decision: id(1),
                action: .disableGroup))
        _ = state.apply(
            signal(
                .neighbourEnforced, related: Subject(.group, "strange"), hops: 1, decision: id(2),
                action: .disableGroup))
        _ = state.apply(
            signal(.enforced, decision: id(3), action: .requestReview))
        _ = state.apply(signal(.enforced, decision: id(4), action: .suspendAccount))
        #expect(state.standing(.close, over: .days(30), at: noon) == 1)
        #expect(state.standing(.loose, over: .days(30), at: noon) == 1)
        #expect(state.standing(.own, over: .days(30), at: noon) == 1)
        #expect(state.standing(.own, over: .days(30), at: noon + .days(31)) == 0)
        for n in 1...4 as ClosedRange<UInt64> { _ = state.withdraw(id(n)) }
        #expect(state.standing.isEmpty)
        let again = state.withdraw(id(1))
        #expect(again == nil)
    }

    @Test("A rule is armed again when its cool-down has passed")
    func arming() {
        var state = SubjectState()
        let day = TimeSpan.hours(24)
        #expect(state.isArmed(7, at: noon, cooldown: day))
        state.fire(7, at: noon)
        #expect(!state.isArmed(7, at: noon + .hours(23), cooldown: day))
        #expect(!state.isArmed(7, at: noon - .days(3), cooldown: day))
        #expect(state.isArmed(7, at: noon + .hours(24), cooldown: day))
        #expect(state.isArmed(8, at: noon, cooldown: day))
        #expect(state.isArmed(7, at: noon - .days(3), cooldown: .seconds(0)))
    }

    @Test("An account's history adds what the platform's snapshot does not say")
    func facts() {
        var state = SubjectState()
        _ = state.apply(signal(.registered, at: noon - .days(9), flags: .minor))
        _ = state.apply(signal(.deviceChanged, at: noon - .days(2)))
        _ = state.apply(signal(.filedReport, at: noon - .days(1), flags: .threatened))
        let alone = state.facts("a", platform: nil)
        #expect(alone.isMinor)
        #expect(alone.registered == noon - .days(9))
        #expect(alone.lastDeviceChange == noon - .days(2))
        #expect(alone.reportedThreat == noon - .days(1))
        let platform = ActorFacts(account: "a", lastDeviceChange: noon, priorEnforcements: 4)
        let both = state.facts("a", platform: platform)
        #expect(both.isMinor)
        #expect(both.lastDeviceChange == noon)
        #expect(both.priorEnforcements == 4)
    }
}
