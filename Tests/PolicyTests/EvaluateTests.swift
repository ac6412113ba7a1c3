import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("Rules")
struct EvaluateTests {
    private let rate = """
          - id: rate
            on: account
            when: groups_created_24h >= 3
            harm: csam
            propose: [limit_group_adds, request_review]
            budget: {per: 1d, limit: 7}
            cooldown: 12h
        """

    @Test("A rule fires when its condition turns true, and again only after its cool-down")
    func cooldown() throws {
        let pack = try pack(rate)
        var state = SubjectState()
        var fired: [Int] = []
        for hour in 0..<20 {
            let result = evaluate(
                pack, &state, signal(.groupCreated, at: noon + .hours(Int64(hour))))
            if !result.drafts.isEmpty { fired.append(hour) }
        }
        #expect(fired == [2, 14])
    }

    @Test("A draft says what the rule saw, and carries its harm and budget")
    func draft() throws {
        let pack = try pack(rate)
        var state = SubjectState()
        _ = evaluate(pack, &state, signal(.groupCreated, amount: 2))
        let result = evaluate(pack, &state, signal(.groupCreated))
        let draft = try #require(result.drafts.first)
        #expect(draft.reasons == [Reason(name: "groups_created_24h", value: 3)])
        #expect(draft.budget == Budget(period: .days(1), limit: 7))
        #expect(draft.harm == .csam)
        #expect(!draft.isShadow)
        #expect(lines(result.drafts) == ["rate account:a limit_group_adds request_review"])
    }

    @Test("A signal that changes nothing a rule reads does not ask it")
    func notAsked() throws {
        let pack = try pack(rate.replacing("12h", with: "0s"))
        var state = SubjectState()
        _ = evaluate(pack, &state, signal(.groupCreated, amount: 5))
        #expect(evaluate(pack, &state, signal(.profileChanged)).drafts.isEmpty)
        #expect(evaluate(pack, &state, signal(.groupCreated)).drafts.count == 1)
    }

    @Test("A late signal is not counted, but its matches reach the rules")
    func late() throws {
        var state = SubjectState()
        let media = [item(.profilePhoto)]
        let result = evaluate(
            .builtin, &state,
            signal(.mediaSet, isLate: true, media: media, matches: [match()]))
        #expect(result.drafts.map(\.rule) == ["known-media-on-profile"])
        for _ in 0..<30 { _ = evaluate(.builtin, &state, signal(.groupCreated, isLate: true)) }
        #expect(Pack.builtin.value(of: "groups_created_24h", .account, state, at: noon) == 0)
    }

    @Test("A signal from before every window is expired; its matches reach the rules all the same")
    func expired() throws {
        var state = SubjectState()
        _ = evaluate(.builtin, &state, signal(.profileChanged))
        let old = noon - .days(40)
        #expect(evaluate(.builtin, &state, signal(.groupCreated, at: old)).outcome == .expired)
        let media = [item(.profilePhoto)]
        let result = evaluate(
            .builtin, &state, signal(.rescanned, at: old, media: media, matches: [match()]))
        #expect(result.outcome == .expired)
        #expect(result.drafts.count == 1)
        let danger = signal(.reported, at: old, party: 1, flags: .imminent)
        #expect(evaluate(.builtin, &state, danger).drafts.map(\.rule) == ["imminent-danger"])
    }

