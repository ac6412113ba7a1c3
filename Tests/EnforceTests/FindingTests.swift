import EventSchemas
import Pipeline
import SafetyModel
import Testing

@Suite("What a verdict says about the reports, and what a removed group's icon teaches")
struct FindingTests {
    private let fixture = Fixture()
    private let account = Subject(.account, "acc-1")
    private let group = Subject(.group, "group-1")
    private let later = Fixture.start + .hours(2)

    private func decide(_ core: inout EnforceCore, _ verdict: Verdict) -> EnforceResult {
        defer { core.publish() }
        return core.decide(verdict, bankVersion: 1, at: later)
    }

    private func findings(_ result: EnforceResult) -> [Signal] {
        result.feedback.filter { $0.kind == .cleared || $0.kind == .upheld }
    }

    @Test("Only whom a reviewer judges is cleared, not what else was considered")
    func cleared() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.behaviour(1)
        draft.target = group
        draft.subject = group
        _ = fixture.decide(&core, draft)
        let result = decide(
            &core,
            Fixture.verdict(
                1, .dismiss, role: .bystander, subject: account,
                proposals: [fixture.proposal(draft).id], time: later))
        #expect(findings(result).map(\.subject) == [account])
        #expect(findings(result).allSatisfy { $0.kind == .cleared && $0.hops == 1 })
        #expect(findings(result).allSatisfy { $0.time == later })
    }

    @Test("What a verdict upheld is taken back with it, for all whom it had restricted")
    func takenBack() throws {
        var core = try fixture.core()
        let confirmed = decide(
            &core,
            Fixture.verdict(1, .confirm, actions: [(account, .banAccount), (group, .removeGroup)]))
        #expect(findings(confirmed).map(\.subject) == [account, group])
        let back = decide(
            &core,
            Fixture.verdict(
                2, .overturn, role: .bystander,
                overturned: confirmed.actions.map(\.enforcement)
                    .filter { $0.action.actionClass != .protective }.map(\.id)))
        #expect(findings(back).map(\.subject) == [account, group])
        #expect(findings(back).allSatisfy { $0.kind == .cleared })
        #expect(Set(findings(back).map(\.id)).count == 2)
    }

    @Test(
        "A reversal clears too; that somebody is a victim or was taken over says nothing of reporters"
    )
    func roles() throws {
        for outcome in [Verdict.Outcome.dismiss, .overturn] {
            for role in Role.allCases {
                var core = try fixture.core()
                let result = decide(&core, Fixture.verdict(1, outcome, role: role))
                let clears = [Role.bystander, .reporter].contains(role)
                #expect(findings(result).map(\.kind) == (clears ? [.cleared] : []), "\(role)")
                // Nobody's role is at stake with a group.
                let other = decide(&core, Fixture.verdict(2, outcome, role: role, subject: group))
                #expect(findings(other).isEmpty == !(clears || role == .unknown), "\(role)")
            }
        }
        var core = try fixture.core()
        #expect(findings(decide(&core, Fixture.verdict(1, .needMore, role: .unknown))).isEmpty)
        #expect(findings(decide(&core, Fixture.verdict(2, .confirm, role: .victim))).isEmpty)
    }

    @Test("What is confirmed is upheld, for the offender and whom the verdict restricts")
    func upheld() throws {
        var core = try fixture.core()
        let result = decide(
            &core,
            Fixture.verdict(
                1, .confirm,
                actions: [
                    (account, .banAccount), (group, .removeGroup),
                    (Subject(.account, "child"), .offerSupport),
                ]))
        #expect(findings(result).map(\.subject) == [account, group])
        #expect(findings(result).allSatisfy { $0.kind == .upheld })
    }

    @Test("A reviewer's word about reports holds in every mode")
    func observing() throws {
        var fixture = fixture
        fixture.settings.modes = ModeTable(standard: .observe)
        var core = try fixture.core()
        let result = decide(&core, Fixture.verdict(1, .dismiss, role: .bystander))
        #expect(findings(result).map(\.kind) == [.cleared])
    }

    /// A proposal about a group whose icon was looked at.
    private func iconProposal(
        _ attribution: Attribution = .serverObserved, quality: UInt8 = 90,
        use: MediaUse = .groupIcon
    ) -> Proposal {
        var draft = Fixture.Draft.behaviour(1)
        draft.target = group
        draft.subject = group
        draft.actions = [.requestReview]
        var proposal = fixture.proposal(draft)
        let digests = [
            MediaDigest(.pdq, Fixture.listed, quality: quality),
            MediaDigest(.sha256, Fixture.listed),
        ]
        proposal.evidence = Evidence(
            media: [
                MediaItem(
                    reference: "icon", use: use, attribution: attribution, uploader: "acc-1",
                    digests: digests)
            ], snapshot: nil)
        return proposal
    }

    private func remove(
        _ proposal: Proposal, role: Role = .offender, action: Action = .removeGroup,
        _ core: inout EnforceCore
    ) -> EnforceResult {
        _ = core.decide(proposal, fixture.weigh(proposal), at: Fixture.start)
        core.publish()
        return decide(
            &core,
            Fixture.verdict(
                1, .confirm, role: role, subject: group, actions: [(group, action)],
                proposals: [proposal.id], time: later))
    }

    @Test("The icon of a group that a verdict removes is learned as a lead, and unlearned with it")
    func icon() throws {
        var core = try fixture.core()
        let removed = remove(iconProposal(), &core)
        let entry = try #require(removed.entries.first)
        #expect(removed.entries.count == 1)
        #expect((entry.bank, entry.category, entry.operation) == ("learned", .lead, .add))
        #expect(entry.digest.algorithm == .pdq && entry.digest.bytes == Fixture.listed)
        let ids = removed.actions.map(\.enforcement.id)
        let back = decide(
            &core, Fixture.verdict(2, .overturn, role: .bystander, subject: group, overturned: ids))
        #expect(back.entries.map(\.operation) == [.remove])
        #expect(back.entries.map(\.entry) == [entry.entry])
    }

    @Test("An icon's name tells nothing of what it looked like")
    func iconName() throws {
        var core = try fixture.core()
        let entry = try #require(remove(iconProposal(), &core).entries.first)
        let digest = ContentID(high: 0x0707_0707_0707_0707, low: 0x0707_0707_0707_0707)
        #expect(!entry.entry.contains(digest.description.prefix(16)))
        var other = try fixture.core()
        #expect(remove(iconProposal(), &other).entries.map(\.entry) == [entry.entry])
    }

    @Test(
        "Of the verdicts that taught one icon a bounded number is remembered, the last unlearns it")
    func manyTeachers() throws {
        var core = try fixture.core()
        let proposal = iconProposal()
        _ = remove(proposal, &core)
        var last = ContentID.zero
        for number in 2...100 as ClosedRange<UInt64> {
            let result = decide(
                &core,
                Fixture.verdict(
                    number, .confirm, subject: group, actions: [(group, .removeGroup)],
                    proposals: [proposal.id], time: later))
            #expect(result.entries.isEmpty)
            last = .enforcement(
                origin: ContentID(high: 2, low: number), target: .subject(group),
                action: .removeGroup)
        }
        var teachers: [Int] = []
        core.forEachRow { if case .entry(let row) = $0 { teachers.append(row.teachers.count) } }
        #expect(teachers == [EntryRow.maximumTeachers])
        let lifted = decide(
            &core,
            Fixture.verdict(
                200, .overturn, role: .bystander, subject: group, overturned: [last], time: later))
        #expect(lifted.entries.isEmpty)
        let all = (1...100 as ClosedRange<UInt64>).map {
            ContentID.enforcement(
                origin: ContentID(high: 2, low: $0), target: .subject(group), action: .removeGroup)
        }
        let ended = decide(
            &core,
            Fixture.verdict(
                201, .overturn, role: .bystander, subject: group, overturned: all, time: later))
        #expect(ended.entries.map(\.operation) == [.remove])
    }

    @Test("Nothing is learned of what is claimed, plain, no icon, or of a group that stays")
    func notLearned() throws {
        let cases: [(Proposal, Role, Action)] = [
            (iconProposal(.reporterClaimed), .offender, .removeGroup),
            (iconProposal(quality: 60), .offender, .removeGroup),
            (iconProposal(use: .reportedMessage), .offender, .removeGroup),
            (iconProposal(), .offender, .disableGroup),
            (iconProposal(), .unknown, .removeGroup),
        ]
        for (proposal, role, action) in cases {
            var core = try fixture.core()
            #expect(remove(proposal, role: role, action: action, &core).entries.isEmpty)
        }
    }
}
