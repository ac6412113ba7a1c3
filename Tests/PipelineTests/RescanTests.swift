import CyberTip
import EventSchemas
import FoundationEssentials
import Pipeline
import SafetyModel
import Streaming
import Testing

/// Both stages over one log, with a rescan between.
private struct RescanRig {
    let assess: AssessRig

    init(partitions: Int32 = 2) throws {
        assess = try AssessRig(partitions: partitions)
        let topics = assess.settings.topics
        for topic in [topics.enforceState, topics.verdicts] {
            try assess.log.createTopic(topic, partitions: 1)
        }
        for topic in [topics.enforcement, topics.cyberTips, topics.reviewRequests] {
            try assess.log.createTopic(topic, partitions: partitions)
        }
    }

    func rescan(
        isDryRun: Bool = false, _ change: (inout RescanSettings) -> Void = { _ in }
    ) async throws -> RescanReport {
        var settings = RescanSettings()
        change(&settings)
        let rescan = Rescan(
            settings, pipeline: assess.settings, log: assess.log, sealer: assess.sealer)
        let writer = try await isDryRun ? nil : assess.log.openWriter()
        let report = try await rescan.run(writer: writer)
        await writer?.close()
        return report
    }

    func enforce() async throws {
        var settings = EnforceSettings()
        settings.modes = ModeTable(standard: .enforce)
        settings.evidence.conclusiveBanks = ["list-a"]
        let lane = Lane(
            log: assess.log,
            stage: EnforceStage(
                settings: assess.settings, enforce: settings, log: assess.log,
                sealer: assess.sealer),
            configuration: LaneConfiguration(
                settings: LaneSettings(
                    stage: EnforceStage.name, topics: assess.settings.topics.enforceSources,
                    group: EnforceStage.name),
                eventTime: { RecordTime.eventTime(of: $0) }))
        _ = try await lane.runUntilQuiet()
        await lane.close()
    }

    /// What lies on the topics that a doubled signal would show on.
    func counts() async throws -> [Int] {
        let topics = assess.settings.topics
        var counts: [Int] = []
        for topic in [
            topics.proposals, topics.enforcement, topics.reviewRequests, topics.cyberTips,
        ] {
            counts.append(try await assess.read(topic).count)
        }
        return counts
    }
}

@Suite("Rescan")
struct RescanTests {
    private let listed = [UInt8](repeating: 3, count: 32)

    @Test("An old photo, a new entry, a rescan: proposal and enforcement, and twice is once")
    func endToEnd() async throws {
        let rig = try RescanRig()
        try await rig.assess.send([
            TestEvents.photo("a", id: "1", sha256: listed),
            TestEvents.photo("b", id: "2", sha256: Array(repeating: 4, count: 32)),
        ])
        try await rig.assess.run()
        #expect(try await rig.assess.proposals().isEmpty)
        try await rig.assess.send([TestEvents.listed("e1", sha256: listed)])
        let dry = try await rig.rescan(isDryRun: true)
        #expect((dry.entries, dry.eventsWithMedia, dry.matches, dry.published) == (1, 2, 1, 1))
        #expect(try await rig.rescan() == dry)
        try await rig.assess.run()
        try await rig.enforce()
        let proposal = try #require(try await rig.assess.proposals().first)
        #expect(proposal.rule == "known-media-on-profile")
        #expect(proposal.target == Subject(.account, "a"))
        #expect(proposal.time == AssessRig.start, "the event's own time")
        #expect(proposal.bankVersion > 0)
        #expect(proposal.evidence?.snapshot?.account == "a")
        let match = try #require(proposal.matches.first)
        #expect((match.bank, match.entry, match.category) == ("list-a", "e1", .csam))
        #expect((match.source, match.listVersion) == ("test", "1"))
        #expect((match.digest.algorithm, match.digest.bytes) == (.sha256, listed))
        #expect((match.distance, match.threshold, match.digest.quality) == (0, 0, 100))
        let first = try await rig.counts()
        #expect(first[0] == 1 && first[1] > 0)
        let again = try await rig.rescan()
        #expect((again.published, again.alreadyPublished) == (0, 1))
        try await rig.assess.run()
        try await rig.enforce()
        #expect(try await rig.counts() == first)
        #expect(try await rig.assess.outcomes()[.duplicate] == nil)
    }

