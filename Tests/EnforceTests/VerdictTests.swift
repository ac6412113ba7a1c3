import EventSchemas
import FoundationEssentials
import Pipeline
import SafetyModel
import Testing

@Suite struct VerdictTests {
    private let fixture = Fixture()
    private let account = Subject(.account, "acc-1")
    private let later = Fixture.start + .hours(2)

    private func decide(
        _ core: inout EnforceCore, _ verdict: Verdict, at now: Instant? = nil
    ) -> EnforceResult {
        defer { core.publish() }
        return core.decide(verdict, bankVersion: 1, at: now ?? later)
    }

    @Test("A verdict with the role offender carries out what is irreversible")
    func confirm() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.matches = [("near", "n1", .pdq)]
        _ = fixture.decide(&core, draft)
        let result = decide(
            &core,
            Fixture.verdict(
                1, .confirm, actions: [(account, .banAccount), (account, .reportCyberTip)],
                proposals: [fixture.proposal(draft).id], time: later))
        #expect(result.names == [.preserveEvidence, .banAccount, .reportCyberTip])
        let tip = try #require(result.tips.first)
        #expect(tip.incidentTypeSource == .reviewer)
        #expect(tip.knowledgeObtainedUnixMs == later.milliseconds)
        #expect(tip.files.first?.matches.first?.kind == .near)
        #expect(tip.files.first?.viewedByEsp == false)
        #expect(decide(&core, Fixture.verdict(1, .confirm)).outcome == .duplicate)
    }

    @Test(
        "No role but offender is banned or reported",
        arguments: Role.allCases.filter { $0 != .offender })
    func otherRoles(_ role: Role) throws {
        var core = try fixture.core()
        let result = decide(
            &core,
            Fixture.verdict(
                1, .confirm, role: role,
                actions: [
                    (account, .banAccount), (account, .reportCyberTip),
                    (Subject(.group, "g-1"), .removeGroup), (account, .offerSupport),
                ]))
        #expect(result.names.allSatisfy { $0.actionClass == .protective })
        #expect(result.names.contains(.offerSupport))
        #expect(result.tips.isEmpty)
        #expect(result.alarms == [.verdictRefused])
        #expect(result.reviews.first?.pendingActions.count == 3)
    }

    @Test("A human's word starts anew: it is told on, however far what led to it had travelled")
    func startsAnew() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.matches = [("near", "n1", .pdq)]
        draft.hops = Signal.maximumHops
        #expect(fixture.decide(&core, draft).feedback.isEmpty)
        let result = decide(
            &core,
            Fixture.verdict(
                1, .confirm, actions: [(account, .banAccount)],
                proposals: [fixture.proposal(draft).id], time: later))
        let told = result.feedback.filter { $0.kind == .enforced }
        #expect(!told.isEmpty && told.allSatisfy { $0.hops == 1 })
    }

    @Test("What is refused is asked once; the answer without a proposal is not asked again")
    func askedOnce() throws {
        var core = try fixture.core()
        let first = decide(
            &core, Fixture.verdict(1, .confirm, role: .unknown, actions: [(account, .banAccount)]))
        let request = try #require(first.reviews.first)
        let again = decide(
            &core,
            Fixture.verdict(2, .confirm, role: .unknown, actions: [(account, .banAccount)]) {
                $0.reviewRequestID = request.reviewRequestID
            })
        #expect(again.reviews.isEmpty)
        #expect(again.alarms == [.verdictRefused])
    }

    @Test("Who dismisses may ask for help for the account, and for nothing else")
    func help() throws {
        var core = try fixture.core()
        let result = decide(
            &core,
            Fixture.verdict(
                1, .dismiss, role: .victim,
                actions: [
                    (account, .offerSupport), (account, .banAccount), (account, .limitInvites),
                ]))
        #expect(result.names == [.preserveEvidence, .offerSupport])
    }

    @Test("Overturning lifts each enforcement, corrects the tip and compensates the feedback")
    func overturn() throws {
        var core = try fixture.core()
        let first = fixture.decide(&core, .known(1))
        let ids = first.actions.map(\.enforcement.id)
        let result = decide(
            &core, Fixture.verdict(1, .overturn, role: .victim, overturned: ids))
        #expect(result.actions.compactMap(\.enforcement.reverses) == ids)
        #expect(result.names.allSatisfy { $0 == .reverse })
        #expect(result.actions.allSatisfy { !$0.isStillHeld })
        #expect(result.actions.map(\.reversedAction) == first.names)
        let tip = try #require(result.tips.first)
        #expect(tip.relation == .corrects)
        #expect(tip.relatedTipID == first.tips.first?.tipID)
        #expect(tip.tipID != first.tips.first?.tipID)
        #expect(tip.reported.role == .victim)
        #expect(
            result.feedback.map { [$0.kind: $0.decision] }
                == first.feedback.map { [.reversed: $0.decision] })
        let again = decide(&core, Fixture.verdict(2, .overturn, overturned: ids))
        #expect(again.issues.isEmpty, "it is lifted already")
    }

    @Test("An action stands while another decision holds it")
    func stillHeld() throws {
        var core = try fixture.core()
        let first = fixture.decide(&core, .known(1))
        let draft = Fixture.Draft.known(2)
        _ = fixture.decide(&core, draft)
        let ban = try #require(first.actions.first { $0.enforcement.action == .banAccount })
        let lifted = decide(
            &core, Fixture.verdict(1, .overturn, overturned: [ban.enforcement.id]))
        #expect(lifted.names == [.banAccount, .reverse], "the heir takes its place first")
        #expect(lifted.actions[1].isStillHeld)
        let heir = lifted.actions[0].enforcement
        #expect(heir.proposal == fixture.proposal(draft).id)
        let last = decide(&core, Fixture.verdict(2, .overturn, overturned: [heir.id]))
        #expect(last.names == [.reverse])
        #expect(last.actions[0].isStillHeld == false)
        #expect(last.actions[0].enforcement.reverses == heir.id)
    }

    @Test("A standing verdict shields what it considered; newer evidence goes to review")
    func shield() throws {
        var core = try fixture.core()
        let first = fixture.decide(&core, .known(1))
        _ = decide(
            &core,
            Fixture.verdict(
                1, .overturn, role: .bystander, proposals: [fixture.proposal(.known(1)).id],
                overturned: first.actions.map(\.enforcement.id), time: later))
        let same = fixture.decide(&core, .known(2), at: later)
        #expect(same.issues.isEmpty, "the same media were considered")

        var newer = Fixture.Draft.known(3)
        newer.digest = [UInt8](repeating: 8, count: 32)
        newer.reference = "media-2"
        var fixture = fixture
        fixture.bank.add(
            fixture.entry("list-a", "e2", .csam, MediaDigest(.sha256, newer.digest)))
        newer.matches = [("list-a", "e2", .sha256)]
        let result = fixture.decide(&core, newer, at: later)
        #expect(result.names == [.preserveEvidence, .removeProfileMedia])
        #expect(result.reviews.first?.causes.contains(.shielded) == true)
        #expect(result.tips.isEmpty)

        var old = Fixture.Draft.behaviour(4)
        old.time = later - .minutes(1)
        #expect(fixture.decide(&core, old, at: later).issues.isEmpty)
        old = .behaviour(5)
        old.time = later + .minutes(1)
        let fresh = fixture.decide(&core, old, at: later + .minutes(1))
        #expect(fresh.actions.isEmpty)
        #expect(fresh.reviews.first?.causes.contains(.shielded) == true)
    }

    @Test("A shield ends with the verdict")
    func shieldEnds() throws {
        var core = try fixture.core()
        let end = later + .days(1)
        _ = decide(
            &core,
            Fixture.verdict(1, .dismiss) { $0.validUntilUnixMs = end.milliseconds })
        #expect(
            fixture.decide(&core, .known(1), at: later).names == [
                .preserveEvidence, .removeProfileMedia,
            ])
        #expect(fixture.decide(&core, .known(2, "acc-1"), at: end).names.contains(.banAccount))
    }

    @Test("Renewal extends friction to its own end")
    func renew() throws {
        var core = try fixture.core()
        _ = fixture.decide(&core, .behaviour(1))
        let end = later + .days(30)
        let result = decide(
            &core,
            Fixture.verdict(1, .renew, proposals: [fixture.proposal(.behaviour(1)).id]) {
                $0.validUntilUnixMs = end.milliseconds
            })
        #expect(result.names == [.limitInvites])
        #expect(result.actions.first?.enforcement.expires == end)
    }

    @Test("A renewal cannot make what is irreversible")
    func renewBan() throws {
        var core = try fixture.core()
        let result = decide(
            &core, Fixture.verdict(1, .renew, actions: [(account, .banAccount)]))
        #expect(result.actions.isEmpty)
        #expect(result.alarms == [.verdictRefused])
    }

    @Test("What two verdicts taught is withdrawn when both are lifted")
    func learned() throws {
        var core = try fixture.core()
        let entry = fixture.entry("elsewhere", "sha256-aa", .csam)
        func confirm(_ number: UInt64, _ id: String) -> EnforceResult {
            let subject = Subject(.account, id)
            return decide(
                &core,
                Fixture.verdict(
                    number, .confirm, subject: subject, actions: [(subject, .suspendAccount)],
                    entries: [entry]))
        }
        let first = confirm(1, "acc-1")
        let second = confirm(2, "acc-2")
        #expect(first.entries.map(\.bank) == ["learned"])
        #expect(first.entries.map(\.operation) == [.add])
        #expect(second.entries.isEmpty, "it is known")
        func lift(_ number: UInt64, _ result: EnforceResult) -> EnforceResult {
            decide(
                &core,
                Fixture.verdict(
                    number, .overturn, overturned: result.actions.map(\.enforcement.id)))
        }
        #expect(lift(3, first).entries.isEmpty)
        #expect(lift(4, second).entries.map(\.operation) == [.remove])
    }

    @Test("A withdrawn entry of another's list is no evidence any more")
    func withdrawn() throws {
        var core = try fixture.core()
        let other = Subject(.account, "acc-9")
        let result = decide(
            &core,
            Fixture.verdict(
                1, .overturn, subject: other, entries: [.removal(bank: "list-a", entry: "e1")]))
        #expect(result.entries.isEmpty, "only the learned bank is written to")
        let next = fixture.decide(&core, .known(1), at: later)
        #expect(!next.names.contains(.banAccount))
        #expect(next.reviews.first?.causes.contains(.entryQuarantined) == true)
    }

    @Test("A view counts for the file whose exact digest the reviewer names, viewed as a whole")
    func views() throws {
        func viewed(_ change: (inout PBConsideredMedia) -> Void) throws -> Bool {
            var core = try fixture.core()
            let draft = Fixture.Draft.known(1)
            _ = fixture.decide(&core, draft)
            let result = decide(
                &core,
                Fixture.verdict(
                    1, .confirm, actions: [(account, .reportCyberTip)],
                    proposals: [fixture.proposal(draft).id]
                ) { wire in
                    var media = PBConsideredMedia()
                    media.mediaReference = "media-1"
                    media.digest = Data(Fixture.listed)
                    media.algorithm = .sha256
                    media.view.viewerID = "rev-1"
                    media.view.viewedUnixMs = Fixture.start.milliseconds
                    media.view.scope = .entire
                    change(&media)
                    wire.consideredMedia = [media]
                })
            return try #require(result.tips.first).files[0].viewedByEsp
        }
        #expect(try viewed { _ in })
        #expect(try !viewed { $0.view.scope = .partial })
        #expect(try !viewed { $0.digest = Data(repeating: 1, count: 32) })
        #expect(try !viewed { $0.digest = Data() })
        #expect(try !viewed { $0.mediaReference = "media-2" })
    }
}
