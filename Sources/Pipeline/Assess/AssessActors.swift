internal import AuditTrail
internal import Behaviour
internal import EventSchemas
internal import Policy
internal import SafetyModel
internal import StateStore
internal import Streaming

/// Records to events; passes whole rounds on.
actor DecodeActor {
    private let core: DecodeCore
    private let observer: PipelineObserver
    private let next: MatchActor

    init(core: DecodeCore, observer: @escaping PipelineObserver, next: MatchActor) {
        self.core = core
        self.observer = observer
        self.next = next
    }

    func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        observer(.began(.decode))
        let decoded = round.map { core.decode($0) }
        observer(.ended(.decode))
        return try await next.process(decoded)
    }
}

/// Media to matches; a round sees one bank.
actor MatchActor {
    private var core = MatchCore()
    private let bank: BankFeed
    private let observer: PipelineObserver
    private let next: EvaluateActor

    init(bank: BankFeed, observer: @escaping PipelineObserver, next: EvaluateActor) {
        self.bank = bank
        self.observer = observer
        self.next = next
    }

    func process(_ round: [DecodedBatch]) async throws -> OutputBatch {
        observer(.began(.match))
        let bank = bank.current
        var matched: [MatchedBatch] = []
        for batch in round { matched.append(core.match(batch, in: bank)) }
        observer(.ended(.match))
        return try await next.process(matched)
    }

    func close(_ task: TaskID) { core.close(task) }
    func publish() { core.publish() }
}

/// Events to signals to proposals; holds the subjects' state.
actor EvaluateActor {
    private let context: EvaluateContext
    private let packs: PackFeed
    private var tasks: [TaskID: EvaluateTask] = [:]
    private let observer: PipelineObserver
    private let next: WriteActor

    init(
        context: EvaluateContext, packs: PackFeed, observer: @escaping PipelineObserver,
        next: WriteActor
    ) {
        self.context = context
        self.packs = packs
        self.observer = observer
        self.next = next
    }

    func open(
        _ task: TaskID, pack: Pack, state: sending KeyedState<SubjectCodec>,
        watermarks: [TopicPartition: Int64], packDigest: [UInt8], cells: CellHistory?
    ) {
        var context = context
        context.pack = pack
        tasks[task] = EvaluateTask(
            task: task, context: context, state: state, watermarks: watermarks,
            packDigest: packDigest, cells: cells)
    }

    func close(_ task: TaskID) { tasks[task] = nil }

    func process(_ round: [MatchedBatch]) async throws -> OutputBatch {
        observer(.began(.evaluate))
        var results: [(result: TaskResult, counts: BatchCounts)] = []
        let pack = packs.current
        for matched in round {
            let task = matched.decoded.batch.task
            if let warming = tasks[task]?.use(pack) {
                observer(.changedPack(task, digest: pack.digest, warming: warming))
            }
            guard let result = tasks[task]?.process(matched) else {
                throw PipelineError.notOpen(task)
            }
            results.append(result)
        }
        observer(.ended(.evaluate))
        return try await next.process(results)
    }

    func publish() {
        for task in tasks.keys { tasks[task]?.publish() }
    }

    func discard() {
        for task in tasks.keys { tasks[task]?.discard() }
    }
}

/// Results to records; holds the ledger's chain.
actor WriteActor {
    private let observer: PipelineObserver
    private var writers: [TaskID: TaskWriter] = [:]

    init(observer: @escaping PipelineObserver) {
        self.observer = observer
    }

    func open(_ writer: TaskWriter) { writers[writer.task] = writer }

    func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) throws {
        guard writers[task] != nil else { throw PipelineError.notOpen(task) }
        writers[task]?.begin(at: positions)
    }

    func close(_ task: TaskID) { writers[task] = nil }

    func process(
        _ round: [(result: TaskResult, counts: BatchCounts)]
    ) throws -> OutputBatch {
        observer(.began(.write))
        var output = OutputBatch()
        for (result, var counts) in round {
            let task = result.batch.task
            guard let written = writers[task]?.write(result, to: &output) else {
                throw PipelineError.notOpen(task)
            }
            counts.changes = written.rows
            counts.changeBytes = written.bytes
            observer(.processed(task, counts))
        }
        observer(.ended(.write))
        return output
    }

    func publish() {
        for task in writers.keys { writers[task]?.publish() }
    }

    func discard() {
        for task in writers.keys { writers[task]?.discard() }
    }
}
