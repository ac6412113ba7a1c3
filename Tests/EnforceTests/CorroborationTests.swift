import EventSchemas
import Pipeline
import SafetyModel
import Testing

@Suite struct CorroborationTests {
    private let fixture = Fixture()

    private func strength(_ change: (inout Fixture.Draft) -> Void) -> Corroboration.Strength {
        var draft = Fixture.Draft()
        change(&draft)
        return fixture.weigh(fixture.proposal(draft)).strength
    }

    @Test("An exact match of a conclusive bank on the account's own observed media is conclusive")
    func conclusive() {
        #expect(strength { _ in } == .conclusive)
        #expect(strength { $0.attribution = .frankingVerified } == .conclusive)
    }

    @Test("A perceptual match at distance 0 is near")
    func pdqIsNear() {
        #expect(strength { $0.matches = [("near", "n1", .pdq)] } == .near)
    }

    @Test("An exact match of a bank that the settings do not name is near")
    func otherBank() {
        var fixture = fixture
        fixture.settings.evidence.conclusiveBanks = []
        #expect(fixture.weigh(fixture.proposal(Fixture.Draft())).strength == .near)
    }

    @Test("Another service's exact match is near")
    func provider() {
        #expect(strength { $0.provider = "service-a" } == .near)
    }

    @Test(
        "Another service's match is never conclusive, whatever bank, algorithm or media it names",
        arguments: [HashAlgorithm.md5, .sha1, .sha256, .pdq],
        [Attribution.serverObserved, .frankingVerified])
    func elsewhere(_ algorithm: HashAlgorithm, _ attribution: Attribution) {
        for name in [("list-a", "e1"), ("list-a", "unknown"), ("their-list", "")] {
            let strength = strength {
                $0.provider = "service-a"
                $0.matches = [(name.0, name.1, algorithm)]
                $0.attribution = attribution
            }
            #expect(strength == .near)
        }
    }

    @Test("Another service's match keeps to the rules of attribution, uploader and category")
    func elsewhereLimits() {
        func weighed(_ change: (inout Fixture.Draft) -> Void) -> Corroboration.Strength {
            strength {
                $0.provider = "service-a"
                change(&$0)
            }
        }
        #expect(weighed { $0.attribution = .reporterClaimed } == .behaviour)
        #expect(weighed { $0.uploader = "acc-2" } == .behaviour)
        #expect(weighed { $0.uploader = nil } == .behaviour)
        #expect(weighed { $0.category = .lead } == .behaviour)
        #expect(weighed { $0.category = .exploitative } == .listed)
        #expect(weighed { $0.category = .adultNCII } == .listed)
        #expect(weighed { $0.category = .minorSubmitted } == .listed)
        // Its list is its own: an entry of ours that is gone takes nothing away.
        var fixture = fixture
        fixture.bank.remove("list-a", "e1")
        var draft = Fixture.Draft()
        draft.provider = "service-a"
        #expect(fixture.weigh(fixture.proposal(draft)).strength == .near)
    }

    @Test("A claim of the reporter carries no more than behaviour")
    func claimed() {
        #expect(strength { $0.attribution = .reporterClaimed } == .behaviour)
    }

    @Test("Media of another account say nothing about the target")
    func otherUploader() {
        #expect(strength { $0.uploader = "acc-2" } == .behaviour)
        #expect(strength { $0.uploader = nil } == .behaviour)
    }

    @Test("The category counts as the bank has it now, not as the match says")
    func currentCategory() {
        #expect(strength { $0.matches = [("list-b", "x1", .sha256)] } == .listed)
    }

    @Test("A removed, changed or quarantined entry is no evidence")
    func goneEvidence() {
        var fixture = fixture
        fixture.bank.remove("list-a", "e1")
        var weighed = fixture.weigh(fixture.proposal(Fixture.Draft()))
        #expect(weighed.strength == .gone)
        #expect(weighed.reasons == [.evidenceGone])

        fixture.bank.add(
            fixture.entry(
                "list-a", "e1", .csam, MediaDigest(.sha256, [UInt8](repeating: 1, count: 32))))
        weighed = fixture.weigh(fixture.proposal(Fixture.Draft()))
        #expect(weighed.reasons == [.evidenceGone])

        var entry = fixture.entry("list-a", "e1", .csam)
        entry.quarantined = true
        fixture.bank.add(entry)
        weighed = fixture.weigh(fixture.proposal(Fixture.Draft()))
        #expect(weighed.strength == .gone)
        #expect(weighed.reasons == [.entryQuarantined])
    }

    @Test(
        "Each forcing condition takes the role offender away",
        arguments: [
            PBForcingCondition.minor, .recentDeviceChange, .recentNumberChange, .reportedThreatened,
            .minorSubmittedMatch, .snapshotMissing,
        ])
    func forcing(_ condition: PBForcingCondition) {
        var draft = Fixture.Draft()
        var facts = ActorFacts(account: "acc-1")
        let recently = Fixture.start - .days(3)
        switch condition {
        case .minor: facts.isMinor = true
        case .recentDeviceChange: facts.lastDeviceChange = recently
        case .recentNumberChange: facts.lastNumberChange = recently
        case .reportedThreatened: facts.reportedThreat = recently
        case .minorSubmittedMatch:
            draft.matches.append(("list-m", "m1", .sha256))
            draft.category = .minorSubmitted
        default: break
        }
        draft.facts = condition == .snapshotMissing ? nil : facts
        let weighed = fixture.weigh(fixture.proposal(draft))
        #expect(weighed.forcing == [condition])
        #expect(weighed.role == .unknown)
        #expect(weighed.isForced == (condition != .snapshotMissing))
    }

    @Test("A change longer ago than the window forces nothing")
    func oldChange() {
        var draft = Fixture.Draft()
        draft.facts?.lastDeviceChange = Fixture.start - .days(15)
        let weighed = fixture.weigh(fixture.proposal(draft))
        #expect(weighed.forcing.isEmpty)
        #expect(weighed.role == .offender)
    }
}
