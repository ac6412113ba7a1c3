import AuditTrail
import EventSchemas
import FoundationEssentials
import Pipeline
import SafetyModel
import Streaming
import Testing

@Suite("Evidence of matches")
struct EvidenceTests {
    private let digest = [UInt8](repeating: 5, count: 32)

    @Test("A proposal's evidence names all that an auditor needs, on the wire")
    func complete() async throws {
        let rig = try AssessRig()
        var near = digest
        near[0] ^= 0b111
        try await rig.send([
            TestEvents.hashEntry(TestEvents.pdqEntry("list-a", "n1", near, .csam)),
            TestEvents.near("a", id: "1", pdq: digest, quality: 77),
        ])
        try await rig.run()
        let record = try #require(try await rig.read(rig.settings.topics.proposals).first)
        let wire = try #require(PBProposal(canonicalBytes: record.bytes(of: .value) ?? []))
        let match = try #require(wire.matches.first)
        #expect((match.bank, match.entryID, match.category) == ("list-a", "n1", .csam))
        #expect((match.source, match.listVersion) == ("test", "1"))
        #expect((match.algorithm, match.kind) == (.pdq, .near))
        #expect((match.distance, match.threshold, match.quality) == (3, 31, 77))
        #expect(Array(match.digest) == digest)
        #expect(match.mediaReference == "media-1" && match.attribution == .serverObserved)
        #expect(wire.bankVersion == 1)
    }

    @Test("What a benign entry held back is in the ledger, with the entry that did it, and replays")
    func suppressed() async throws {
        let rig = try AssessRig()
        var near = digest
        near[0] ^= 0b111
        try await rig.send([
            TestEvents.hashEntry(TestEvents.pdqEntry("list-a", "n1", near, .csam)),
            TestEvents.hashEntry(TestEvents.pdqEntry("benign", "ok", digest, .knownBenign)),
            TestEvents.photo("b", id: "0", sha256: digest),
            TestEvents.near("a", id: "1", pdq: digest),
        ])
        try await rig.run()
        #expect(try await rig.proposals().isEmpty)
        let entries = try await rig.ledgers().values.joined()
        #expect(entries.map(\.suppressedCount).reduce(0, +) == 1)
        let held = try #require(entries.flatMap(\.suppressions).first)
        #expect((held.topic, held.offset, held.media) == (rig.settings.topics.accounts, 1, 0))
        #expect((held.bank, held.entry, held.distance) == ("list-a", "n1", 3))
        #expect((held.benignBank, held.benignEntry, held.benignDistance) == ("benign", "ok", 0))
        let report = try await AssessStage.replay(
            partition: 0, settings: rig.settings, pack: rig.pack, log: rig.log, sealer: rig.sealer)
        #expect(report.difference == nil && report.batches > 0)
    }

    @Test("A match that another service made reaches the rules, and is never an exact one")
    func assessed() async throws {
        let rig = try AssessRig()
        func photo(_ account: String, _ set: @escaping (inout PBMediaAssessment) -> Void) -> Input {
            TestEvents.account(account, account, "profile_changed", AssessRig.start) {
                $0.context.actorSnapshot.accountID = account
                $0.profileChanged.field = .photo
                var media = TestEvents.media(sha256: digest)
                var assessment = PBMediaAssessment()
                assessment.provider = "service-a"
                assessment.modelVersion = "3"
                assessment.outcome = .nearMatch
                set(&assessment)
                media.assessments = [assessment]
                $0.profileChanged.newMedia = media
            }
        }
        try await rig.send([
            photo("listed") {
                $0.list = "list-x"
                $0.listCategory = .csam
            },
            photo("unsure") {
                $0.outcome = .scored
                $0.score = 0.2
            },
            photo("none") {
                $0.outcome = .noMatch
                $0.list = "list-x"
                $0.listCategory = .csam
            },
        ])
        try await rig.run()
        let proposals = try await rig.proposals()
        #expect(Set(proposals.map(\.target.id)) == ["listed"])
        let match = try #require(proposals.first?.matches.first)
        #expect((match.provider, match.bank, match.category) == ("service-a", "list-x", .csam))
        #expect(!match.isExact)
    }

    @Test("An entry under quarantine still matches, and says so; lifting and removal end it")
    func quarantine() async throws {
        let rig = try AssessRig()
        func word(_ isQuarantined: Bool, _ id: String) -> Input {
            let word = EntryQuarantine(
                bank: "list-a", entry: "e1", isQuarantined: isQuarantined, reason: .operation)
            return Input(
                rig.settings.topics.hashEntries, key: word.recordKey,
                type: EventType.entryQuarantined, id: id, time: AssessRig.start,
                value: PBHashEntryEvent(word).canonicalBytes()
            ).at(0)
        }
        func photo(_ account: String) async throws -> [Bool] {
            try await rig.send([TestEvents.photo(account, id: account, sha256: digest)])
            try await rig.run()
            return try await rig.proposals().filter { $0.target.id == account }
                .flatMap(\.matches).map(\.quarantined)
        }
        try await rig.send([TestEvents.listed("e1", sha256: digest), word(true, "q1")])
        #expect(try await photo("a") == [true])
        try await rig.send([word(false, "q2")])
        #expect(try await photo("b") == [false])
        try await rig.send([
            word(true, "q3"), TestEvents.hashEntry(.removal(bank: "list-a", entry: "e1")),
            TestEvents.listed("e1", sha256: digest),
        ])
        #expect(try await photo("c") == [false], "a new entry begins without its namesake's past")
    }
}
