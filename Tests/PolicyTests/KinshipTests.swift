import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("What one subject's history says at another's home")
struct KinshipTests {
    private func run(_ signals: [Signal]) -> SubjectReplay {
        var replay = SubjectReplay(.builtin)
        for signal in signals { replay.send(signal) }
        return replay
    }

    private func value(_ feature: String, _ subject: Subject, _ replay: SubjectReplay) -> Double? {
        Pack.builtin.value(
            of: feature, subject.kind, replay.state(subject), at: noon + .days(2))
    }

    /// A report as the pipeline tells it: to the reported subject and to the reporter.
    private func report(
        _ subject: Subject, by reporter: String, at time: Instant = noon, device: UInt64 = 0,
        flags: EventFlags = .agedReporter
    ) -> [Signal] {
        let party = account(reporter).mark
        var filed = signal(
            .filedReport, at: time, of: account(reporter), actor: reporter, related: subject,
            party: party, flags: flags, category: 1)
        filed.device = device
        let reported = signal(
            .reported, at: time, of: subject, actor: reporter, party: party, flags: flags,
            category: 1)
        return [reported, filed]
    }

    @Test("Five independent reporters count as five, five on one device as one")
    func devices() {
        let apart = run((1...5).flatMap { report(group("g"), by: "r\($0)", device: UInt64($0)) })
        #expect(value("aged_reporters_7d", group("g"), apart) == 5)
        let together = run((1...5).flatMap { report(group("g"), by: "r\($0)", device: 9) })
        #expect(value("aged_reporters_7d", group("g"), together) == 1)
        #expect(value("reporters_7d", group("g"), together) == 5, "for review all count")
    }

    @Test("The reporter's home knows that an account is old where the report does not say")
    func ageAtHome() {
        let old = signal(.registered, at: noon - .days(40), of: account("r"))
        let told = run([old] + report(group("g"), by: "r", flags: []))
        #expect(value("aged_reporters_7d", group("g"), told) == 1)
        let young = signal(.registered, at: noon - .days(4), of: account("r"))
        let untold = run([young] + report(group("g"), by: "r", flags: []))
        #expect(value("aged_reporters_7d", group("g"), untold) == 0)
    }

    @Test("A reporter does not say of themselves that they are right")
    func claimed() {
        let replay = run(report(group("g"), by: "r", flags: [.agedReporter, .oftenWrong]))
        #expect(value("aged_reporters_7d", group("g"), replay) == 1)
    }

    /// What takes a report back, as the pipeline tells it.
    private func back(_ subject: Subject, by reporter: String) -> [Signal] {
        let party = account(reporter).mark
        return [
            signal(.reportWithdrawn, of: subject, actor: reporter, party: party),
            signal(
                .reportRetracted, of: account(reporter), actor: reporter, related: subject,
                party: party),
        ]
    }

    @Test("A report that is taken back counts no more, for whom it named besides either")
    func withdrawn() {
        let reports = (1...3).flatMap { n in
            report(group("g"), by: "r\(n)") + report(account("sender"), by: "r\(n)")
        }
        let other = report(account("v"), by: "r2", at: noon - .hours(1))
        let replay = run(other + reports + back(group("g"), by: "r2"))
        #expect(value("aged_reporters_7d", group("g"), replay) == 2)
        #expect(value("reporters_7d", group("g"), replay) == 2)
        #expect(value("aged_reporters_7d", account("sender"), replay) == 2)
        #expect(value("aged_reporters_7d", account("v"), replay) == 1, "another report")
    }

