import EventSchemas
import Foundation
import KafkaLog
import Pipeline
import Policy
import SafetyModel
import Streaming
import SwiftProtobuf

/// One pack's pipeline on a log in memory that is gone with it. Nothing it does leaves the process.
actor BacktestRun {
    /// Verdicts that were given to it, and those that mean nothing to it.
    struct VerdictCount: Hashable, Sendable {
        var applied = 0
        var notApplicable = 0
    }

    /// Most decisions whose ids are remembered, 25 bytes each (I11).
    static let maximumDecisions = 10_000_000

    private(set) var verdicts = VerdictCount()
    nonisolated let counts = StageCounts()
    private let settings: PipelineSettings
    private let log: MemoryLog
    private let clock: SliceClock
    private let run: EmbeddedRun
    private var known: Set<ContentID> = []
    private let trimmed: [TopicPartition]

    init(
        _ common: BacktestSettings, _ pack: Pack, sealer: any FieldSealer
    ) async throws {
        let settings = common.pipeline
        self.settings = settings
        let clock = SliceClock(0)
        let log = MemoryLog(letsGoOfDeleted: true, clock: { clock.now })
        self.clock = clock
        self.log = log
        var configuration = Configuration()
        configuration.pipeline = settings
        let plans = configuration.topicPlans
        for plan in plans { try log.createTopic(plan.name, partitions: plan.partitions) }
        let topics = settings.topics
        // The bank may be read again; all else is read once.
        let trimmed = Self.partitions(plans) { $0 != topics.hashEntries }
        self.trimmed = trimmed
        let outputs = [
            topics.proposals, topics.enforcement, topics.reviewRequests, topics.deadLetters,
        ]
        run = try await EmbeddedRun(
            log: log, settings: settings, enforce: common.enforce, pack: pack, sealer: sealer,
            bank: common.bank, texts: common.texts,
            watched: Self.partitions(plans) { outputs.contains($0) }, observer: counts.observe)
    }

    private static func partitions(
        _ plans: [TopicPlan], where isWanted: (String) -> Bool
    ) -> [TopicPartition] {
        plans.filter { isWanted($0.name) }.flatMap { plan in
            (0..<plan.partitions).map { TopicPartition(plan.name, $0) }
        }
    }

    /// Runs both stages on a slice until they are quiet.
    /// - Returns: what they published.
    func take(_ slice: InputSlice) async throws -> [Record] {
        clock.move(to: slice.end.milliseconds)
        try await run.write(slice.hashEntries)
        try await run.write(slice.records)
        let (ready, open) = sorted(slice.verdicts)
        try await write(ready, slice)
        var published = try await advance()
        // What the slice itself led to may be what a verdict is about.
        let (now, never) = sorted(open)
        if !now.isEmpty {
            try await write(now, slice)
            published += try await advance()
        }
        if slice.isCounted {
            verdicts.applied += ready.count + now.count
            verdicts.notApplicable += never.count
        }
        for source in trimmed {
            try log.deleteRecords(source, before: try await log.bounds(of: source).end)
        }
        return published
    }

    /// What a source holds of decisions in a range, and how many of them this run made too.
    func repeats(
        of source: any EventLog, _ range: InputRange
    ) async throws -> BacktestReport.Record {
        let proposals = try await repeats(of: source, settings.topics.proposals, range)
        let enforcements = try await repeats(of: source, settings.topics.enforcement, range)
        return BacktestReport.Record(
            proposals: proposals.all, proposalsMadeAgain: proposals.again,
            enforcements: enforcements.all, enforcementsMadeAgain: enforcements.again)
    }

    private func repeats(
        of source: any EventLog, _ topic: String, _ range: InputRange
    ) async throws -> (all: Int, again: Int) {
        var (all, again) = (0, 0)
        for partition in 0..<(try await source.partitionCount(of: topic) ?? 0) {
            let reader = try await source.openReader(
                TopicPartition(topic, partition), from: 0, follow: false)
            while let chunk = try await reader.next() {
                for index in 0..<chunk.count {
                    let record = chunk[index]
                    guard let id = record.id, let time = RecordTime.eventTime(of: record),
                        range.contains(Instant(milliseconds: time))
                    else { continue }
                    all += 1
                    if known.contains(id) { again += 1 }
                }
            }
            await reader.close()
        }
        return (all, again)
    }

    /// The offset after the bank's last record.
    func bankVersion() async throws -> Int64 {
        try await log.bounds(of: TopicPartition(settings.topics.hashEntries, 0)).end
    }

    func close() async { await run.close() }

    private func write(_ verdicts: [Record], _ slice: InputSlice) async throws {
        var batch = OutputBatch()
        for verdict in verdicts { batch.append(verdict, stamp: slice.end.milliseconds) }
        try await run.write(batch)
    }

    private func advance() async throws -> [Record] {
        let records = try await run.advance()
        for record in records where record.source.topic != settings.topics.deadLetters {
            guard let id = record.id else { continue }
            known.insert(id)
        }
        guard known.count <= Self.maximumDecisions else {
            throw ConfigurationError(
                where: "the range",
                "a pack decides more than \(grouped(Self.maximumDecisions)) times up to its end",
                "end it earlier with --to")
        }
        return records
    }

    /// A verdict applies that names nothing, or something that happened in this run too. What cannot
    /// be read is given to the pipeline, which says so.
    private func sorted(_ verdicts: [Record]) -> (applicable: [Record], other: [Record]) {
        var (applicable, other): ([Record], [Record]) = ([], [])
        for record in verdicts {
            let named = record.namedByVerdict
            if named.isEmpty || named.contains(where: known.contains) {
                applicable.append(record)
            } else {
                other.append(record)
            }
        }
        return (applicable, other)
    }
}

extension Record {
    /// The id of what Tutela published.
    fileprivate var id: ContentID? {
        bytes(of: .eventID).flatMap { ContentID(String(decoding: $0, as: UTF8.self)) }
    }

    /// The proposals, enforcements and the review request that a verdict is about.
    fileprivate var namedByVerdict: [ContentID] {
        guard let value = bytes(of: .value) else { return [] }
        let content = String(decoding: bytes(of: .contentType) ?? [], as: UTF8.self)
        let message =
            content.contains("json")
            ? try? PBVerdict(jsonUTF8Bytes: value) : try? PBVerdict(serializedBytes: value)
        guard let message else { return [] }
        let named =
            message.consideredProposalIds + message.overturnedEnforcementIds
            + [message.reviewRequestID]
        return named.compactMap { ContentID(bytes: $0) }
    }
}