    @Test("A signal that is written twice all the same is decided on once")
    func doubledSignal() async throws {
        let rig = try RescanRig()
        try await rig.assess.send([TestEvents.photo("a", id: "1", sha256: listed)])
        try await rig.assess.run()
        try await rig.assess.send([TestEvents.listed("e1", sha256: listed)])
        _ = try await rig.rescan()
        let topic = rig.assess.settings.topics.signals
        let record = try #require(try await rig.assess.read(topic).first)
        var output = OutputBatch()
        output.append(
            topic: topic, partition: record.source.partition, key: record.bytes(of: .key),
            value: record.bytes(of: .value),
            headers: [
                Header("ce_type", EventType.signal),
                Header("content-type", "application/protobuf"),
            ])
        try await rig.assess.log.openWriter().write(output)
        try await rig.assess.run()
        #expect(try await rig.assess.proposals().count == 1)
        #expect(try await rig.assess.outcomes()[.duplicate] == 1)
    }

    @Test("What Assess compared itself is left out, and what it has not come to is told apart")
    func coverage() async throws {
        let rig = try RescanRig(partitions: 1)
        try await rig.assess.send([TestEvents.listed("e1", sha256: listed)])
        try await rig.assess.send([TestEvents.photo("a", id: "1", sha256: listed)])
        try await rig.assess.run()
        #expect(try await rig.assess.proposals().count == 1)
        try await rig.assess.send([TestEvents.photo("b", id: "2", sha256: listed)])
        let report = try await rig.rescan()
        #expect((report.matches, report.alreadyCompared, report.published) == (2, 1, 0))
        #expect(report.notAssessedYet == 1)
        try await rig.assess.run()
        let later = try await rig.rescan()
        #expect((later.alreadyCompared, later.notAssessedYet) == (2, 0))
    }

    @Test("An event that lies on its topic twice is one signal, within a run too")
    func doubledEvent() async throws {
        let rig = try RescanRig(partitions: 1)
        let photo = TestEvents.photo("a", id: "1", sha256: listed)
        try await rig.assess.send([photo, photo])
        try await rig.assess.run()
        try await rig.assess.send([TestEvents.listed("e1", sha256: listed)])
        let report = try await rig.rescan()
        #expect((report.matches, report.published, report.alreadyPublished) == (2, 1, 1))
        #expect(try await rig.assess.read(rig.assess.settings.topics.signals).count == 1)
    }

    @Test("Only the entries that were asked for are compared, and removed ones never")
    func selection() async throws {
        let rig = try RescanRig(partitions: 1)
        try await rig.assess.send([TestEvents.photo("a", id: "1", sha256: listed)])
        try await rig.assess.run()
        try await rig.assess.send([TestEvents.listed("e1", sha256: listed)])
        let end = try await rig.assess.log.bounds(
            of: TopicPartition(rig.assess.settings.topics.hashEntries, 0)
        ).end
        #expect(try await rig.rescan(isDryRun: true) { $0.after = end }.entries == 0)
        #expect(try await rig.rescan(isDryRun: true) { $0.bank = "list-b" }.entries == 0)
        let other: Set = [EntryName(bank: "list-a", entry: "e2")]
        #expect(try await rig.rescan(isDryRun: true) { $0.entries = other }.entries == 0)
        #expect(try await rig.rescan(isDryRun: true) { $0.bank = "list-a" }.published == 1)
        try await rig.assess.send([
            TestEvents.hashEntry(.removal(bank: "list-a", entry: "e1"))
        ])
        #expect(try await rig.rescan(isDryRun: true).entries == 0)
    }

    @Test("Limits hold over runs: the run's is gone on from, the entry's is named")
    func limits() async throws {
        let rig = try RescanRig(partitions: 1)
        for n in 0..<6 {
            try await rig.assess.send([TestEvents.photo("a\(n)", id: "\(n)", sha256: listed)])
        }
        try await rig.assess.run()
        try await rig.assess.send([TestEvents.listed("e1", sha256: listed)])
        func run() async throws -> RescanReport {
            try await rig.rescan {
                $0.runLimit = 2
                $0.entryLimit = 5
            }
        }
        let first = try await run()
        #expect(first.isCutShort && first.published == 2)
        #expect(try await run().published == 2)
        let last = try await run()
        #expect((last.published, last.heldBack) == (1, 1))
        #expect(last.floods == [EntryName(bank: "list-a", entry: "e1")])
        #expect(try await run().published == 0)
        #expect(try await rig.assess.read(rig.assess.settings.topics.signals).count == 5)
    }

    @Test("Known benign entries hold back near matches of a rescan too")
    func benign() async throws {
        let rig = try RescanRig(partitions: 1)
        try await rig.assess.send([TestEvents.near("a", id: "1", pdq: listed)])
        try await rig.assess.run()
        try await rig.assess.send([
            TestEvents.hashEntry(TestEvents.pdqEntry("benign", "ok", listed, .knownBenign)),
            TestEvents.hashEntry(TestEvents.pdqEntry("list-a", "n1", listed, .csam)),
        ])
        let report = try await rig.rescan { $0.bank = "list-a" }
        #expect((report.entries, report.suppressed, report.published) == (1, 1, 0))
    }
}