    @Test("A report that is weighed after a newer withdrawal is heard of does not stay")
    func overtaken() {
        var states: [Subject: SubjectState] = [:]
        func apply(_ signal: Signal) -> [Signal] {
            evaluate(.builtin, &states[signal.subject, default: SubjectState()], signal)
                .neighbours.map { $0.signal(after: signal, key: id(1)) }
        }
        // All that goes to the reported subject first, then what its reporter's home sends.
        let all = report(group("g"), by: "r") + back(group("g"), by: "r")
        let direct = all.filter { $0.subject == group("g") }
        let byHome = all.filter { $0.subject != group("g") }
        for signal in direct { #expect(apply(signal).isEmpty) }
        for signal in byHome.flatMap(apply) { #expect(apply(signal).isEmpty) }
        let state = states[group("g")] ?? SubjectState()
        #expect(
            Pack.builtin.value(
                of: "aged_reporters_7d", .group, state, at: noon + .hours(1)) == 0)
    }

    @Test("A verdict is told to those who reported before it, once each, and ends there")
    func judged() {
        var state = SubjectState()
        for n in 1...3 {
            let time = noon + .hours(Int64(n))
            _ = evaluate(.builtin, &state, report(group("g"), by: "r\(n)", at: time)[0])
        }
        var word = signal(.cleared, at: noon + .hours(2), of: group("g"), hops: 1)
        let told = evaluate(.builtin, &state, word).neighbours
        #expect(told.map(\.target) == [account("r1"), account("r2")])
        #expect(told.allSatisfy { $0.kind == .reportJudged && $0.hops == 2 && $0.flags.isEmpty })
        var reporter = SubjectState()
        let end = told[0].signal(after: word, key: id(1))
        #expect(evaluate(.builtin, &reporter, end).neighbours.isEmpty)
        word.kind = .upheld
        let corrected = evaluate(.builtin, &state, word).neighbours
        #expect(corrected.map(\.target) == told.map(\.target))
        #expect(corrected.allSatisfy { $0.flags == .upheld })
        word.hops = Signal.maximumHops
        #expect(evaluate(.builtin, &state, word).neighbours.isEmpty)
    }

    @Test("Whoever was often wrong counts for nothing in automation until found right again")
    func wrong() {
        var signals: [Signal] = []
        for n in 1...2 {
            signals += report(
                account("v\(n)"), by: "r", at: noon - .days(40) - .minutes(Int64(n)))
        }
        for n in 1...2 {
            signals.append(
                signal(.cleared, at: noon - .days(39), of: account("v\(n)"), hops: 1))
        }
        let wrong = run(signals + report(group("g"), by: "r"))
        #expect(value("aged_reporters_7d", group("g"), wrong) == 0)
        #expect(value("reporters_7d", group("g"), wrong) == 1)
        for n in 1...2 {
            signals.append(
                signal(.upheld, at: noon - .days(20), of: account("v\(n)"), hops: 1))
        }
        let right = run(signals + report(group("g"), by: "r"))
        #expect(value("aged_reporters_7d", group("g"), right) == 1)
    }

    @Test(
        "Danger, and a minor's word about themselves, reach a human whatever is known of who says so"
    )
    func alwaysReview() {
        let kinds: [(EventFlags, String)] = [
            (.imminent, "imminent-danger"),
            ([.aboutReporter, .reporterMinor], "about-me-and-minor"),
        ]
        for (flags, rule) in kinds {
            var signals: [Signal] = []
            for n in 1...8 {
                let time = noon - .minutes(Int64(n))
                signals += report(account("v\(n)"), by: "r", at: time, device: 9)
            }
            for n in 1...8 { signals.append(signal(.cleared, of: account("v\(n)"), hops: 1)) }
            signals += report(group("g"), by: "r", at: noon + .hours(1), device: 9, flags: flags)
            let drafts = run(signals).drafts.filter { $0.rule == rule }
            #expect(
                drafts.contains { $0.target == group("g") && $0.actions.contains(.requestReview) })
        }
    }

