package import EventSchemas
package import Pipeline
package import Policy
package import Streaming

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
    ///   - bank: how media are compared before any entry is read.
    ///   - texts: what names and other texts are looked at with.
    ///   - watched: topics whose records `advance` returns.
    package init(
        log: any EventLog, settings: PipelineSettings, enforce enforcement: EnforceSettings,
        pack: Pack, sealer: any FieldSealer, bank initial: Bank = Bank(),
        texts: TextLibrary = TextLibrary(), watched: [TopicPartition],
        observer: @escaping PipelineObserver = { _ in }
    ) async throws {
        self.log = log
        let topics = settings.topics
        bank = BankFeed(
            log: log, topic: topics.hashEntries, sealer: sealer, bank: initial, observer: observer)
        assess = Lane(
            log: log,
            stage: AssessStage(
                settings: settings, pack: pack, bank: bank, log: log, sealer: sealer,
                texts: TextFeed(texts), observer: observer),
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
