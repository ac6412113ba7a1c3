package import EventSchemas
package import Pipeline
package import Policy
package import Streaming
import Synchronization

/// The whole pipeline in one process on one log, in lock-step: one lane a stage, tasks in the order
/// of partitions, no batch closed by time. So the same records give the same decisions.
package final class EmbeddedRun: Sendable {
    private let log: any EventLog
    private let assess: Lane
    private let enforce: Lane
    private let bank: BankFeed
    private let writer: any LogWriter
    private let outputs: OutputCursor

    /// - Parameters:
    ///   - log: holds all topics already.
    ///   - watched: topics whose records `advance` returns.
    package init(
        log: any EventLog, settings: PipelineSettings, enforce enforcement: EnforceSettings,
        pack: Pack, sealer: any FieldSealer, watched: [TopicPartition],
        observer: @escaping PipelineObserver = { _ in }
    ) async throws {
        self.log = log
        let topics = settings.topics
        bank = BankFeed(
            log: log, topic: topics.hashEntries, sealer: sealer, observer: observer)
        assess = Lane(
            log: log,
            stage: AssessStage(
                settings: settings, pack: pack, bank: bank, log: log, sealer: sealer,
                observer: observer),
            configuration: Self.lane(AssessStage.name, topics.assessSources))
        enforce = Lane(
            log: log,
            stage: EnforceStage(
                settings: settings, enforce: enforcement, bank: bank, log: log, sealer: sealer,
                observer: observer),
            configuration: Self.lane(EnforceStage.name, topics.enforceSources))
        writer = try await log.openWriter()
        outputs = OutputCursor(log: log, sources: watched)
    }

    private static func lane(_ stage: String, _ topics: [String]) -> LaneConfiguration {
        LaneConfiguration(
            settings: LaneSettings(stage: stage, topics: topics, group: "embedded-\(stage)"),
            eventTime: { RecordTime.eventTime(of: $0) })
    }

    /// Writes records for the stages to read.
    package func write(_ records: OutputBatch) async throws {
        if !records.isEmpty { try await writer.write(records) }
    }

    /// Runs both stages in turn until neither finds anything to do. The bank
    /// moves before, not in between.
    /// - Returns: what appeared in the watched topics, partition by partition.
    package func advance() async throws -> [Record] {
        try await bank.catchUp()
        repeat {
            _ = try await assess.runUntilQuiet()
        } while try await enforce.runUntilQuiet() > 0
        return try await outputs.read()
    }

    package func close() async {
        await assess.close()
        await enforce.close()
        await writer.close()
    }
}

/// Reads what is new in some partitions.
actor OutputCursor {
    private let log: any EventLog
    private let sources: [TopicPartition]
    private var positions: [TopicPartition: Int64] = [:]

    init(log: any EventLog, sources: [TopicPartition]) {
        self.log = log
        self.sources = sources
    }

    /// Leaves out what is there already.
    func skip() async throws {
        for source in sources { positions[source] = try await log.bounds(of: source).end }
    }

    func read() async throws -> [Record] {
        var records: [Record] = []
        for source in sources {
            let from = positions[source] ?? 0
            guard try await log.bounds(of: source).end > from else { continue }
            let reader = try await log.openReader(source, from: from, follow: false)
            while let chunk = try await reader.next() {
                for index in 0..<chunk.count { records.append(chunk[index]) }
            }
            positions[source] = await reader.position
            await reader.close()
        }
        return records
    }
}

/// The embedded log's clock: the end of the slice in hand.
final class SliceClock: Sendable {
    private let time: Mutex<Int64>

    init(_ milliseconds: Int64) { time = Mutex(milliseconds) }

    var now: Int64 { time.withLock { $0 } }
    func move(to milliseconds: Int64) { time.withLock { $0 = milliseconds } }
}