    @Test("Whatever follows from a signal ends within the hop limit, and ids are all different")
    func bounded() {
        var random = UInt64(7)
        func next(_ limit: UInt64) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1
            return Int((random >> 33) % limit)
        }
        var states: [Subject: SubjectState] = [:]
        for n in 0..<4_000 {
            let kinds = SignalKind.allCases
            let subjects = [account("a\(next(4))"), group("g\(next(4))"), link("l\(next(2))")]
            var first = signal(
                kinds[next(UInt64(kinds.count))], at: noon + .minutes(Int64(n)),
                of: subjects[next(3)], actor: "a\(next(4))", related: subjects[next(3)],
                party: UInt64(next(9)) + 1, flags: .granted, decision: id(UInt64(next(30))),
                action: [.removeGroup, .disableGroup, .banAccount][next(3)])
            first.cause = id(UInt64(n) + 1_000)
            var queue = [first]
            var seen: Set<[String]> = []
            var count = 0
            while let signal = queue.popLast() {
                count += 1
                let told = evaluate(
                    .builtin, &states[signal.subject, default: SubjectState()], signal
                ).neighbours
                for one in told {
                    #expect(one.hops <= Signal.maximumHops && one.hops > 0)
                    let name = [
                        "\(one.kind)", "\(one.target)", "\(one.ordinal)",
                        "\(one.decision ?? .zero)",
                        "\(signal.subject)",
                    ]
                    #expect(seen.insert(name).inserted, "\(name)")
                }
                queue += told.filter { $0.hops <= Signal.maximumHops }
                    .map { $0.signal(after: signal, key: id(3)) }
            }
            #expect(count < 400)
        }
    }
}

@Suite("Names of groups that were taken down")
struct FormerNameTests {
    private static let name: UInt64 = 0x1234_5678_9abc_def0

    private func named(_ group: String, _ sketch: UInt64, at time: Instant = noon) -> Signal {
        var signal = signal(.textSet, at: time, of: Subject(.group, group), actor: "x")
        signal.text = TextFacts(surface: .groupName, sketch: sketch)
        return signal
    }

    /// A group that is taken down, and one of whose members joins another.
    private func story(
        _ sketch: UInt64, first: Bool = false, _ after: [Signal] = []
    ) -> [ProposalDraft] {
        let old = group("old")
        let join = signal(
            .joinedByLink, at: noon + .hours(1), of: account("m"), related: group("new"))
        let naming = named("new", sketch, at: noon + .minutes(30))
        var replay = SubjectReplay(.builtin)
        let signals =
            [
                signal(.created, of: old, actor: "owner"), named("old", Self.name),
                signal(.memberJoined, of: old, actor: "m"),
                signal(
                    .enforced, of: old, hops: 1, decision: id(1), action: .removeGroup),
                signal(.created, at: noon + .minutes(20), of: group("new"), actor: "stranger"),
            ] + (first ? [naming, join] : [join, naming]) + after
        for signal in signals { replay.send(signal) }
        return replay.drafts.filter { $0.rule == "name-of-removed-group" }
    }

    @Test("A member and a near name are enough for a look, whichever comes first")
    func near() {
        for first in [false, true] {
            let drafts = story(Self.name ^ 0b1011, first: first)
            #expect(drafts.map(\.target) == [group("new")])
            #expect(drafts.first?.actions == [.preserveEvidence, .requestReview])
        }
        #expect(story(~Self.name).isEmpty)
        #expect(story(0).isEmpty, "a name too short to compare")
    }

    @Test("A reversal takes the name back")
    func reversed() {
        let back = signal(
            .reversed, at: noon + .hours(2), of: group("old"), hops: 1, decision: id(1),
            action: .removeGroup)
        let renamed = named("new", Self.name, at: noon + .hours(3))
        #expect(story(~Self.name, [back, renamed]).isEmpty)
        #expect(!story(~Self.name, [renamed]).isEmpty)
    }

    @Test("What a member brings is no name of the group's own, and survives the changelog")
    func kept() throws {
        var state = SubjectState()
        var joined = signal(.cohortJoined, of: group("new"), related: group("old"), party: 5)
        joined.text = TextFacts(surface: .groupName, sketch: Self.name)
        _ = evaluate(.builtin, &state, joined)
        #expect(state.sketch(of: .groupName) == 0)
        #expect(!state.isNamedLikeRemoved)
        _ = evaluate(.builtin, &state, named("new", Self.name))
        #expect(state.isNamedLikeRemoved)
        let layout = Pack.builtin.layout
        let read = try SubjectState(decoding: state.encoded(layout), layout)
        #expect(read == state)
    }
}
