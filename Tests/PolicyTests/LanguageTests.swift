import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("Features, scores and conditions")
struct LanguageTests {
    /// A pack of one account feature `x`.
    private func featurePack(_ feature: String, more: String = "") throws -> Pack {
        try Pack.load(
            yaml: "pack: p\nfeatures:\n  account:\n    x: \(feature)\n\(more)rules: []\n",
            file: "pack.yaml")
    }

    private func value(_ feature: String, _ signals: [Signal], at time: Instant) throws -> Double? {
        let pack = try featurePack(feature)
        var state = SubjectState()
        for signal in signals { _ = evaluate(pack, &state, signal) }
        return pack.value(of: "x", .account, state, at: time)
    }

    private var reports: [Signal] {
        (0..<6 as Range<UInt64>).map { n in
            let flags: EventFlags = n % 2 == 0 ? .agedReporter : []
            return signal(
                .reported, at: noon + .hours(Int64(n)), actor: "r\(n % 4)", party: n % 4 + 1,
                amount: 2, flags: flags, category: UInt8(n % 3) + 1)
        }
    }

    @Test("Each aggregate counts what it says")
    func aggregates() throws {
        let end = noon + .hours(5)
        let expected: [(String, Double?)] = [
            ("count(reported) over 24h", 6), ("count(reported) over 2h", 2),
            ("count(reported) over 3h", 3), ("sum(reported, amount) over 24h", 12),
            ("count(reported) where signal.aged_reporter over 24h", 3),
            ("count(reported) where signal.category in [csam, sextortion] over 24h", 4),
            ("distinct(reported, reporter) over 7d", 4),
            ("distinct(reported, actor) where not signal.aged_reporter over 7d", 2),
            ("age(reported)", 0), ("first_seen(reported)", 5 * 3_600_000),
            ("age(reported) where signal.category == csam", 2 * 3_600_000),
            ("last(reported, category)", 3), ("last(reported, amount)", 2),
            ("age(blocked)", nil), ("last(blocked, amount)", nil),
            ("count(blocked) over 24h", 0),
            ("decayed(reported) half-life 1h", 1.96875),
            ("decayed(reported, amount) half-life 1h", 3.9375),
            ("count([reported, blocked]) over 24h", 6),
        ]
        for (text, wanted) in expected {
            let found = try value(text, reports, at: end)
            let isRight = wanted.map { ((found ?? .nan) - $0).magnitude < 1e-9 } ?? (found == nil)
            #expect(isRight, "\(text): \(found ?? .nan)")
        }
    }

    @Test("Arithmetic, functions and units")
    func arithmetic() throws {
        let expected: [(String, Double?)] = [
            ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 2 - 3", 5), ("-2 * -3", 6), ("7 / 2", 3.5),
            ("1 / 0", nil), ("min(3, 2)", 2), ("max(1h, 30m) / 1m", 60), ("clamp(7, 1, 5)", 5),
            ("log1p(0)", 0), ("2h + 30m", 9_000_000), ("2 * 1h", 7_200_000), ("1d / 2 / 1h", 12),
            ("3 > 2 and not 2 > 3", 1), ("1 > 2 or 2 > 1 and false", 0), ("3 in [1, 2, 3]", 1),
            ("1e-3 * 1000", 1), ("subject.age / 1h", nil), ("subject.age > 1h", 0),
            ("not subject.age > 1h", 1),
        ]
        for (text, wanted) in expected {
            #expect(try value("\"\(text)\"", [], at: noon) == wanted, "\(text)")
        }
    }

    @Test("What is unknown makes its comparison false, both ways")
    func unknown() throws {
        for comparison in ["==", "!=", ">=", "<=", ">", "<"] {
            #expect(try value("\"age(blocked) \(comparison) 3h\"", [], at: noon) == 0)
        }
    }

    @Test("A score adds up, and its largest contributions are among the reasons")
    func score() throws {
        let pack = try pack(
            """
              - id: r
                on: account
                when: score(account.s) > 0.9 and groups_created_24h >= 2
                harm: csam
                propose: [request_review]
            """,
            scores: """
                scores:
                  account.s:
                    logistic:
                      bias: -1
                      weights: {groups_created_24h: 2, reporters_7d: 0.5, log1p(contacts_24h): 1}

                """)
        var state = SubjectState()
        _ = evaluate(pack, &state, signal(.reported, party: 1))
        _ = evaluate(pack, &state, signal(.groupCreated))
        let drafts = evaluate(pack, &state, signal(.groupCreated)).drafts
        let reasons = try #require(drafts.first?.reasons)
        #expect(
            reasons.map(\.name) == [
                "groups_created_24h", "account.s", "account.s/groups_created_24h",
                "account.s/reporters_7d",
            ])
        #expect(reasons[2].value == 4 && reasons[3].value == 0.5)
        #expect((reasons[1].value - 0.970_687_769_248_643_6).magnitude < 1e-12)
    }

    @Test("A rule with or is asked at what either side reads")
    func either() throws {
        let pack = try pack(
            """
              - id: r
                on: account
                when: groups_created_24h >= 2 or contacts_24h >= 5
                harm: csam
                propose: [request_review]
                cooldown: 0s
            """)
        var state = SubjectState()
        #expect(evaluate(pack, &state, signal(.contacts, amount: 5)).drafts.count == 1)
        #expect(evaluate(pack, &state, signal(.groupCreated, amount: 1)).drafts.count == 1)
        #expect(evaluate(pack, &state, signal(.profileChanged)).drafts.isEmpty)
    }

    @Test("An explanation says term by term why a rule does not fire")
    func explains() throws {
        let pack = try pack(
            """
              - id: r
                on: account
                when: groups_created_24h >= 2 and subject.age <= 7d
                harm: csam
                propose: [request_review]
            """)
        var state = SubjectState()
        let last = signal(.groupCreated, amount: 3)
        _ = evaluate(pack, &state, last)
        let rule = try #require(pack.explain(state, last).rules.first)
        #expect(!rule.fires)
        #expect(rule.terms.map(\.text) == ["groups_created_24h >= 2", "subject.age <= 7d"])
        #expect(rule.terms.map(\.holds) == [true, false])
        #expect(rule.terms.flatMap { $0.values.map(\.value) } == ["3", "unknown"])
        let other = pack.explain(state, signal(.profileChanged)).rules.first
        #expect(other?.hindrance.contains("not asked") == true)
    }

    @Test("Features that double each other's work are refused, not computed for ever")
    func doubling() {
        var features = "count(reported) over 7d\n    y0: x\n"
        for n in 1...40 { features += "    y\(n): y\(n - 1) + y\(n - 1)\n" }
        #expect(throws: PackError.self) { try featurePack(features) }
    }
}
