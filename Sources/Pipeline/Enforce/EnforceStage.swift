internal import AuditTrail
public import EventSchemas
internal import SafetyModel
internal import StateStore
public import Streaming

/// The second stage: proposals and verdicts in, decisions out, through design's actors: corroborate,
/// budget, issue, write. One task, since budgets and the order of verdict and proposal are exact; it
/// reads no pack, for proposals carry what it needs.
public actor EnforceStage: Stage {
    /// The stage's name in tasks, groups and instances.
    public static let name = "enforce"

    private let settings: PipelineSettings
    private let enforce: EnforceSettings
    private let writing: WriterContext
    private let log: any EventLog
    private let bank: BankFeed
    private let ownsBank: Bool
    private let sealer: any FieldSealer
    private let observer: PipelineObserver
    private let budget: BudgetActor
    private let write: WriteActor
    private var first: CorroborateActor?

    /// - Parameters:
    ///   - settings: the pipeline's.
    ///   - enforce: Enforce's own; what it calls conclusive no pack can widen.
    ///   - bank: the process's hash entries; nil for a reader of its own.
    ///   - log: what the changelog is restored from.
    ///   - sealer: seals what verdicts hold in clear, narratives, and dead letters.
    ///   - observer: told what goes on.
    public init(
        settings: PipelineSettings, enforce: EnforceSettings, bank: BankFeed? = nil,
        log: any EventLog, sealer: any FieldSealer,
        observer: @escaping PipelineObserver = { _ in }
    ) {
        self.settings = settings
        self.enforce = enforce
        self.log = log
        self.sealer = sealer
        self.observer = observer
        ownsBank = bank == nil
        self.bank =
            bank
            ?? BankFeed(
                log: log, topic: settings.topics.hashEntries, sealer: sealer, observer: observer)
        writing = WriterContext(
            settings: settings, stage: Self.name, stateTopic: settings.topics.enforceState,
            sealer: sealer, stageSettingsDigest: enforce.digest)
        write = WriteActor(observer: observer)
        budget = BudgetActor(
            next: IssueActor(
                core: IssueCore(settings: settings, eventSource: writing.eventSource), next: write)
        )
    }

    /// Restores the task from its changelog, and waits until the bank is where the task left it.
    /// - Returns: the positions of its meta row; nil where there is none.
    /// - Throws: `PipelineError`, `SettingsError`; the task must not run then.
    public func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? {
        if enforce.isStopped {
            throw PipelineError.settingsMismatch(task, "the kill switch stops Enforce")
        }
        first = CorroborateActor(
            core: try CorroborateCore(settings: settings, enforce: enforce, sealer: sealer),
            bank: bank, ownsBank: ownsBank, next: budget)
        try await checkTopics()
        var core = EnforceCore(settings: enforce, sealer: sealer)
        var meta: MetaRow?
        let changelog = TopicPartition(settings.topics.enforceState, task.partition)
        let observer = observer
        try await readChangelog(changelog, of: log) { position, end in
            observer(.restoring(task, position: position, end: end))
        } _: { record in
            try restore(task, record, into: &core, meta: &meta)
        }
        core.finishRestoring()
        let writer = try TaskWriter(task: task, context: writing, meta: meta)
        try await bank.ready(for: task, version: writer.bankVersion)
        observer(.restored(task, rows: core.rowCount))
        await budget.open(task, EnforceTask(core: core, watermarks: writer.watermarks))
        await write.open(writer)
        return writer.positions
    }

    /// The task has no history: its first ledger record names these positions as genesis.
    public func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {
        try await write.begin(task, at: positions)
    }

    /// Gives up the task and its state in memory.
    public func close(_ task: TaskID) async {
        await budget.close(task)
        await write.close(task)
    }

    /// Runs the chain over one round. Holds what changed as an overlay.
    public func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        guard let first else {
            throw PipelineError.notOpen(round.first?.task ?? TaskID(stage: Self.name, partition: 0))
        }
        return try await first.process(round)
    }

    /// The round was committed: the overlay becomes the state.
    public func publish() async {
        await budget.publish()
        await write.publish()
    }

    /// The round was not committed: the overlay is dropped.
    public func discard() async {
        await budget.discard()
        await write.discard()
    }

    private nonisolated func restore(
        _ task: TaskID, _ record: Record, into core: inout EnforceCore, meta: inout MetaRow?
    ) throws {
        do throws(RowError) {
            if try core.restore(record) { return }
        } catch {
            throw PipelineError.damagedState(task, offset: record.offset, error.description)
        }
        guard record.bytes(of: .key) == MetaRow.key, let value = record.bytes(of: .value) else {
            throw PipelineError.damagedState(task, offset: record.offset, "unknown key")
        }
        do throws(LedgerFormError) {
            meta = try MetaRow(wireBytes: value)
        } catch {
            throw PipelineError.damagedState(task, offset: record.offset, error.description)
        }
    }

    /// Budgets and order are exact only with one partition; outputs are keyed over all of them.
    private func checkTopics() async throws {
        let topics = settings.topics
        for topic in topics.enforceSources + [topics.enforceState, topics.hashEntries] {
            try await check(topic, has: 1)
        }
        for topic in [
            topics.enforcement, topics.cyberTips, topics.reviewRequests, topics.signals,
        ] {
            try await check(topic, has: settings.partitions)
        }
    }

    private func check(_ topic: String, has wanted: Int32) async throws {
        guard let count = try await log.partitionCount(of: topic) else {
            throw PipelineError.topic("there is no topic \(topic); create it first")
        }
        guard count == wanted else {
            throw PipelineError.topic(
                "topic \(topic) has \(count) partitions, \(wanted) are needed")
        }
    }
}
