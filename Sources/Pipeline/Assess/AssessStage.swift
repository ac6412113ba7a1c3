internal import AuditTrail
internal import Behaviour
public import EventSchemas
internal import HashMatching
public import Policy
internal import SafetyModel
internal import StateStore
public import Streaming

/// The first stage: platform events in, proposals out, through design's four actors: decode, match,
/// evaluate, write. One for each lane; lanes share the bank feed.
public actor AssessStage: Stage {
    /// The stage's name in tasks, groups and instances.
    public static let name = "assess"

    private let settings: PipelineSettings
    private let writing: WriterContext
    private let log: any EventLog
    private let bank: BankFeed
    private let packs: PackFeed
    private let observer: PipelineObserver
    private let decode: DecodeActor
    private let match: MatchActor
    private let evaluate: EvaluateActor
    private let write: WriteActor
    private let largeBank: Int
    private var hasCheckedTopics = false

    /// - Parameters:
    ///   - packs: what features, scores and rules the lane runs.
    ///   - bank: the process's hash entries.
    ///   - log: what the changelog is restored from.
    ///   - sealer: seals personal data found in clear, and dead letters.
    ///   - texts: what names and other texts are looked at with.
    ///   - observer: told what goes on.
    public init(
        settings: PipelineSettings, packs: PackFeed, bank: BankFeed, log: any EventLog,
        sealer: any FieldSealer, texts: TextFeed = TextFeed(),
        observer: @escaping PipelineObserver = { _ in }
    ) {
        self.init(
            settings: settings, packs: packs, bank: bank, log: log, sealer: sealer, texts: texts,
            observer: observer, trace: nil)
    }

    /// - Parameter largeBank: entries from which on tasks go together, which changes no output.
    package init(
        settings: PipelineSettings, pack: Pack, bank: BankFeed, log: any EventLog,
        sealer: any FieldSealer, largeBank: Int
    ) {
        self.init(
            settings: settings, packs: PackFeed(pack), bank: bank, log: log, sealer: sealer,
            texts: TextFeed(), trace: nil, largeBank: largeBank)
    }

    /// - Parameter trace: told what is applied to its subject.
    init(
        settings: PipelineSettings, packs: PackFeed, bank: BankFeed, log: any EventLog,
        sealer: any FieldSealer, texts: TextFeed,
        observer: @escaping PipelineObserver = { _ in }, trace: SubjectTrace?,
        largeBank: Int = 500_000
    ) {
        self.settings = settings
        self.largeBank = largeBank
        self.packs = packs
        self.log = log
        self.bank = bank
        self.observer = observer
        writing = WriterContext(
            settings: settings, stage: Self.name, stateTopic: settings.topics.assessState,
            sealer: sealer, stageSettingsDigest: bank.settingsDigest)
        write = WriteActor(observer: observer)
        evaluate = EvaluateActor(
            context: EvaluateContext(settings: settings, pack: packs.current, trace: trace),
            packs: packs, observer: observer, next: write)
        match = MatchActor(observer: observer, next: evaluate)
        decode = DecodeActor(
            core: DecodeCore(settings: settings, sealer: sealer, texts: texts),
            observer: observer, next: match)
    }

    /// The same, with a pack that is not replaced.
    public init(
        settings: PipelineSettings, pack: Pack, bank: BankFeed, log: any EventLog,
        sealer: any FieldSealer, texts: TextFeed = TextFeed(),
        observer: @escaping PipelineObserver = { _ in }
    ) {
        self.init(
            settings: settings, packs: PackFeed(pack), bank: bank, log: log, sealer: sealer,
            texts: texts, observer: observer)
    }

    /// Restores a task from its changelog, and waits until the bank is where the task left it.
    /// - Returns: the positions of its meta row; nil where there is none.
    /// - Throws: `PipelineError`; the task must not run then.
    public func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? {
        try await checkTopics()
        let pack = packs.current
        var state = KeyedState(codec: SubjectCodec(layout: pack.layout))
        var (meta, cells): (MetaRow?, CellHistory?)
        let changelog = TopicPartition(settings.topics.assessState, task.partition)
        let observer = observer
        try await readChangelog(changelog, of: log) { position, end in
            observer(.restoring(task, position: position, end: end))
        } _: { record in
            try restore(task, record, into: &state, meta: &meta, cells: &cells)
        }
        let writer = try TaskWriter(task: task, context: writing, meta: meta)
        try await bank.ready(for: task, version: writer.bankVersion)
        observer(.restored(task, rows: state.count))
        await evaluate.open(
            task, pack: pack, state: state, watermarks: writer.watermarks,
            packDigest: writer.packDigest,
            cells: cells)
        await write.open(writer)
        return writer.positions
    }

    /// The task has no history: its first ledger record names these positions as genesis.
    public func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {
        try await write.begin(task, at: positions)
    }

    /// Gives up a task and its state in memory.
    public func close(_ task: TaskID) async {
        await match.close(task)
        await evaluate.close(task)
        await write.close(task)
    }

    /// Runs the chain over one round, which sees one bank. Holds what changed as an overlay.
    ///
    /// Task by task: decoded events are ten times the size of what they came from, and those of one
    /// task's batch are still in the processor's cache when they are evaluated. A large bank's index
    /// leaves nothing in the cache, and answers the more digests together the cheaper: then several
    /// tasks go together. Such a bank has half a million entries.
    public func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        let bank = bank.current
        let most = bank.snapshot.baseRows < largeBank ? 1 : Self.recordsTogether
        var group: [TaskBatch] = []
        var records = 0
        for batch in round {
            group.append(batch)
            records += batch.records.count
            if records >= most {
                try await decode.process(group, bank)
                group = []
                records = 0
            }
        }
        if !group.isEmpty { try await decode.process(group, bank) }
        return await write.takeOutput()
    }

    /// Records after which no further task joins a group.
    private static let recordsTogether = 32_768

    /// The round was committed: the overlay becomes the state.
    public func publish() async {
        await match.publish()
        await evaluate.publish()
        await write.publish()
    }

    /// The round was not committed: the overlay is dropped. Matches are kept for the re-run.
    public func discard() async {
        await evaluate.discard()
        await write.discard()
    }

    private nonisolated func restore(
        _ task: TaskID, _ record: Record, into state: inout KeyedState<SubjectCodec>,
        meta: inout MetaRow?, cells: inout CellHistory?
    ) throws {
        do throws(RowError) {
            if try state.restore(record) { return }
        } catch {
            throw PipelineError.damagedState(task, offset: record.offset, error.description)
        }
        if record.bytes(of: .key) == CellHistory.key, let value = record.bytes(of: .value) {
            do throws(StateError) {
                cells = try CellHistory(decoding: value)
            } catch {
                throw PipelineError.damagedState(
                    task, offset: record.offset, "the row of cells is \(error.reason.rawValue)")
            }
            return
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

    /// Homes are computed from the number of partitions, so every topic of the stage must have it.
    private func checkTopics() async throws {
        if hasCheckedTopics { return }
        let topics = settings.topics
        for topic in topics.assessSources + [topics.assessState, topics.ledger] {
            guard let count = try await log.partitionCount(of: topic) else {
                throw PipelineError.topic("there is no topic \(topic); create it first")
            }
            guard count == settings.partitions else {
                throw PipelineError.topic(
                    "topic \(topic) has \(count) partitions, the settings say "
                        + "\(settings.partitions); all topics of the stage need the same number")
            }
        }
        hasCheckedTopics = true
    }
}
