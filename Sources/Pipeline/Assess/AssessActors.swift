internal import AuditTrail
internal import Behaviour
internal import EventSchemas
internal import HashMatching
internal import Policy
internal import SafetyModel
internal import StateStore
internal import Streaming

/// Records to events; passes whole batches on.
actor DecodeActor {
    private let core: DecodeCore
    private let observer: PipelineObserver
    private let next: MatchActor

    init(core: DecodeCore, observer: @escaping PipelineObserver, next: MatchActor) {
        self.core = core
        self.observer = observer
        self.next = next
    }

    func process(_ group: [TaskBatch], _ bank: Bank) async throws {
        observer(.began(.decode))
        let decoded = group.map { core.decode($0) }
        observer(.ended(.decode))
        try await next.process(decoded, bank)
    }
}

/// Media to matches.
actor MatchActor {
    private var core = MatchCore()
    private let observer: PipelineObserver
    private let next: EvaluateActor

    init(observer: @escaping PipelineObserver, next: EvaluateActor) {
        self.observer = observer
        self.next = next
    }

    func process(_ group: [DecodedBatch], _ bank: Bank) async throws {
        observer(.began(.match))
        let matched = core.match(group, in: bank)
        observer(.ended(.match))
        for batch in matched {
            for (model, count) in batch.uncalibrated {
                observer(.uncalibrated(model, scores: count))
            }
            try await next.process(batch)
        }
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
        tasks[task] = EvaluateTask(
            task: task, context: context.using(pack), state: state, watermarks: watermarks,
            packDigest: packDigest, cells: cells)
    }

    func close(_ task: TaskID) { tasks[task] = nil }

    func process(_ matched: MatchedBatch) async throws {
        observer(.began(.evaluate))
        let task = matched.decoded.batch.task
        let pack = packs.current
        if let warming = tasks[task]?.use(pack) {
            observer(.changedPack(task, digest: pack.digest, warming: warming))
        }
        guard let (evaluated, counts) = tasks[task]?.process(matched) else {
            throw PipelineError.notOpen(task)
        }
        var result = evaluated
        observer(.ended(.evaluate))
        observer(.began(.write))
        if let changes = tasks[task]?.changes { result.changes = changes }
        observer(.ended(.write))
        try await next.process(result, counts)
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
    /// Of the round in hand so far.
    private var output = OutputBatch()

    init(observer: @escaping PipelineObserver) {
        self.observer = observer
    }

    func open(_ writer: TaskWriter) { writers[writer.task] = writer }

    func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) throws {
        guard writers[task] != nil else { throw PipelineError.notOpen(task) }
        writers[task]?.begin(at: positions)
    }

    func close(_ task: TaskID) { writers[task] = nil }

    func process(_ result: TaskResult, _ counts: BatchCounts) throws {
        observer(.began(.write))
        let task = result.batch.task
        var counts = counts
        guard let written = writers[task]?.write(result, to: &output) else {
            throw PipelineError.notOpen(task)
        }
        counts.changes = written.rows
        counts.changeBytes = written.bytes
        observer(.processed(task, counts))
        observer(.ended(.write))
    }

    /// What the round's batches wrote.
    func takeOutput() -> OutputBatch {
        defer { output = OutputBatch() }
        return output
    }

    func publish() {
        for task in writers.keys { writers[task]?.publish() }
    }

    func discard() {
        output = OutputBatch()
        for task in writers.keys { writers[task]?.discard() }
    }
}
