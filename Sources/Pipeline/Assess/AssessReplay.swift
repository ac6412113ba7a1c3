public import AuditTrail
public import EventSchemas
public import Policy
public import Streaming

extension AssessStage {
    /// Replays one task of Assess from its genesis, with the banks as they stood batch by batch.
    /// - Parameters:
    ///   - pack: the pack the ledger begins with, or another to see what it would have changed.
    ///     With a recorded one, the replay changes packs where the ledger does.
    /// - Throws: `LedgerFault` where the ledger itself is wrong.
    public static func replay(
        partition: Int32, settings: PipelineSettings, pack: Pack, bank: Bank = Bank(),
        log: any EventLog, sealer: any FieldSealer
    ) async throws -> ReplayReport {
        try await replay(
            partition: partition, settings: settings, pack: pack, bank: bank, log: log,
            sealer: sealer, trace: nil)
    }

    static func replay(
        partition: Int32, settings: PipelineSettings, pack: Pack, bank: Bank, log: any EventLog,
        sealer: any FieldSealer, trace: SubjectTrace?
    ) async throws -> ReplayReport {
        let task = TaskID(stage: name, partition: partition)
        let past = ReplayLog(log, hiding: [settings.topics.assessState])
        let feed = BankFeed(
            log: past, topic: settings.topics.hashEntries, sealer: sealer, bank: bank)
        let packs = PackFeed(pack)
        let recorded = try await RecordedPacks(past, topic: settings.topics.packs)
        let follows = recorded.pack(pack.digest) != nil
        let stage = AssessStage(
            settings: settings, packs: packs, bank: feed, log: past, sealer: sealer,
            trace: trace)
        let replay = LedgerReplay(
            log: past, ledgerTopic: settings.topics.ledger,
            eventTime: { RecordTime.eventTime(of: $0) })
        return try await replay.run(task, through: stage) { entry in
            if follows, let next = recorded.pack(entry.context.packDigest) {
                packs.replace(with: next)
            }
            try await feed.move(to: entry.context.bankVersion, for: task)
        }
    }
}
