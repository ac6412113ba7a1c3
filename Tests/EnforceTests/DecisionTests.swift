import EventSchemas
import Pipeline
import SafetyModel
import Testing

@Suite struct DecisionTests {
    private let fixture = Fixture()

    @Test("A conclusive match preserves evidence first, then removes, suspends, bans and reports")
    func conclusive() throws {
        var core = try fixture.core()
        let result = fixture.decide(&core, .known(1))
        #expect(
            result.names == [
                .preserveEvidence, .removeProfileMedia, .suspendAccount, .banAccount,
                .reportCyberTip,
            ])
        #expect(result.tips.count == 1)
        #expect(result.tips.first?.incidentType == .childPornography)
        #expect(result.actions.allSatisfy { $0.enforcement.role == .offender })
        #expect(result.reviews.isEmpty)
        #expect(result.feedback.count == 4, "protection is no feedback")
    }

    @Test("A near match suspends for a time, removes the media and asks a human")
    func near() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.matches = [("near", "n1", .pdq)]
        let result = fixture.decide(&core, draft)
        #expect(result.names == [.preserveEvidence, .removeProfileMedia, .suspendAccount])
        #expect(result.actions.last?.enforcement.expires == Fixture.start + .hours(72))
        #expect(result.actions[1].enforcement.expires == nil)
        #expect(result.reviews.first?.causes == [.nearMatch, .notConclusive])
        #expect(
            result.reviews.first?.pendingActions.map(\.action) == [.banAccount, .reportCybertip])
        #expect(result.tips.isEmpty)
    }

    @Test("Another service's match with a conclusive bank bans and reports nobody")
    func elsewhere() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.provider = "service-a"
        let result = fixture.decide(&core, draft)
        #expect(result.names == [.preserveEvidence, .removeProfileMedia, .suspendAccount])
        #expect(
            result.reviews.first?.pendingActions.map(\.action) == [.banAccount, .reportCybertip])
        #expect(result.tips.isEmpty)
    }

    @Test("Behaviour alone gives friction of 72 hours of log time, never a suspension")
    func behaviour() throws {
        var core = try fixture.core()
        let now = Fixture.start + .minutes(5)
        let result = fixture.decide(&core, .behaviour(1), at: now)
        #expect(result.names == [.limitInvites])
        #expect(result.actions.first?.enforcement.expires == now + .hours(72))
        #expect(
            result.reviews.first?.pendingActions.map(\.action) == [.suspendAccount, .banAccount])
    }

    @Test("A minor's account is only protected, and the review is victim-safe")
    func minor() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.facts?.isMinor = true
        draft.actions += [.offerSupport, .secureAccount, .limitInvites]
        let result = fixture.decide(&core, draft)
        #expect(
            result.names == [
                .preserveEvidence, .secureAccount, .offerSupport, .removeProfileMedia,
            ])
        let review = try #require(result.reviews.first)
        #expect(review.victimSafe)
        #expect(review.forcing == [.minor])
        #expect(review.causes.contains(.forcedRole))
        #expect(review.exposure == .severeMedia)
    }

    @Test("Removing a group always waits for a verdict")
    func removeGroup() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft()
        draft.target = Subject(.group, "g-1")
        draft.actions = [.removeGroup]
        let result = fixture.decide(&core, draft)
        #expect(result.actions.isEmpty)
        #expect(result.reviews.first?.pendingActions.map(\.action) == [.removeGroup])
    }

    @Test("The same proposal twice changes nothing")
    func twice() throws {
        var core = try fixture.core()
        _ = fixture.decide(&core, .known(1))
        let before = rows(core)
        let again = fixture.decide(&core, .known(1), at: Fixture.start + .hours(1))
        #expect(again.outcome == .duplicate)
        #expect(again.issues.isEmpty)
        #expect(rows(core) == before)
    }

    @Test("An action that stands is not published again, and new media are removed all the same")
    func standing() throws {
        var core = try fixture.core()
        _ = fixture.decide(&core, .known(1))
        var draft = Fixture.Draft.known(2)
        let same = fixture.decide(&core, draft)
        #expect(same.names == [.preserveEvidence], "the same media, all else stands")
        #expect(same.tips.isEmpty)

        draft = .known(3)
        draft.digest = [UInt8](repeating: 8, count: 32)
        draft.reference = "media-2"
        var fixture = fixture
        fixture.bank.add(
            fixture.entry("list-a", "e2", .csam, MediaDigest(.sha256, draft.digest)))
        draft.matches = [("list-a", "e2", .sha256)]
        let other = fixture.decide(&core, draft)
        #expect(other.names == [.preserveEvidence, .removeProfileMedia, .reportCyberTip])
        #expect(other.tips.first?.relation == .supplements)
    }

    @Test("Friction that stands is not extended by automation; once lapsed it may come again")
    func frictionLapses() throws {
        var core = try fixture.core()
        _ = fixture.decide(&core, .behaviour(1))
        let later = Fixture.start + .hours(48)
        #expect(fixture.decide(&core, .behaviour(2), at: later).names.isEmpty)
        let lapsed = Fixture.start + .hours(72)
        let again = fixture.decide(&core, .behaviour(3), at: lapsed)
        #expect(again.names == [.limitInvites])
        #expect(again.actions.first?.enforcement.expires == lapsed + .hours(72))
    }

    @Test("Observing publishes nothing to carry out: no tip, no feedback")
    func observe() throws {
        var fixture = fixture
        fixture.settings.modes = ModeTable()
        var core = try fixture.core()
        let result = fixture.decide(&core, .known(1))
        #expect(!result.actions.isEmpty)
        #expect(result.actions.allSatisfy { $0.enforcement.mode == .observe })
        #expect(result.tips.isEmpty)
        #expect(result.feedback.isEmpty)
        #expect(result.reviews.first?.causes == [.mode])
    }

    @Test("The most specific mode wins, and preservation goes as far as the removal it precedes")
    func modes() throws {
        var fixture = fixture
        fixture.settings.modes = ModeTable(
            standard: .observe,
            entries: [
                .init(region: "US", mode: .advise),
                .init(action: .removeProfileMedia, mode: .advise),
                .init(region: "US", action: .removeProfileMedia, mode: .enforce),
            ])
        var core = try fixture.core()
        let result = fixture.decide(&core, .known(1))
        let modes = result.actions.map(\.enforcement.mode)
        #expect(result.names.prefix(2) == [.preserveEvidence, .removeProfileMedia])
        #expect(modes == [.enforce, .enforce, .advise, .advise, .advise])
    }

    @Test("A rule on trial is recorded and does nothing")
    func shadow() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.isShadow = true
        let result = fixture.decide(&core, draft)
        #expect(result.outcome == .assessed)
        #expect(result.issues.isEmpty)
        #expect(fixture.decide(&core, draft).outcome == .duplicate)
    }

    @Test("An action that does not fit its target goes to review")
    func wrongTarget() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.actions = [.disableGroup]
        let result = fixture.decide(&core, draft)
        #expect(result.actions.isEmpty)
        #expect(result.reviews.first?.causes == [.unknownTarget])
    }

    @Test("Feedback that has travelled to the limit ends")
    func hops() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.known(1)
        draft.hops = Signal.maximumHops
        #expect(fixture.decide(&core, draft).feedback.isEmpty)
        draft = .known(2, "acc-2")
        draft.hops = Signal.maximumHops - 1
        #expect(fixture.decide(&core, draft).feedback.allSatisfy { $0.hops == Signal.maximumHops })
    }

    @Test("Whoever reports is not punished by the own report")
    func reporter() throws {
        var core = try fixture.core()
        var draft = Fixture.Draft.behaviour(1)
        draft.actions = [.limitInvites]
        var proposal = fixture.proposal(draft)
        var context = PBEventContext()
        context.actorAccountID = "acc-1"
        var report = PBReportFiled()
        report.source = .user
        proposal.evidence = Evidence(
            media: [], snapshot: draft.facts, contextWire: context.canonicalBytes(),
            reportWire: report.canonicalBytes())
        let result = core.decide(proposal, fixture.weigh(proposal), at: Fixture.start)
        #expect(result.actions.isEmpty)
        #expect(result.reviews.first?.causes.contains(.reporterIsSubject) == true)
    }

    private func rows(_ core: EnforceCore) -> [EnforceRow] {
        var rows: [EnforceRow] = []
        core.forEachRow { rows.append($0) }
        return rows
    }
}
