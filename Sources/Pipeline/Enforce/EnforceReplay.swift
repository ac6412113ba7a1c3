public import AuditTrail
public import EventSchemas
public import Streaming

extension EnforceStage {
    /// Replays Enforce from its genesis, with the banks as they stood batch by batch.
    /// - Parameters:
    ///   - enforce: the recorded settings, or others to see what they would have changed.
    /// - Throws: `LedgerFault` where the ledger itself is wrong.
    public static func replay(
        settings: PipelineSettings, enforce: EnforceSettings, bank: Bank = Bank(),
        log: any EventLog, sealer: any FieldSealer
    ) async throws -> ReplayReport {
        let task = TaskID(stage: name, partition: 0)
        let past = ReplayLog(log, hiding: [settings.topics.enforceState])
        let feed = BankFeed(
            log: past, topic: settings.topics.hashEntries, sealer: sealer, bank: bank)
        let stage = EnforceStage(
            settings: settings, enforce: enforce, bank: feed, log: past, sealer: sealer)
        let replay = LedgerReplay(
            log: past, ledgerTopic: settings.topics.ledger,
            eventTime: { RecordTime.eventTime(of: $0) })
        return try await replay.run(task, through: stage) { entry in
            try await feed.move(to: entry.context.bankVersion, for: task)
        }
    }
}
