import EventSchemas
import SafetyModel
import SwiftProtobuf
import Testing

@Suite("Round trips")
struct RoundTripTests {
    private let decoder = EventDecoder(sealer: TestSealer())
    private let subject = Subject(.account, "acct-a")

    private func evidence() throws -> Evidence {
        var message = PBAccountEvent.photo()
        message.context.actorSnapshot.accountID = "acct-a"
        message.context.actorSnapshot.ageBand = .ageBand13To15
        message.context.actorSnapshot.lastDeviceChangeUnixMs = 5
        message.context.session.address.clear = "203.0.113.7"
        return try #require(TestRecord(message, type: photoType).event(.account).evidence)
    }

    private func match() -> Match {
        Match(
            bank: "bank-a", entry: "entry-1", category: .csam, source: "source-a",
            listVersion: "7", quarantined: true,
            digest: MediaDigest(.pdq, Array(repeating: 9, count: 32), quality: 80), distance: 4,
            threshold: 31, media: 0, provider: nil,
            lead: ReviewLead(probability: 0.25))
    }

    @Test(
        "A lead keeps its place, also without a probability; a place beyond the highest is refused")
    func leads() throws {
        func read(_ wire: PBSignal) throws(Rejection) -> Signal {
            let record = TestRecord(wire, type: EventType.signal)
            return try record.view { view throws(Rejection) in try decoder.signal(view) }
        }
        var signal = try signal()
        for lead in [ReviewLead(probability: nil), ReviewLead(probability: 0), nil] {
            signal.matches[0].lead = lead
            #expect(try read(PBSignal(signal, origin: 0)).matches[0].lead == lead)
        }
        var wire = PBSignal(signal, origin: 0)
        wire.matches[0].leadPriority = 71
        #expect(throws: Rejection.self) { try read(wire) }
        wire.matches[0].leadPriority = 70
        wire.matches[0].leadProbability = 1.5
        #expect(throws: Rejection.self) { try read(wire) }
    }

    private func signal() throws -> Signal {
        Signal(
            cause: .event(source: "s", id: "1"), ordinal: 2, kind: .mediaSet,
            time: Instant(milliseconds: 1_000), subject: subject, key: .subject(subject),
            actor: "acct-a", related: Subject(.group, "group-1"), party: .max, amount: -3,
            flags: [.minor, .agedReporter], region: "US", category: 4, hops: 1, isLate: true,
            evidence: try evidence(), matches: [match()], decision: .zero, action: .banAccount)
    }

    @Test("A signal survives the wire, and its bytes are stable")
    func signals() throws {
        let before = try signal()
        let wire = PBSignal(before, origin: 5)
        let record = TestRecord(wire, type: EventType.signal)
        let after = try record.view { view throws(Rejection) in try decoder.signal(view) }
        #expect(after.id == before.id)
        #expect(after.matches == before.matches)
        #expect(after.flags == before.flags && after.amount == -3 && after.party == .max)
        #expect(after.related == before.related && after.isLate && after.hops == 1)
        #expect(after.evidence?.snapshot == before.evidence?.snapshot)
        #expect(after.evidence?.contextWire == before.evidence?.contextWire)
        #expect(after.evidence?.media == before.evidence?.media)
        #expect(after.decision == before.decision && after.action == .banAccount)
        #expect(PBSignal(after, origin: 5).canonicalBytes() == wire.canonicalBytes())
    }

    @Test("A signal whose id does not fit its content is refused")
    func forgedSignal() throws {
        var wire = PBSignal(try signal(), origin: 0)
        wire.ordinal = 9
        let record = TestRecord(wire, type: EventType.signal)
        #expect(throws: Rejection(.keyMismatch, field: "signal_id")) {
            try record.view { view throws(Rejection) in try decoder.signal(view) }
        }
    }

    private func proposal() throws -> Proposal {
        let signal = try signal()
        let target = Subject(.account, "acct-a")
        return Proposal(
            id: .proposal(signal: signal.id, rule: "rule-a", target: .subject(target)),
            signal: signal.id, rule: "rule-a", subject: Subject(.group, "group-1"), target: target,
            actions: [.preserveEvidence, .suspendAccount], harm: .csam, isShadow: true,
            budget: Budget(period: .days(1), limit: 5, baseline: 2.5, cap: 90),
            packDigest: Array(repeating: 3, count: 32), bankVersion: 12, time: signal.time,
            region: "US", matches: signal.matches, evidence: signal.evidence,
            reasons: [Reason(name: "feature-a", value: 2.5)], incident: signal.id, category: 1,
            flags: [.threatened], hops: 1)
    }

    @Test("A proposal survives the wire, and its bytes are stable")
    func proposals() throws {
        let before = try proposal()
        let wire = PBProposal(before)
        let record = TestRecord(wire, type: EventType.proposal)
        let after = try record.view { view throws(Rejection) in try decoder.proposal(view) }
        #expect(after.id == before.id && after.rule == before.rule && after.target == before.target)
        #expect(after.actions == before.actions && after.budget == before.budget)
        #expect(after.matches == before.matches && after.reasons == before.reasons)
        #expect(after.evidence?.snapshot == before.evidence?.snapshot)
        #expect(after.isShadow && after.flags == before.flags && after.hops == 1)
        #expect(PBProposal(after).canonicalBytes() == wire.canonicalBytes())
        let full = after.evidence?.snapshot(of: "acct-a")
        #expect(full?.ageBand == .ageBand13To15, "a tip needs more than the facts for the role")
    }

    @Test("A review request shows the proposal and what the reviewer may see")
    func reviews() throws {
        let proposal = try proposal()
        let request = ReviewRequest(
            id: .review(proposal: proposal.id), proposal: proposal,
            reasons: [.nearMatch, .forcedRole], priority: 80, role: .unknown,
            deadline: Instant(milliseconds: 9))
        let wire = PBReviewRequest(request)
        #expect(wire.causes == [.nearMatch, .forcedRole])
        #expect(wire.exposure == .severeMedia && wire.victimSafe && wire.priority == 80)
        #expect(wire.proposal.proposalID.elementsEqual(proposal.id.bytes))
    }

    @Test("An enforcement survives the wire")
    func enforcements() throws {
        let before = Enforcement(
            id: .zero, subject: subject, action: .suspendAccount, rule: "rule-a", harm: .csam,
            mode: .enforce, role: .unknown, packDigest: [1], bankVersion: 4, proposal: .zero,
            verdict: nil, reverses: nil, expires: Instant(milliseconds: 77),
            time: Instant(milliseconds: 7), evidence: ["bank-a/entry-1"], region: "US")
        #expect(try Enforcement(PBEnforcement(before)) == before)
    }

    @Test("Hash entries survive the wire", arguments: [HashEntry.Operation.add, .change, .remove])
    func hashEntries(operation: HashEntry.Operation) throws {
        var before = HashEntry(
            operation: operation, bank: "bank-a", entry: "entry-1", category: .minorSubmitted,
            digest: MediaDigest(.md5, Array(repeating: 1, count: 16)), source: "source-a",
            listVersion: "9", quarantined: true)
        if operation == .remove {
            before = .removal(bank: "bank-a", entry: "entry-1", listVersion: "9")
        }
        let record = TestRecord(PBHashEntryEvent(before), type: before.eventType)
        let after = try record.view { view throws(Rejection) in try decoder.bankUpdate(view) }
        #expect(after == .entry(before))
    }
}
