import AuditTrail
import CyberTip
import EventSchemas
import FoundationEssentials
import Pipeline
import SafetyModel
import Streaming
import Testing

/// Enforce over a log in memory, driven round by round.
private struct Rig {
    let log: MemoryLog
    var settings: PipelineSettings
    var enforce: EnforceSettings
    let signer: VerdictSigner

    init() async throws {
        log = MemoryLog { Fixture.start.milliseconds }
        settings = PipelineSettings(partitions: 4)
        enforce = Fixture().settings
        signer = try VerdictSigner(keyID: "k1", privateKey: Array(1...32))
        enforce.verdictKeys = [
            VerdictKey(id: "k1", reviewer: "rev-1", publicKey: signer.publicKey)
        ]
        let topics = settings.topics
        for topic in topics.enforceSources + [topics.enforceState, topics.hashEntries] {
            try log.createTopic(topic, partitions: 1)
        }
        for topic in [
            topics.enforcement, topics.cyberTips, topics.reviewRequests, topics.signals,
            topics.ledger, topics.deadLetters,
        ] {
            try log.createTopic(topic, partitions: 4)
        }
    }

    func stage() throws -> EnforceStage {
        EnforceStage(
            settings: settings, enforce: enforce, log: log, sealer: try Fixture.sealer)
    }

    func write(_ topic: String, key: String, type: String, value: [UInt8]) async throws {
        var batch = OutputBatch()
        let event = CloudEvent(
            id: "\(type)-\(key)", type: type, source: "test", time: Fixture.start, subject: key)
        batch.append(
            topic: topic, partition: 0, key: Array(key.utf8), value: value,
            headers: event.headers, timestamp: Fixture.start.milliseconds)
        let writer = try await log.openWriter()
        try await writer.write(batch)
    }

    func write(_ entry: HashEntry) async throws {
        try await write(
            settings.topics.hashEntries, key: entry.recordKey, type: entry.eventType,
            value: PBHashEntryEvent(entry).canonicalBytes())
    }

    func write(_ draft: Fixture.Draft) async throws {
        let proposal = Fixture().proposal(draft)
        try await write(
            settings.topics.proposals, key: proposal.subject.id, type: EventType.proposal,
            value: PBProposal(proposal).canonicalBytes())
    }

    func verdict(_ number: UInt64, _ change: (inout PBVerdict) -> Void) throws -> PBVerdict {
        var verdict = PBVerdict()
        verdict.verdictID = Data(ContentID(high: 3, low: number).bytes)
        verdict.subject = PBTargetedAction(.banAccount, target: Subject(.account, "acc-1")).target
        verdict.outcome = .confirm
        verdict.reviewerID = "rev-1"
        verdict.role = .offender
        verdict.harm = .csam
        verdict.decidedUnixMs = Fixture.start.milliseconds
        change(&verdict)
        try signer.sign(&verdict)
        return verdict
    }

    func write(_ verdict: PBVerdict) async throws {
        try await write(
            settings.topics.verdicts, key: "acc-1", type: EventType.verdict,
            value: verdict.canonicalBytes())
    }

    func records(_ source: TopicPartition, from: Int64 = 0) async throws -> [Record] {
        var records: [Record] = []
        let reader = try await log.openReader(source, from: from, follow: false)
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count { records.append(chunk[index]) }
        }
        return records
    }

    func all(_ topic: String) async throws -> [Record] {
        var records: [Record] = []
        for partition in 0..<(try await log.partitionCount(of: topic) ?? 0) {
            records += try await self.records(TopicPartition(topic, partition))
        }
        return records
    }

    /// Runs what is waiting, `size` records of each source a round, so many rounds.
    func run(_ stage: EnforceStage, round size: Int = 100, rounds: Int = 1_000) async throws {
        let task = TaskID(stage: EnforceStage.name, partition: 0)
        let sources = settings.topics.enforceSources.map { TopicPartition($0, 0) }
        var positions: [TopicPartition: Int64] = [:]
        if let known = try await stage.open(task) {
            positions = known
        } else {
            for source in sources { positions[source] = 0 }
            try await stage.begin(task, at: positions)
        }
        let writer = try await log.openWriter()
        for _ in 0..<rounds {
            var batch = TaskBatch(task: task, ranges: [], records: [])
            for source in sources {
                let from = positions[source] ?? 0
                let found = try await records(source, from: from).prefix(size)
                guard let last = found.last else { continue }
                batch.records += found
                batch.ranges.append(
                    OffsetRange(
                        source: source, from: from, to: last.offset + 1,
                        delivered: Int64(found.count)))
                positions[source] = last.offset + 1
            }
            if batch.records.isEmpty { break }
            _ = try await stage.process([batch])
            await stage.discard()
            try await writer.write(try await stage.process([batch]))
            await stage.publish()
        }
        await stage.close(task)
    }
}

@Suite struct EnforceStageTests {
    private func filled() async throws -> Rig {
        let rig = try await Rig()
        let fixture = Fixture()
        try await rig.write(fixture.entry("list-a", "e1", .csam))
        try await rig.write(
            fixture.entry("near", "n1", .csam, MediaDigest(.pdq, Fixture.listed)))
        for number in 1...6 as ClosedRange<UInt64> {
            var draft = Fixture.Draft.known(number, "acc-\(number)")
            if number == 2 { draft = .behaviour(number, "acc-2") }
            if number == 3 { draft.matches = [("near", "n1", .pdq)] }
            try await rig.write(draft)
        }
        return rig
    }

