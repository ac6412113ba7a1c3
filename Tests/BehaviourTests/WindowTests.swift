import Behaviour
import SafetyModel
import Testing

@Suite("Windows and distinct counts")
struct WindowTests {
    private static let kinds: [SignalKind] = [
        .groupCreated, .linkCreated, .addedMember, .contacts, .numberChanged, .reported, .reported,
        .reported, .reportWithdrawn, .blocked, .unblocked, .sighted, .sighted, .joinedByLink,
    ]

    private func random(_ generator: inout SplitMix64, _ clock: inout Instant) -> Signal {
        clock = clock + .minutes(generator.below(240))
        var time = clock
        switch generator.below(10) {
        case 0: time = time - .hours(generator.below(48))
        case 1: time = time - .days(generator.below(36))
        case 2: clock = clock + .hours(generator.below(72))
        default: break
        }
        var flags: EventFlags = []
        if generator.below(2) == 0 { flags.insert(.agedReporter) }
        if generator.below(6) == 0 { flags.insert(.trustedSource) }
        let kind = Self.kinds[Int(generator.below(UInt64(Self.kinds.count)))]
        return signal(
            kind, at: time, of: Subject(.group, "g"), party: UInt64(generator.below(30)),
            amount: kind == .contacts ? generator.below(50) : 1, flags: flags,
            category: UInt8(generator.below(8)), isLate: generator.below(12) == 0)
    }

    private func expect(
        _ state: SubjectState, _ model: NaiveModel, at time: Instant,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let aged: EventFlags = [.agedReporter, .trustedSource]
        let expected: [(Feature, Double)] = [
            (.groupsCreated24h, model.hours(.groupCreated, to: time)),
            (.groupsCreated7d, model.days(.groupCreated, 7, to: time)),
            (.linksCreated24h, model.hours(.linkCreated, to: time)),
            (.membersAdded24h, model.hours(.addedMember, to: time)),
            (.contacts24h, model.hours(.contacts, to: time)),
            (.joins24h, model.hours(.joinedByLink, .memberJoined, to: time)),
            (.numberChanges7d, model.days(.numberChanged, 7, to: time)),
            (.reports7d, model.days(.reported, 7, to: time)),
            (.trustedReports30d, model.days(.reported, 30, flags: .trustedSource, to: time)),
            (.reporters7d, model.parties(.reported, 7, to: time)),
            (.reporters30d, model.parties(.reported, 30, to: time)),
            (.agedReporters7d, model.parties(.reported, 7, anyOf: aged, to: time)),
            (.agedReporters30d, model.parties(.reported, 30, anyOf: aged, to: time)),
            (.blockers7d, model.parties(.blocked, 7, to: time)),
            (.sightings7d, model.days(.sighted, 7, to: time)),
            (.sightingSources7d, model.parties(.sighted, 7, to: time)),
            (.sightingClasses7d, model.parties(.sighted, 7, byCategory: true, to: time)),
        ]
        for (feature, value) in expected {
            #expect(
                state.value(of: feature, at: time) == value, "\(feature.name)",
                sourceLocation: location)
        }
    }

    @Test(
        "Every window equals a naive model over random, late and out-of-order signals",
        arguments: 1...40)
    func equalsNaiveModel(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var clock = noon
        var state = SubjectState()
        var model = NaiveModel()
        for step in 0..<150 {
            let next = random(&generator, &clock)
            let (isHeld, expected) = (state.apply(next), model.apply(next))
            #expect(isHeld == expected)
            if step % 5 == 0 { expect(state, model, at: next.time) }
        }
        expect(state, model, at: clock)
    }

    @Test("The compact form gives the same state back, at every step", arguments: 50...60)
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var clock = noon
        var state = SubjectState()
        for step in 0..<150 {
            let next = random(&generator, &clock)
            _ = state.apply(next)
            _ = state.isDuplicate(id(UInt64(step)))
            if step % 9 == 0 { state.fire(UInt64(step), at: next.time) }
            let read = try SubjectState(decoding: state.encoded)
            #expect(read == state)
            #expect(read.encoded == state.encoded)
            // What is read back goes on as if it had never been written.
            state = read
        }
    }

    @Test("A late signal counts nowhere, and its facts are kept")
    func late() {
        var state = SubjectState()
        _ = state.apply(signal(.groupCreated))
        let group = Subject(.group, "g")
        _ = state.apply(signal(.groupCreated, related: group, isLate: true))
        #expect(state.value(of: .groupsCreated24h, at: noon) == 1)
        #expect(state.ties.map(\.subject) == [group])
    }

    @Test("A signal from before every bucket is told apart and counts nowhere")
    func expired() {
        var state = SubjectState()
        _ = state.apply(signal(.reported, party: 1))
        let old = noon - .days(32)
        #expect(!state.isHeld(old))
        let takesOld = state.apply(signal(.reported, at: old, party: 2))
        let takesLast = state.apply(signal(.reported, at: noon - .days(31), party: 3))
        #expect(!takesOld && takesLast)
        #expect(state.value(of: .reports7d, at: noon) == 1)
    }

    @Test("Past its limit a set keeps whom it saw last, so that recent counts stay right")
    func setLimit() {
        var state = SubjectState()
        for n in 0..<500 {
            _ = state.apply(
                signal(.reported, at: noon + .days(Int64(n / 50)), party: UInt64(n + 1)))
        }
        #expect(state.value(of: .reporters30d, at: noon + .days(9)) == 64)
        for party in 1000..<1040 as Range<UInt64> {
            _ = state.apply(signal(.reported, at: noon + .days(20), party: party))
        }
        #expect(state.value(of: .reporters7d, at: noon + .days(20)) == 40)
    }

    @Test("A sighting from before the link existed is no witness")
    func earlySighting() {
        let link = Subject(.inviteLink, "l")
        var state = SubjectState()
        _ = state.apply(signal(.created, of: link))
        _ = state.apply(signal(.sighted, at: noon - .hours(2), of: link, party: 1, category: 2))
        #expect(state.value(of: .sightings7d, at: noon) == 0)
        _ = state.apply(signal(.sighted, at: noon + .hours(2), of: link, party: 1, category: 2))
        #expect(state.value(of: .sightings7d, at: noon + .hours(2)) == 1)
    }

    @Test("Age is unknown until the birth was seen")
    func age() {
        var state = SubjectState()
        #expect(state.value(of: .ageHours, at: noon) == nil)
        _ = state.apply(signal(.registered, at: noon - .hours(50)))
        #expect(state.value(of: .ageHours, at: noon) == 50)
    }

    @Test("Each feature's name is its own, and stands in its place of the reference")
    func names() {
        let names = Feature.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        for feature in Feature.allCases {
            let plain = feature.name.replacing("_", with: "")
            #expect("\(feature)".lowercased() == plain)
        }
    }
}
