import AuditTrail
import EventSchemas
import Pipeline
import Policy
import SafetyModel
import Streaming
import Testing

@Suite("Assess, end to end over an in-memory log")
struct AssessTests {
    @Test("Known media as profile photo gives a proposal with match, pack and bank version")
    func knownMedia() async throws {
        let rig = try AssessRig()
        let digest = [UInt8](repeating: 9, count: 32)
        try await rig.send([TestEvents.listed("entry-1", sha256: digest)])
        try await rig.send([TestEvents.photo("account-1", id: "event-1", sha256: digest)])
        #expect(try await rig.run() == 1)
        let proposal = try #require(try await rig.proposals().first)
        #expect(proposal.target == Subject(.account, "account-1"))
        #expect(proposal.matches.map(\.entry) == ["entry-1"])
        #expect(proposal.bankVersion == 1)
        #expect(proposal.packDigest == rig.pack.digest)
        #expect(proposal.evidence?.snapshot?.account == "account-1")
        let packs = try await rig.read(rig.settings.topics.packs)
        #expect(packs.map { $0.bytes(of: .key) } == [Array(rig.pack.digest.hex.utf8)])
    }

    @Test("Outputs carry the CloudEvents headers; changelog rows carry none")
    func headers() async throws {
        let rig = try AssessRig()
        let digest = [UInt8](repeating: 9, count: 32)
        try await rig.send([TestEvents.listed("entry-1", sha256: digest)])
        try await rig.send([TestEvents.photo("account-1", id: "event-1", sha256: digest)])
        try await rig.run()
        let record = try #require(try await rig.read(rig.settings.topics.proposals).first)
        let headers = Dictionary(
            record.headers.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) },
            uniquingKeysWith: { first, _ in first })
        let proposal = try #require(try await rig.proposals().first)
        #expect(headers["ce_id"] == proposal.id.description)
        #expect(headers["ce_type"] == EventType.proposal)
        #expect(headers["ce_source"] == "tutela/assess")
        #expect(headers["ce_time"] == AssessRig.start.rfc3339)
        #expect(headers["ce_subject"] == "account-1")
        #expect(headers["ce_specversion"] == "1.0")
        #expect(headers["content-type"] == "application/protobuf")
        for row in try await rig.read(rig.settings.topics.assessState) {
            #expect(row.headers.isEmpty)
        }
    }

    @Test("A duplicate is decided by the key subject and emits nothing")
    func duplicates() async throws {
        let rig = try AssessRig()
        let digest = [UInt8](repeating: 9, count: 32)
        try await rig.send([TestEvents.listed("entry-1", sha256: digest)])
        let photo = TestEvents.photo("account-1", id: "event-1", sha256: digest)
        try await rig.send([photo, photo])
        try await rig.run()
        let once = try await rig.proposals().count
        // After a restart, too: what was seen is part of the state.
        try await rig.send([photo])
        try await rig.run()
        #expect(try await rig.proposals().count == once)
        #expect(try await rig.outcomes() == [.assessed: 1, .duplicate: 2])
        let ledger = try #require(try await rig.ledgers().values.first)
        #expect(
            ledger.flatMap { $0.inputs.flatMap(\.exceptions) }.map(\.outcome)
                == [.duplicate, .duplicate])
    }

    @Test("An event older than its source's watermark by more than an hour is late")
    func late() async throws {
        let rig = try AssessRig()
        let start = AssessRig.start
        try await rig.send([
            TestEvents.registered("account-1", id: "a", start),
            TestEvents.registered("account-2", id: "b", start - .hours(1)),
            TestEvents.registered(
                "account-3", id: "c", start - .hours(1) - TimeSpan(milliseconds: 1)),
        ])
        try await rig.run(batch: 1)
        #expect(try await rig.outcomes() == [.assessed: 2, .late: 1])
        // Another source has its own watermark.
        try await rig.send([
            TestEvents.created("group-1", by: "account-1", id: "d", start - .hours(5))
        ])
        try await rig.run()
        #expect(try await rig.outcomes() == [.assessed: 3, .late: 1])
    }

    @Test("A late event's matches still reach the rules")
    func lateMatch() async throws {
        let rig = try AssessRig()
        let digest = [UInt8](repeating: 9, count: 32)
        try await rig.send([TestEvents.listed("entry-1", sha256: digest)])
        try await rig.send([
            TestEvents.registered("account-2", id: "a"),
            TestEvents.photo(
                "account-1", id: "event-1", sha256: digest, AssessRig.start - .hours(3)),
        ])
        try await rig.run()
        #expect(try await rig.outcomes() == [.assessed: 1, .late: 1])
        #expect(try await rig.proposals().isEmpty == false)
    }

    @Test("A region whose regime forbids processing is withheld, without any effect")
    func withheld() async throws {
        var rig = try AssessRig()
        rig.settings.withheldRegions = ["XA"]
        try await rig.send([
            TestEvents.registered("account-1", id: "a", region: "XA"),
            TestEvents.registered("account-2", id: "b", region: "XB"),
        ])
        try await rig.run()
        #expect(try await rig.outcomes() == [.assessed: 1, .withheld: 1])
        let rows = try await rig.read(rig.settings.topics.assessState)
        #expect(rows.count { $0.bytes(of: .key)?.count == 16 } == 1)
    }

    @Test("Signals travel to their subject's home and are applied there once")
    func travel() async throws {
        let rig = try AssessRig(partitions: 4)
        let group = "group-1"
        let creator = try #require(
            (1...50).map { "account-\($0)" }.first { rig.home($0) != rig.home(group) })
        try await rig.send([TestEvents.created(group, by: creator, id: "a")])
        try await rig.run()
        let signals = try await rig.read(rig.settings.topics.signals)
        #expect(signals.map(\.source.partition) == [rig.home(creator)])
        #expect(signals.map { $0.bytes(of: .key) } == [Array(creator.utf8)])
        #expect(try await rig.outcomes() == [.assessed: 2])
        // The same signal again, as a writer outside a transaction might send it.
        try await rig.send([
            Input(
                rig.settings.topics.signals, key: creator, type: EventType.signal, id: "x",
                time: AssessRig.start, value: signals[0].bytes(of: .value))
        ])
        try await rig.run()
        #expect(try await rig.outcomes() == [.assessed: 2, .duplicate: 1])
    }

    @Test("A record keyed to another partition is counted, and its signals travel home")
    func misrouted() async throws {
        let rig = try AssessRig(partitions: 2)
        let counts = Counts()
        let wrong = 1 - rig.home("account-1")
        try await rig.send([TestEvents.registered("account-1", id: "a").at(wrong)])
        try await rig.run { counts.add($0) }
        #expect(counts.total.misrouted == 1)
        #expect(counts.total.travelled == 1)
        #expect(counts.total.signals == 1)
        #expect(try await rig.outcomes() == [.assessed: 2])
    }

    @Test("Being added to a group tells nothing to the one who was added")
    func involuntary() async throws {
        let rig = try AssessRig()
        let counts = Counts()
        try await rig.send([
            TestEvents.added(
                "account-2", to: "group-1", by: "account-1", id: "a", AssessRig.start)
        ])
        try await rig.run { counts.add($0) }
        #expect(counts.total.signals == 2)
        let rows = try await rig.read(rig.settings.topics.assessState)
        let keys = [Subject(.group, "group-1"), Subject(.account, "account-1")]
            .map { ContentID.subject($0).bytes }
        #expect(
            Set(rows.compactMap { $0.bytes(of: .key) }.filter { $0.count == 16 }) == Set(keys))
    }

    @Test("Feedback about an account reaches the group it created, once")
    func feedback() async throws {
        let rig = try AssessRig()
        let counts = Counts()
        let account = Subject(.account, "account-1")
        try await rig.send([TestEvents.created("group-1", by: account.id, id: "a")])
        let signal = Signal(
            cause: ContentID(high: 1, low: 2), ordinal: 0, kind: .enforced,
            time: AssessRig.start, subject: account, key: .subject(account),
            decision: ContentID(high: 1, low: 2), action: .banAccount)
        let input = Input(
            rig.settings.topics.signals, key: account.id, type: EventType.signal,
            id: signal.id.description, time: signal.time,
            value: PBSignal(signal, origin: 0).canonicalBytes())
        try await rig.send([input, input])
        try await rig.run { counts.add($0) }
        // Created and group-created; enforced and neighbour-enforced.
        #expect(counts.total.signals == 4)
        #expect(try await rig.outcomes() == [.assessed: 2, .duplicate: 1])
        #expect(
            try await rig.proposals().contains { $0.target == Subject(.group, "group-1") })
    }

    @Test("A proposal's snapshot joins what the platform says with what the account told itself")
    func snapshot() async throws {
        let rig = try AssessRig()
        let digest = [UInt8](repeating: 9, count: 32)
        try await rig.send([TestEvents.listed("entry-1", sha256: digest)])
        let changed = TestEvents.account(
            "account-1", "a", "device_linked", AssessRig.start - .hours(1)
        ) { $0.deviceLinked.deviceToken = "device-2" }
        try await rig.send([
            changed, TestEvents.photo("account-1", id: "event-1", sha256: digest),
        ])
        try await rig.run()
        let proposal = try #require(try await rig.proposals().first)
        #expect(proposal.evidence?.snapshot?.lastDeviceChange == AssessRig.start - .hours(1))
    }

    @Test("JSON input is decided as protobuf is")
    func json() async throws {
        var ids: [[ContentID]] = []
        for isJSON in [false, true] {
            let rig = try AssessRig()
            let digest = [UInt8](repeating: 9, count: 32)
            try await rig.send([TestEvents.listed("entry-1", sha256: digest)])
            var input = TestEvents.photo("account-1", id: "event-1", sha256: digest)
            if isJSON {
                let event = try #require(PBAccountEvent(canonicalBytes: input.value ?? []))
                input = input.with(value: event.bytes(as: .json))
                    .with("content-type", "application/json")
            }
            try await rig.send([input])
            try await rig.run()
            ids.append(try await rig.proposals().map(\.id))
        }
        #expect(!ids[0].isEmpty)
        #expect(ids[0] == ids[1])
    }

    @Test("The order of one event's signals and their homes do not depend on the number of batches")
    func batchBoundaries() async throws {
        var decisions: [[ContentID]] = []
        for batch in [1, 7, 1_000] {
            let rig = try AssessRig(partitions: 1)
            try await rig.send(
                (0..<6).map {
                    TestEvents.listed("entry-\($0)", sha256: Array(repeating: UInt8($0), count: 32))
                })
            try await rig.send(TestEvents.traffic(400))
            try await rig.run(batch: batch)
            decisions.append(try await rig.proposals().map(\.id))
            let outcomes = try await rig.outcomes()
            #expect(outcomes[.late] ?? 0 > 0)
            #expect(outcomes[.duplicate] ?? 0 > 0)
        }
        #expect(decisions[0].count > 5)
        #expect(decisions[1] == decisions[0])
        #expect(decisions[2] == decisions[0])
    }
}

/// Adds up what the stages tell.
final class Counts: Sendable {
    private let counts = Locked(BatchCounts())

    var total: BatchCounts { counts.withLock { $0 } }

    func add(_ notice: PipelineNotice) {
        guard case .processed(_, let batch) = notice else { return }
        counts.withLock {
            $0.misrouted += batch.misrouted
            $0.travelled += batch.travelled
            $0.signals += batch.signals
        }
    }
}
