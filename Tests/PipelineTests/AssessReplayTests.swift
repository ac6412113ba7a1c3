import AuditTrail
import CyberTip
import EventSchemas
import Pipeline
import Policy
import SafetyModel
import Streaming
import Testing

@Suite("Restart and replay of Assess")
struct AssessReplayTests {
    private func traffic(_ rig: AssessRig, restarting: Bool) async throws {
        try await rig.send(
            (0..<6).map {
                TestEvents.listed("entry-\($0)", sha256: Array(repeating: UInt8($0), count: 32))
            })
        let inputs = TestEvents.traffic(300)
        let third = inputs.count / 3
        for part in 0..<3 {
            try await rig.send(Array(inputs[part * third..<(part + 1) * third]))
            if restarting { try await rig.run(batch: 20) }
        }
        if !restarting { try await rig.run(batch: 20) }
    }

    @Test("Restarts from the changelog give the same digests as no restart")
    func restart() async throws {
        let straight = try AssessRig()
        try await traffic(straight, restarting: false)
        let restarted = try AssessRig()
        try await traffic(restarted, restarting: true)
        func digests(_ rig: AssessRig) async throws -> [[UInt8]] {
            try await rig.ledgers().values.flatMap { entries in
                entries.flatMap { [$0.outputDigest, $0.changelogDigest] }
            }
        }
        let expected = try await digests(straight)
        #expect(expected.count == 2 * 15)
        #expect(try await digests(restarted) == expected)
        #expect(
            try await restarted.proposals().map(\.id) == (try await straight.proposals().map(\.id)))
    }

    @Test("Replay of a ledger gives the recorded digests, with the bank moving in between")
    func replay() async throws {
        let rig = try AssessRig(partitions: 2)
        try await traffic(rig, restarting: true)
        try await rig.send([
            TestEvents.listed("entry-9", sha256: Array(repeating: 30, count: 32))
        ])
        try await rig.send(TestEvents.traffic(60, seed: 5))
        try await rig.run()
        for partition: Int32 in 0..<2 {
            let report = try await AssessStage.replay(
                partition: partition, settings: rig.settings, pack: rig.pack, log: rig.log,
                sealer: rig.sealer)
            #expect(report.difference == nil)
            #expect(report.batches > 3)
        }
    }

    @Test("A tampered input record is found, and its batch named")
    func tampered() async throws {
        let rig = try AssessRig()
        try await traffic(rig, restarting: false)
        let source = TopicPartition(rig.settings.topics.accounts, 0)
        let tampered = TamperedLog(log: rig.log, source: source, offset: 50)
        let report = try await AssessStage.replay(
            partition: 0, settings: rig.settings, pack: rig.pack, log: tampered,
            sealer: rig.sealer)
        let difference = try #require(report.difference)
        #expect(difference.ranges.contains { $0.source == source && $0.from <= 50 && $0.to > 50 })
        #expect(
            difference.aspects.contains(
                .outcome(source, offset: 50, recorded: .assessed, replayed: .deadLetter)))
    }

    @Test("A replay with another pack names the pack")
    func otherPack() async throws {
        let rig = try AssessRig()
        try await traffic(rig, restarting: false)
        let other = try Pack.load(
            yaml: """
                pack: other
                features: {account: {groups_created_24h: count(group_created) over 24h}}
                rules:
                  - id: nothing
                    on: account
                    when: groups_created_24h >= 1000000
                    harm: csam
                    propose:
                      self: [request_review]
                """, file: "other.yaml")
        let report = try await AssessStage.replay(
            partition: 0, settings: rig.settings, pack: other, log: rig.log, sealer: rig.sealer)
        #expect(report.difference?.aspects.first == .context("pack"))
    }

    @Test("State written with another number of partitions or partitioner is refused")
    func settingsMismatch() async throws {
        let rig = try AssessRig()
        try await rig.send([TestEvents.registered("account-1", id: "a")])
        try await rig.run()
        let task = TaskID(stage: AssessStage.name, partition: 0)
        var other = rig
        other.settings.partitioner = .crc32
        await #expect(throws: PipelineError.self) { try await other.stage().open(task) }
        other = rig
        other.settings.partitions = 2
        await #expect(throws: PipelineError.self) { try await other.stage().open(task) }
        #expect(try await rig.stage().open(task) != nil)
    }

    @Test("A task does not open on a bank that is behind what it has used")
    func bankBehind() async throws {
        let rig = try AssessRig()
        try await rig.send([TestEvents.listed("entry-1", sha256: Array(repeating: 1, count: 32))])
        try await rig.send([TestEvents.registered("account-1", id: "a")])
        try await rig.run()
        let cut = ReplayLog(rig.log, hiding: [rig.settings.topics.hashEntries])
        await #expect(throws: PipelineError.self) {
            try await rig.stage(on: cut).open(TaskID(stage: AssessStage.name, partition: 0))
        }
    }

    @Test("A discarded round runs again with the same result, though the bank has moved")
    func discarded() async throws {
        let rig = try AssessRig()
        let digest = [UInt8](repeating: 9, count: 32)
        try await rig.send([TestEvents.photo("account-1", id: "event-1", sha256: digest)])
        let bank = BankFeed(
            log: rig.log, topic: rig.settings.topics.hashEntries, sealer: rig.sealer)
        let stage = AssessStage(
            settings: rig.settings, pack: rig.pack, bank: bank, log: rig.log, sealer: rig.sealer)
        let task = TaskID(stage: AssessStage.name, partition: 0)
        #expect(try await stage.open(task) == nil)
        let sources = rig.settings.topics.assessSources.map { TopicPartition($0, 0) }
        try await stage.begin(task, at: Dictionary(uniqueKeysWithValues: sources.map { ($0, 0) }))
        let records = try await rig.read(rig.settings.topics.accounts)
        let batch = TaskBatch(
            task: task,
            ranges: sources.map {
                let count: Int64 = $0.topic == rig.settings.topics.accounts ? 1 : 0
                return OffsetRange(source: $0, from: 0, to: count, delivered: count)
            }, records: records)
        let first = try await stage.process([batch])
        await stage.discard()
        try await rig.send([TestEvents.listed("entry-1", sha256: digest)])
        try await bank.catchUp()
        let second = try await stage.process([batch])
        #expect(second.bytes == first.bytes)
        await stage.publish()
    }
}