    @Test(
        "Proposals become enforcements, tips, review requests and feedback, each at its key's home")
    func endToEnd() async throws {
        let rig = try await filled()
        try await rig.run(try rig.stage())
        let topics = rig.settings.topics
        var bans = 0
        for record in try await rig.all(topics.enforcement) {
            let key = try #require(record.bytes(of: .key))
            let home = rig.settings.partitioner.partition(of: key, count: 4)
            #expect(record.source.partition == home)
            #expect(record.bytes(of: .eventSubject) == key)
            #expect(record.headers.contains(Header("ce_specversion", "1.0")))
            #expect(
                record.bytes(of: .eventType).map { String(decoding: $0, as: UTF8.self) }
                    == EventType.enforcement)
            let wire = try PBEnforcement.decoded(record)
            let value = try Enforcement(wire)
            #expect(record.bytes(of: .eventID) == Array(value.id.description.utf8))
            if value.action == .banAccount { bans += 1 }
        }
        #expect(bans == 4)
        #expect(try await rig.all(topics.cyberTips).count == 4)
        #expect(try await rig.all(topics.reviewRequests).count == 2)
        #expect(try await !rig.all(topics.signals).isEmpty)
        #expect(try await rig.all(topics.deadLetters).isEmpty)
    }

    @Test("A verdict counts only with the signature of its own reviewer's key")
    func signatures() async throws {
        let rig = try await filled()
        let ban = PBTargetedAction(.banAccount, target: Subject(.account, "acc-1"))
        try await rig.write(try rig.verdict(1) { $0.actions = [ban] })
        var forged = try rig.verdict(2) { $0.actions = [ban] }
        forged.role = .victim
        try await rig.write(forged)
        try await rig.write(try rig.verdict(3) { $0.reviewerID = "rev-2" })
        var unknown = try rig.verdict(4) { $0.actions = [ban] }
        unknown.signature.keyID = "k2"
        try await rig.write(unknown)
        try await rig.run(try rig.stage())
        let letters = try await rig.all(rig.settings.topics.deadLetters)
        #expect(letters.count == 3)
        for letter in letters {
            #expect(try PBDeadLetter.decoded(letter).reason == .badSignature)
        }
    }

    @Test("Restarting after every record gives the same as running on")
    func restart() async throws {
        let straight = try await filled()
        try await straight.run(try straight.stage(), round: 1)
        let broken = try await filled()
        let topics = broken.settings.topics
        let input = try await broken.all(topics.proposals).count
        for _ in 0..<input { try await broken.run(try broken.stage(), round: 1, rounds: 1) }
        for topic in [
            topics.enforcement, topics.cyberTips, topics.reviewRequests, topics.signals,
            topics.ledger, topics.enforceState,
        ] {
            let one = try await straight.all(topic).map { $0.bytes(of: .value) }
            let two = try await broken.all(topic).map { $0.bytes(of: .value) }
            #expect(one == two, "\(topic)")
        }
    }

    @Test("A replay of the ledger gives the same bytes, other settings do not")
    func replay() async throws {
        let rig = try await filled()
        try await rig.run(try rig.stage(), round: 2)
        let same = try await EnforceStage.replay(
            settings: rig.settings, enforce: rig.enforce, log: rig.log,
            sealer: try Fixture.sealer)
        #expect(same.difference == nil)
        #expect(same.records == 6)
        var other = rig.enforce
        other.evidence.conclusiveBanks = []
        let changed = try await EnforceStage.replay(
            settings: rig.settings, enforce: other, log: rig.log, sealer: try Fixture.sealer)
        #expect(changed.difference != nil)
    }

    @Test("The kill switch keeps Enforce from starting")
    func killSwitch() async throws {
        var rig = try await filled()
        rig.enforce.isStopped = true
        await #expect(throws: PipelineError.self) { try await rig.run(try rig.stage()) }
        #expect(try await rig.all(rig.settings.topics.enforcement).isEmpty)
    }

    @Test("The settings' digest sees each setting but the kill switch")
    func digest() throws {
        let base = EnforceSettings()
        var changed: [EnforceSettings] = []
        func change(_ body: (inout EnforceSettings) -> Void) {
            var copy = base
            body(&copy)
            changed.append(copy)
        }
        change { $0.evidence.conclusiveBanks = ["a"] }
        change { $0.modes.standard = .advise }
        change { $0.modes.entries = [.init(region: "DE", mode: .enforce)] }
        change { $0.budgets.entry.limit = 1 }
        change { $0.budgets.actions[.banAccount] = nil }
        change { $0.verdictKeys = [VerdictKey(id: "k", reviewer: "r", publicKey: [1])] }
        change { $0.tips.service = "x" }
        change { $0.friction = .hours(1) }
        change { $0.frictionActions = [] }
        change { $0.recentChange = .days(1) }
        change { $0.deadlines.csam = .hours(1) }
        change { $0.learnedBank = "other" }
        change { $0.limits.decisions = 5 }
        let digests = Set((changed + [base]).map(\.digest))
        #expect(digests.count == changed.count + 1)
        var stopped = base
        stopped.isStopped = true
        #expect(stopped.digest == base.digest)
    }

    @Test("Wrong settings are refused in words")
    func validation() {
        func error(_ body: (inout EnforceSettings) -> Void) -> String {
            var settings = EnforceSettings()
            body(&settings)
            do throws(SettingsError) {
                try settings.validate()
                return ""
            } catch { return error.description }
        }
        #expect(error { _ in }.isEmpty)
        #expect(error { $0.frictionActions = [.banAccount] }.contains("ban_account"))
        #expect(error { $0.evidence.conclusiveBanks = ["learned"] }.contains("learned"))
        #expect(
            error { $0.verdictKeys = [VerdictKey(id: "k", reviewer: "r", publicKey: [1])] }
                .contains("Ed25519"))
        #expect(
            error {
                $0.modes.entries = [
                    .init(region: "DE", mode: .observe), .init(region: "DE", mode: .enforce),
                ]
            }.contains("same region"))
    }
}
