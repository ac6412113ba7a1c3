import EventSchemas
import SafetyModel
import Testing

@Suite("Ids")
struct IdentifierTests {
    private let cause = ContentID.event(source: "platform/eu", id: "42")

    @Test("Ids do not change between versions")
    func golden() {
        let subject = ContentID.subject(Subject(.account, "acct-a"))
        let signal = ContentID.signal(
            cause: cause, subject: subject, kind: .groupCreated, ordinal: 1)
        let proposal = ContentID.proposal(signal: signal, rule: "rule-a", target: subject)
        let found = [
            cause, .position(topic: "t", partition: 1, offset: 2), subject, signal, proposal,
            .enforcement(origin: proposal, target: subject, action: .banAccount),
            .reversal(of: proposal, verdict: signal),
            .tip(account: subject, incident: signal, evidence: [1, 2]),
            .review(proposal: proposal), .incident(subject: subject, harm: .csam, day: 20_000),
        ].map(\.description)
        #expect(
            found == [
                "fdebefe56ecd918bec53b84cb97e2b75",
                "5c41aa800a8222bf311c5f60059be392",
                "f7415557c2a7ae03556b17d9b799c738",
                "de5eaa7eab1e2d76135bee37e3796cdb",
                "e75296d07d5e8ba320098ecd68538f0c",
                "59d030f9c5efd7bd9810e755fe2f6ddd",
                "a4ee9cc7f2c07f4cc7f08e57fdad5626",
                "65df120068602f0b07f3855bd737395a",
                "c64f938946d36e749439dc2a3e582220",
                "cc95801a0b3ba58d5e66dd8717a30ab4",
            ])
        #expect(ContentID.party("token-a") == 1_099_803_769_403_838_409)
    }

    @Test("Parts do not run into each other")
    func partsAreSeparate() {
        #expect(ContentID.event(source: "ab", id: "c") != .event(source: "a", id: "bc"))
        #expect(
            ContentID.subject(Subject(.account, "x")) != .subject(Subject(.group, "x")))
    }

    @Test("An event without a name of its own is known by its position")
    func positionIdentity() throws {
        var record = TestRecord(PBAccountEvent.photo(), type: photoType)
        #expect(try record.event(.account).identity == .event(source: "test", id: "1"))
        record.id = nil
        let identity = ContentID.position(topic: "topic", partition: 3, offset: 42)
        #expect(try record.event(.account).identity == identity)
        record.id = ""
        #expect(try record.event(.account).identity == identity)
    }
}