/// A log in which one record was changed afterwards.
private struct TamperedLog: EventLog {
    let log: any EventLog
    let source: TopicPartition
    let offset: Int64

    func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await log.partitionCount(of: topic)
    }

    func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try await log.bounds(of: source)
    }

    func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        try await log.openLane(settings)
    }

    func openReader(
        _ source: TopicPartition, from: Int64, follow: Bool
    ) async throws(LogError) -> any LogReader {
        let reader = try await log.openReader(source, from: from, follow: follow)
        return source == self.source ? TamperedReader(reader: reader, offset: offset) : reader
    }

    func openWriter() async throws(LogError) -> any LogWriter { try await log.openWriter() }
}

private struct TamperedReader: LogReader {
    let reader: any LogReader
    let offset: Int64

    func next() async throws(LogError) -> RecordChunk? {
        guard let chunk = try await reader.next() else { return nil }
        var builder = RecordChunkBuilder(sources: chunk.sources)
        for index in 0..<chunk.count {
            let record = chunk[index]
            let isTarget = record.offset == offset
            builder.append(
                source: chunk.sourceIndex(of: index), offset: record.offset,
                timestamp: record.timestamp, key: record.bytes(of: .key),
                value: isTarget ? [0xff] : record.bytes(of: .value), headers: record.headers)
        }
        return builder.finish()
    }

    var position: Int64 { get async { await reader.position } }

    func close() async { await reader.close() }
}