    @Test("Every part of a match condition must hold for one and the same match")
    func oneMatch() throws {
        let pack = try pack(
            """
              - id: m
                on: match
                when: match.category == csam and match.exact and media.use == profile_photo
                harm: csam
                propose: [request_review]
            """)
        var state = SubjectState()
        let media = [item(.profilePhoto), item(.groupIcon)]
        let apart = [match(.csam, .pdq, media: 0), match(.csam, .sha256, media: 1)]
        #expect(
            evaluate(pack, &state, signal(.mediaSet, media: media, matches: apart)).drafts.isEmpty)
        let both = apart + [match(.csam, .md5, media: 0, entry: "f")]
        let result = evaluate(pack, &state, signal(.mediaSet, media: media, matches: both))
        #expect(result.drafts.first?.matches.map(\.entry) == ["f"])
    }

    @Test("Each uploader gets a proposal with their own matches; an unknown one leaves a review")
    func uploaders() throws {
        var state = SubjectState()
        let media = [
            item(.reportedMessage, .frankingVerified, uploader: "z"),
            item(.reportedMessage, .frankingVerified, uploader: "b"),
        ]
        let matches = [match(media: 0, entry: "e0"), match(media: 1, entry: "e1")]
        let result = evaluate(
            .builtin, &state,
            signal(.rescanned, of: group("g"), media: media, matches: matches))
        #expect(result.drafts.map(\.target.id) == ["g", "b", "z"])
        #expect(result.drafts.map { $0.matches.map(\.entry) } == [["e0", "e1"], ["e1"], ["e0"]])
        let nobody = evaluate(
            .builtin, &state,
            signal(
                .reported, of: account("b"), media: [item(.reportedMessage, .frankingVerified)],
                matches: [match()]))
        #expect(
            lines(nobody.drafts) == [
                "known-media-in-reported-message account:b preserve_evidence request_review"
            ])
    }

    @Test("Whom a signal of their own tells of their media is not proposed against twice")
    func toldApart() {
        var (place, owner) = (SubjectState(), SubjectState())
        let hit = [match()]
        let icon = [item(.groupIcon, uploader: "owner")]
        _ = evaluate(.builtin, &place, signal(.created, of: group("g"), actor: "owner"))
        _ = evaluate(
            .builtin, &owner, signal(.groupCreated, of: account("owner"), related: group("g")))
        let onGroup = evaluate(
            .builtin, &place,
            signal(.mediaSet, of: group("g"), actor: "owner", media: icon, matches: hit))
        let onOwner = evaluate(
            .builtin, &owner,
            signal(
                .mediaSet, of: account("owner"), actor: "owner", related: group("g"), media: icon,
                matches: hit))
        #expect(onGroup.drafts.map(\.target) == [group("g")])
        #expect(onOwner.drafts.map(\.target) == [account("owner")])
        #expect(
            (onGroup.drafts + onOwner.drafts).allSatisfy { $0.rule == "known-media-as-group-icon" })
    }

    @Test("Media in a report never count against the reporter")
    func reporterIsSafe() {
        var state = SubjectState()
        let own = [item(.reportedMessage, .frankingVerified, uploader: "r")]
        let result = evaluate(
            .builtin, &state,
            signal(.reported, of: group("g"), actor: "r", media: own, matches: [match()]))
        #expect(result.drafts.map(\.target) == [group("g")])
    }

    @Test("Two targets that are one subject get one proposal, for its id is of rule and target")
    func merged() throws {
        let pack = try pack(
            """
              - id: m
                on: match
                when: match.exact
                harm: csam
                propose:
                  uploader: [suspend_account, request_review]
                  self: [preserve_evidence, request_review]
                budget: {per: 1h, limit: 1}
            """)
        var state = SubjectState()
        let result = evaluate(
            pack, &state, signal(.mediaSet, media: [item(.profilePhoto)], matches: [match()]))
        #expect(
            lines(result.drafts) == [
                "m account:a preserve_evidence request_review suspend_account"
            ])
        #expect(result.drafts.first?.matches.count == 1)
    }

    @Test("Drafts come in the pack's order, whether on a match or on behaviour")
    func order() throws {
        let pack = try Pack.load(
            yaml: """
                pack: test
                features: {account: {reports_7d: count(reported) over 7d}}
                rules:
                  - {id: b, on: match, when: match.exact, harm: csam, propose: [request_review]}
                  - {id: c, on: account, when: reports_7d >= 1, harm: csam,
                     propose: [request_review]}
                  - {id: a, on: match, when: match.exact, harm: csam, propose: [request_review]}
                """, file: "pack.yaml")
        var state = SubjectState()
        let media = [item(.reportedMessage, .frankingVerified, uploader: "u")]
        let result = evaluate(
            pack, &state, signal(.reported, party: 1, media: media, matches: [match()]))
        #expect(result.drafts.map(\.rule) == ["b", "c", "a"])
    }

    @Test("A shadow rule drafts like any other, and says so")
    func shadow() throws {
        let pack = try pack(rate + "\n    shadow: true")
        var state = SubjectState()
        let result = evaluate(pack, &state, signal(.groupCreated, amount: 3))
        #expect(result.drafts.map(\.isShadow) == [true])
    }

    @Test("The category of a sighting is no report category")
    func categories() throws {
        let pack = try pack(
            """
              - id: m
                on: link
                when: signal.category == csam
                harm: csam
                propose: [request_review]
            """)
        var state = SubjectState()
        let l = link("l")
        #expect(evaluate(pack, &state, signal(.sighted, of: l, category: 1)).drafts.isEmpty)
        #expect(evaluate(pack, &state, signal(.reported, of: l, category: 2)).drafts.isEmpty)
        #expect(evaluate(pack, &state, signal(.reported, of: l, category: 1)).drafts.count == 1)
    }

    @Test("The same signals give the same drafts and the same state")
    func deterministic() {
        func run() -> ([String], [UInt8]) {
            var state = SubjectState()
            var drafts: [String] = []
            for n in 0..<400 as Range<UInt64> {
                let kind = SignalKind.allCases[Int(n) % SignalKind.allCases.count]
                let result = evaluate(
                    .builtin, &state,
                    signal(
                        kind, at: noon + .minutes(Int64(n) * 7), of: group("g"), actor: "x",
                        related: account("x\(n % 20)"), party: n % 9 + 1,
                        flags: n % 3 == 0 ? [.agedReporter, .granted] : .granted,
                        category: UInt8(n % 7), decision: id(n % 11), action: .disableGroup))
                drafts += lines(result.drafts) + result.neighbours.map(\.target.id)
            }
            return (drafts, state.encoded(Pack.builtin.layout))
        }
        let (first, second) = (run(), run())
        #expect(first == second)
        #expect(!first.0.isEmpty)
    }

    @Test("Results are the same in every process, whatever its hash seed")
    func everyProcess() throws {
        let pack = try Pack.load(
            yaml: "pack: fixed\n" + testFeatures + """
                scores:
                  account.s:
                    logistic: {bias: -1, weights: {groups_created_24h: 0.2, log1p(contacts_24h): 1}}
                rules:
                  - id: a
                    on: [account, group, link]
                    when: reporters_7d >= 3 or signal.kind == blocked
                    harm: csam
                    propose: [request_review]
                    cooldown: 1h
                  - id: b
                    on: account
                    when: score(account.s) > 0.5
                    harm: csam
                    propose: [request_review]
                    cooldown: 2h

                """, file: "fixed.yaml")
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        var state = SubjectState()
        for n in 0..<600 as Range<UInt64> {
            let kind = SignalKind.allCases[Int(n &* 7919 % 37) % SignalKind.allCases.count]
            let result = evaluate(
                pack, &state,
                signal(
                    kind, at: noon + .minutes(Int64(n) * 11 - Int64(n % 5) * 90), actor: "x",
                    related: account("x\(n % 20)"), party: n % 90 + 1, flags: .granted,
                    category: UInt8(n % 7), decision: id(n % 11), action: .disableGroup))
            for line in lines(result.drafts) { add(line.utf8) }
            for reason in result.drafts.flatMap(\.reasons) {
                add("\(reason.name) \(reason.value.bitPattern)".utf8)
            }
        }
        add(state.encoded(pack.layout))
        add(pack.digest)
        // From another process: equal here means equal everywhere.
        #expect(digest == 13_371_400_952_013_318_448)
    }
}
