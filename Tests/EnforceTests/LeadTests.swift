import EventSchemas
import Pipeline
import SafetyModel
import Testing

@Suite("What other services' classifiers lead to")
struct LeadTests {
    private let fixture = Fixture()

    /// A proposal for everything, on a classifier's word alone.
    private func draft(
        _ lead: ReviewLead?, target: Subject = Subject(.account, "acc-1"),
        beside: [(bank: String, entry: String, algorithm: HashAlgorithm)] = []
    ) -> Proposal {
        var draft = Fixture.Draft.known(1)
        draft.rule = "lead"
        draft.target = target
        draft.matches = beside + [("", "v7", .sha256)]
        draft.actions = Action.allCases.filter {
            $0 != .reverse && $0.targetKinds.contains(target.kind)
        }
        var proposal = fixture.proposal(draft)
        let last = proposal.matches.count - 1
        proposal.matches[last].category = .lead
        proposal.matches[last].provider = "vendor-a"
        proposal.matches[last].lead = lead
        return proposal
    }

    private func decide(_ proposal: Proposal) throws -> EnforceResult {
        var core = try fixture.core()
        return core.decide(proposal, fixture.weigh(proposal), at: Fixture.start)
    }

    @Test("Even a probability of 1 never concludes: no ban, no tip, no suspension, nothing removed")
    func neverConclusive() throws {
        for target in [
            Subject(.account, "acc-1"), Subject(.group, "g-1"), Subject(.inviteLink, "l-1"),
        ] {
            let proposal = draft(ReviewLead(probability: 1), target: target)
            let evidence = fixture.weigh(proposal)
            #expect(evidence.strength == .behaviour)
            #expect(evidence.role == .unknown)
            let result = try decide(proposal)
            #expect(result.tips.isEmpty)
            for action in result.names {
                #expect(
                    action.actionClass == .protective
                        || fixture.settings.frictionActions.contains(action), "\(action)")
            }
            let pending = try #require(result.reviews.first).pendingActions.map(\.action)
            if target.kind == .account {
                let held: [PBActionKind] = [.suspendAccount, .banAccount, .reportCybertip]
                #expect(Set(pending).isSuperset(of: held))
            }
        }
    }

    @Test("A review stands where the calibrated probability puts it, another version's low")
    func priorities() throws {
        func priority(_ lead: ReviewLead?) throws -> UInt32? {
            try decide(draft(lead)).reviews.first?.priority
        }
        #expect(try priority(ReviewLead(probability: 1)) == 70)
        #expect(try priority(ReviewLead(probability: 0.5)) == 35)
        #expect(try priority(ReviewLead(probability: 0)) == 1)
        #expect(try priority(ReviewLead(probability: nil)) == 10)
        // A lead of a list of ours, and one from before there were calibrations.
        #expect(try priority(nil) == 50)
    }

    @Test("Beside a match with a list it takes nothing away, and adds no key")
    func beside() throws {
        let near: (bank: String, entry: String, algorithm: HashAlgorithm) = ("near", "n1", .pdq)
        var proposal = draft(ReviewLead(probability: 0.1), beside: [near])
        #expect(fixture.weigh(proposal).strength == .near)
        #expect(try decide(proposal).reviews.first?.priority == 75)
        #expect(!(try decide(proposal).names.contains(.banAccount)))
        proposal = draft(ReviewLead(probability: 1), beside: [("list-b", "x1", .sha256)])
        #expect(try decide(proposal).reviews.first?.priority == 70)
    }

    @Test("A place that no calibration gives does not pass the highest one")
    func bounded() throws {
        let proposal = draft(ReviewLead(probability: 1, priority: 99))
        #expect(try decide(proposal).reviews.first?.priority == 70)
    }
}
