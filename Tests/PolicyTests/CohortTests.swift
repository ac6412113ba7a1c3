import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("Whose group was taken down, where they come together again")
struct CohortTests {
    private func run(_ signals: [Signal]) -> SubjectReplay {
        var replay = SubjectReplay(.builtin)
        for signal in signals { replay.send(signal) }
        return replay
    }

    private func value(
        _ feature: String, _ replay: SubjectReplay, _ subject: Subject = group("new")
    ) -> Double? {
        Pack.builtin.value(
            of: feature, subject.kind, replay.state(subject), at: noon + .days(2))
    }

    private func member(_ account: String, of origin: String) -> Signal {
        signal(.memberJoined, of: group(origin), actor: account)
    }

    private func enforce(
        _ origin: String, _ decision: UInt64, _ action: Action = .removeGroup
    ) -> Signal {
        signal(.enforced, of: group(origin), hops: 1, decision: id(decision), action: action)
    }

    private func reverse(_ origin: String, _ decision: UInt64) -> Signal {
        signal(
            .reversed, at: noon + .hours(2), of: group(origin), hops: 1, decision: id(decision),
            action: .removeGroup)
    }

    private func cohort(_ members: Int, of origin: String, _ decision: UInt64) -> [Signal] {
        [signal(.created, of: group(origin), actor: "owner-\(origin)")]
            + (0..<members).map { member("\(origin)-m\($0)", of: origin) }
            + [enforce(origin, decision)]
    }

    private func join(_ account: String, _ group: String = "new", hours: Int64 = 1) -> Signal {
        signal(
            .joinedByLink, at: noon + .hours(hours), of: Subject(.account, account),
            related: Subject(.group, group))
    }

    @Test(
        "Members of one removed group are a cohort in another, of three removed groups they are none"
    )
    func cohorts() {
        let one = run(cohort(4, of: "g", 1) + (0..<3).map { join("g-m\($0)") })
        #expect(value("cohort_of_one_group_72h", one) == 3)
        var three: [Signal] = []
        for (n, origin) in ["g", "h", "i"].enumerated() {
            three += cohort(1, of: origin, UInt64(n) + 1) + [join("\(origin)-m0")]
        }
        #expect(value("cohort_of_one_group_72h", run(three)) == 1)
        let same = run(cohort(2, of: "g", 1) + [join("g-m0", "g")])
        #expect(value("cohort_72h", same, group("g")) == 0)
    }

    @Test("Those whose groups were removed time and again are found all the same")
    func recidivists() {
        var signals = [signal(.created, of: group("new"), actor: "stranger")]
        for (n, origin) in ["g", "h", "i"].enumerated() {
            signals += (0..<5).map { member("m\($0)", of: origin) }
            signals.append(enforce(origin, UInt64(n) + 1))
        }
        func rules(_ members: Int) -> [String] {
            run(signals + (0..<members).map { join("m\($0)") }).drafts
                .filter { $0.target == group("new") }.map(\.rule)
        }
        #expect(rules(5) == ["cohort-comes-again"])
        #expect(rules(2) == [])
    }

    @Test("A reversal takes the cohort back, unless something else stands against the group")
    func reversed() {
        let joined = cohort(3, of: "g", 1) + (0..<3).map { join("g-m\($0)") }
        #expect(value("cohort_72h", run(joined + [reverse("g", 1)])) == 0)
        let again = enforce("g", 2, .disableGroup)
        let held = cohort(3, of: "g", 1) + [again] + (0..<3).map { join("g-m\($0)") }
        #expect(value("cohort_72h", run(held + [reverse("g", 1)])) == 3)
    }

    @Test("The last decision to be lifted takes the cohort back, whichever came first")
    func handedOver() {
        let story = cohort(1, of: "g", 1) + [join("g-m0"), enforce("g", 2)]
        for order in [[1, 2], [2, 1]] as [[UInt64]] {
            let one = run(story + [reverse("g", order[0])])
            #expect(value("cohort_72h", one) == 1)
            let both = run(story + order.map { reverse("g", $0) })
            #expect(value("cohort_72h", both) == 0)
            #expect(value("cohort_groups_72h", both) == 0)
        }
    }

