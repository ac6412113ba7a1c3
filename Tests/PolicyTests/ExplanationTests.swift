import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("Explanations agree with what the pack does")
struct ExplanationTests {
    private func mixed() throws -> Pack {
        try pack(
            """
              - id: match-rests
                on: match
                when: match.exact and match.category == csam
                harm: csam
                propose: {self: [request_review]}
                cooldown: 6h
              - id: match-history
                on: match
                when: match.exact and reports_7d >= 2
                harm: csam
                propose: {self: [request_review]}
              - id: counted
                on: [account, group]
                when: reports_7d >= 2 and reporters_7d >= 2
                harm: csam
                propose: [request_review]
                cooldown: 12h
              - id: named
                on: [account, group, link]
                when: signal.kind == reported and signal.imminent
                harm: csam
                propose: [request_review]
                cooldown: 0s
              - id: tied
                on: account
                when: related.age >= 1h
                harm: csam
                propose: [request_review]
                cooldown: 1h
              - id: fed
                on: [account, group]
                when: signal.kind in [enforced, reversed] and reports_7d >= 1
                harm: csam
                propose: [request_review]
                cooldown: 2h

            """)
    }

    private func history(_ seed: UInt64, length: UInt64) -> [Signal] {
        var state = seed
        func random(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        let kinds: [SignalKind] = [
            .reported, .reported, .groupCreated, .joinedByLink, .profileChanged, .mediaSet,
            .blocked, .enforced, .reversed, .rescanned,
        ]
        return (0..<length).map { n in
            let kind = kinds[Int(random(UInt64(kinds.count)))]
            // Now and then from before everything that is held.
            let age: Int64 = random(6) == 0 ? 40 : 0
            let isAccount = kind == .groupCreated || kind == .joinedByLink || random(2) == 0
            let matches = random(3) == 0 ? [match(random(2) == 0 ? .csam : .lead)] : []
            return signal(
                kind, at: noon + .hours(Int64(n)) - .days(age),
                of: isAccount ? account("a") : group("g"), actor: "x",
                related: group("r\(random(3))"), party: random(4) + 1,
                flags: random(3) == 0 ? .imminent : [], category: 1, isLate: random(9) == 0,
                media: matches.isEmpty ? [] : [item(.profilePhoto)], matches: matches,
                decision: id(random(5) + 10), action: .disableGroup)
        }
    }

    @Test("A rule is said to fire where it fires, over random histories")
    func agree() throws {
        let pack = try mixed()
        var fired: Set<String> = []
        var hindrances: Set<String> = []
        for seed in 0..<30 as Range<UInt64> {
            var replay = SubjectReplay(pack)
            for signal in history(seed, length: 120) {
                let explanation = replay.explanation(of: signal)
                var state = replay.state(signal.subject)
                let drafts = evaluate(pack, &state, signal).drafts
                let said = Set(explanation.rules.filter(\.fires).map(\.id))
                #expect(
                    said == Set(drafts.map(\.rule)), "\(signal.kind) at \(signal.time), \(seed)")
                fired.formUnion(said)
                hindrances.formUnion(explanation.rules.map(\.hindrance))
                replay.send(signal)
            }
        }
        #expect(fired == Set(pack.ruleIDs))
        #expect(hindrances.contains(""))
        for part in ["carries no match", "is not asked", "is older than", "rests for another"] {
            #expect(hindrances.contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test("An old signal asks no rule that reads how old a tie is; a held one of any kind does")
    func tieAge() throws {
        let pack = try pack(
            """
              - id: tied
                on: account
                when: related.age >= 1h
                harm: csam
                propose: [request_review]
                cooldown: 0s
            """)
        var state = SubjectState()
        let start = noon - .days(50)
        _ = evaluate(pack, &state, signal(.joinedByLink, at: start, related: group("g")))
        for kind in [SignalKind.contacts, .reported, .blocked] {
            let later = signal(kind, at: start + .days(1), related: group("g"))
            #expect(evaluate(pack, &state, later).drafts.map(\.rule) == ["tied"])
        }
        _ = evaluate(pack, &state, signal(.profileChanged, at: noon))
        let old = signal(.contacts, at: start + .days(2), related: group("g"))
        let rule = try #require(pack.explain(state, old).rules.first)
        #expect(!rule.fires)
        #expect(rule.terms.map(\.holds) == [true])
        #expect(rule.hindrance.hasPrefix("the signal is older than everything that is held"))
        let result = evaluate(pack, &state, old)
        #expect(result.outcome == .expired)
        #expect(result.drafts.isEmpty)
    }

    @Test("A rule on match that fired rests, and the explanation says so")
    func restingMatch() throws {
        let pack = try mixed()
        var state = SubjectState()
        let hit = signal(.mediaSet, media: [item(.profilePhoto)], matches: [match()])
        #expect(pack.explain(state, hit).rules.first?.fires == true)
        _ = evaluate(pack, &state, hit)
        let rule = try #require(pack.explain(state, hit).rules.first)
        #expect(!rule.fires)
        #expect(rule.hindrance.contains("rests for another 6h"))
    }

    @Test("An unknown rule is told with the nearest known one")
    func unknownRule() throws {
        let pack = try mixed()
        #expect(pack.mistake(inRule: "counted") == nil)
        #expect(
            pack.mistake(inRule: "countd") == "unknown rule \"countd\"; did you mean \"counted\"?")
    }
}