    @Test("Who came from two removed groups still came from one when the other is given back")
    func twoOrigins() {
        let story =
            ["g", "h"].flatMap { [member("m", of: $0), member("n", of: $0)] }
            + [enforce("g", 1), enforce("h", 2), join("m"), join("n")]
        let one = run(story + [reverse("g", 1)])
        #expect(value("cohort_72h", one) == 2)
        #expect(value("cohort_groups_72h", one) == 1)
        let none = run(story + [reverse("g", 1), reverse("h", 2)])
        #expect(value("cohort_72h", none) == 0)
        #expect(value("cohort_groups_72h", none) == 0)
    }

    @Test("A name is known as long as one member knows of a decision against its group")
    func nameStays() {
        func named(_ group: String) -> Signal {
            var signal = signal(.textSet, of: Subject(.group, group), actor: "x")
            signal.text = TextFacts(surface: .groupName, sketch: 0x1234_5678_9abc_def0)
            return signal
        }
        // The first has left before the second decision and is not told of it.
        let story = [
            named("g"), named("new"), member("m", of: "g"), member("n", of: "g"), enforce("g", 1),
            signal(.memberLeft, of: group("g"), actor: "m"), enforce("g", 2), join("m"),
            join("n"),
        ]
        let one = run(story + [reverse("g", 1)])
        #expect(one.state(group("new")).isNamedLikeRemoved)
        #expect(value("cohort_72h", one) == 1)
        #expect(value("cohort_groups_72h", one) == 1)
        let none = run(story + [reverse("g", 1), reverse("g", 2)])
        #expect(!none.state(group("new")).isNamedLikeRemoved)
        #expect(value("cohort_72h", none) == 0)
    }

    @Test("Of more groups than are remembered, none keeps what was taken back")
    func manyGroups() {
        let groups = (0..<11).map { "new-\($0)" }
        let story = cohort(1, of: "g", 1) + groups.map { join("g-m0", $0) }
        let before = run(story)
        let after = run(story + [reverse("g", 1)])
        for (n, name) in groups.enumerated() {
            #expect(value("cohort_72h", before, group(name)) == (n < 3 ? 0 : 1))
            #expect(value("cohort_72h", after, group(name)) == 0)
        }
    }

    @Test("Who reported the group is not of its cohort, and feels nothing of its removal")
    func reporters() {
        let report = signal(.reported, of: group("g"), actor: "g-m0", party: 7, category: 1)
        var signals = cohort(3, of: "g", 1)
        signals.insert(report, at: signals.count - 1)
        let replay = run(signals + (0..<3).map { join("g-m\($0)") })
        #expect(value("cohort_72h", replay) == 2)
        #expect(replay.state(account("g-m0")).standing.isEmpty)
    }

    @Test("A minor who merely joined is of no cohort; one who ran the group is")
    func minors() {
        func came(_ ties: [Signal]) -> Double? {
            let minor = signal(.registered, of: account("g-m0"), flags: .minor)
            return value("cohort_72h", run([minor] + ties + cohort(1, of: "g", 1) + [join("g-m0")]))
        }
        #expect(came([]) == 0)
        #expect(
            came([
                signal(
                    .administers, of: account("g-m0"), related: group("g"), flags: .granted)
            ]) == 1)
    }

    @Test("The shorter way says who told")
    func shorterWay() {
        var far = signal(
            .neighbourEnforced, of: account("m"), related: link("l"), hops: 2, decision: id(1),
            action: .removeGroup)
        var near = far
        near.related = group("g")
        near.hops = 1
        near.text = TextFacts(surface: .groupName, sketch: 0x1234_5678_9abc_def0)
        #expect(value("cohort_72h", run([far, near, join("m")])) == 1)
        #expect(run([far, near]).state(account("m")).standing.map(\.name) != [0])
        // Not the longer one.
        far.related = group("h")
        #expect(value("cohort_72h", run([near, far, join("m", "g")]), group("g")) == 0)
    }

    @Test("What several members say at one place after a reversal are several signals")
    func ordinals() {
        let joined = cohort(3, of: "g", 1) + (0..<3).map { join("g-m\($0)") }
        let replay = run(joined)
        var origin = replay.state(group("g"))
        let back = reverse("g", 1)
        let told = evaluate(.builtin, &origin, back).neighbours.map {
            $0.signal(after: back, key: id(3))
        }
        var left: [NeighbourSignal] = []
        for signal in told {
            var state = replay.state(signal.subject)
            left += evaluate(.builtin, &state, signal).neighbours
        }
        #expect(left.count == 3)
        #expect(left.allSatisfy { $0.kind == .cohortLeft && $0.target == group("new") })
        #expect(Set(left.map(\.ordinal)).count == 3)
    }
}
