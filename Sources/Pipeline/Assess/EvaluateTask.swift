internal import Behaviour
internal import EventSchemas
internal import Policy
internal import SafetyModel
internal import StateStore
internal import Streaming

/// One task of the evaluate core: its subjects' state and its watermarks.
struct EvaluateTask: Sendable {
    let task: TaskID
    private var context: EvaluateContext
    private var state: KeyedState<SubjectCodec>
    private var watermarks: Watermarks
    private var committedWatermarks: Watermarks
    /// Of the last committed batch.
    private var packDigest: [UInt8]
    /// The batch in hand has used the pack; a round of the lane's other tasks has not.
    private var hasUsedPack = false
    /// Since when the task keeps each cell of the pack.
    private var cells: CellHistory
    /// As the changelog has it; nil where it has none.
    private var committedCells: CellHistory?
    /// When the pack's features that started later have seen all that they count.
    private var warmUps: [Instant] = []

    // The open batch.
    private var output = OutputBatch()
    private var counts = BatchCounts()
    private var bankVersion: Int64 = 0

    init(
        task: TaskID, context: EvaluateContext, state: KeyedState<SubjectCodec>,
        watermarks: [TopicPartition: Int64], packDigest: [UInt8], cells: CellHistory?
    ) {
        self.task = task
        self.context = context
        self.state = state
        self.watermarks = Watermarks(watermarks)
        committedWatermarks = self.watermarks
        self.packDigest = packDigest
        committedCells = cells
        self.cells = cells ?? CellHistory(context.pack.layout)
        changeCells(from: nil)
    }

    /// Goes on with another pack, at a batch's boundary. Not while the last change is not committed,
    /// for a ledger that does not show a pack must not depend on it.
    /// - Returns: nil where the pack stays; else how many of its features are warming up.
    mutating func use(_ pack: Pack) -> Int? {
        guard pack.digest != context.pack.digest, !isChanging else { return nil }
        let before = context.pack.layout
        context = context.using(pack)
        if packDigest.isEmpty, committedCells == nil {
            // No row is there yet: the task begins with this pack, whichever it was opened with.
            cells = CellHistory(pack.layout)
        }
        changeCells(from: before)
        return warming
    }

    /// Features that have not seen yet all that they count, by the task's event time.
    private var warming: Int {
        guard !warmUps.isEmpty else { return 0 }
        let time = watermarks.times.values.max() ?? 0
        return warmUps.count { $0.milliseconds > time }
    }

    private var isChanging: Bool {
        !packDigest.isEmpty && packDigest != context.pack.digest
    }

    /// Rows lose what the pack in hand does not keep, or has not kept all the time.
    private mutating func changeCells(from old: Layout?) {
        let layout = context.pack.layout
        let time = Instant(milliseconds: watermarks.times.values.max() ?? 0)
        cells.change(to: layout, at: time)
        let cells = cells
        state.changeAll(codec: SubjectCodec(layout: layout)) { row in
            if let old, old != layout { row.move(from: old, to: layout) }
            row.settle(layout, cells)
        }
        warmUps = context.pack.warmUps(cells)
    }

    /// The rows that the batch in hand has changed.
    var changes: ChangeSet {
        var changes = state.changes()
        if cells != committedCells { changes.append(key: CellHistory.key, value: cells.encoded) }
        return changes
    }

    /// Decides on a batch, record by record in order.
    /// - Returns: all but the changed rows.
    mutating func process(_ matched: MatchedBatch) -> (result: TaskResult, counts: BatchCounts) {
        let batch = matched.decoded.batch
        output = OutputBatch()
        counts = BatchCounts()
        counts.suppressed = matched.suppressed.count
        bankVersion = matched.bankVersion
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(batch.records.count)
        var rejections: [Int: Rejection] = [:]
        var tally = [Int](repeating: 0, count: Outcome.allCases.count + 1)
        for index in batch.records.indices {
            let record = batch.records[index]
            let outcome: Outcome
            switch matched.decoded.items[index] {
            case .rejected(let rejection):
                rejections[index] = rejection
                counts.rejections[rejection.reason, default: 0] += 1
                outcome = .deadLetter
            case .withheld(let time):
                _ = watermarks.advance(record.source, to: time.milliseconds)
                outcome = .withheld
            case .signal(let signal):
                _ = watermarks.advance(record.source, to: signal.time.milliseconds)
                outcome = arrived(signal)
            case .event(let event):
                outcome = happened(event, from: record.source, matched.matches[index] ?? [])
            }
            outcomes.append(outcome)
            tally[Int(outcome.rawValue)] += 1
        }
        for outcome in Outcome.allCases where tally[Int(outcome.rawValue)] > 0 {
            counts.outcomes[outcome] = tally[Int(outcome.rawValue)]
        }
        counts.warming = warming
        var result = finish(batch, outcomes, rejections)
        result.suppressions = matched.suppressed
        result.textDigests = matched.decoded.textDigests
        return (result, counts)
    }

    private mutating func finish(
        _ batch: TaskBatch, _ outcomes: [Outcome], _ rejections: [Int: Rejection]
    ) -> TaskResult {
        let times = watermarks.times
        if packDigest != context.pack.digest {
            let time = Instant(milliseconds: times.values.max() ?? 0)
            context.writePack(at: time, to: &output)
        }
        hasUsedPack = true
        let result = TaskResult(
            batch: batch, outcomes: outcomes, rejections: rejections, outputs: output,
            changes: ChangeSet(), watermarks: times, bankVersion: bankVersion,
            packDigest: context.pack.digest)
        output = OutputBatch()
        return result
    }

    /// The batch was committed.
    mutating func publish() {
        state.publish()
        if hasUsedPack { committedCells = cells }
        committedWatermarks = watermarks
        if hasUsedPack { packDigest = context.pack.digest }
        hasUsedPack = false
    }

    /// The batch was not committed.
    mutating func discard() {
        state.discard()
        watermarks = committedWatermarks
        hasUsedPack = false
    }
}

extension EvaluateTask {
    /// A platform event: duplicates are decided once, before fan-out, by its key subject.
    private mutating func happened(
        _ event: Event, from source: TopicPartition, _ matches: [Match]
    ) -> Outcome {
        let time = event.time.milliseconds
        let watermark = watermarks.advance(source, to: time)
        let isLate =
            watermark.map { time < $0 - context.settings.allowedLateness.milliseconds } ?? false
        let key = ContentID.subject(event.subject)
        let isHome = context.home(of: event.subject) == task.partition
        if !isHome { counts.misrouted += 1 }
        if isDuplicate(event.identity, key) { return .duplicate }
        counts.matches += matches.count
        let normaliser = Normaliser(event, key: key, matches: matches, isLate: isLate)
        for signal in normaliser.signals {
            if signal.key == key ? isHome : context.home(of: signal.subject) == task.partition {
                _ = apply(signal)
            } else {
                travel(signal, to: context.home(of: signal.subject))
            }
        }
        return isLate ? .late : .assessed
    }

    /// A signal that travelled here.
    private mutating func arrived(_ signal: Signal) -> Outcome {
        if context.home(of: signal.subject) != task.partition { counts.misrouted += 1 }
        if isDuplicate(signal.id, signal.key) { return .duplicate }
        switch apply(signal) {
        case .applied: return .assessed
        case .expired: return .expired
        }
    }

    private mutating func isDuplicate(_ id: ContentID, _ key: SubjectKey) -> Bool {
        let epoch = cells.epoch
        return state.update(StateKey(key)) { row in
            // In place: a state is several hundred bytes, and this runs for every record.
            if row == nil { row = SubjectState(epoch: epoch) }
            return row?.isDuplicate(id) ?? false
        }
    }

    /// Applies a signal whose subject lives here, and what follows from it.
    private mutating func apply(_ signal: Signal) -> Evaluation.Outcome {
        let (evaluation, facts) = evaluateOne(signal)
        counts.signals += 1
        for draft in evaluation.drafts {
            let proposal = Proposal(
                draft, signal, facts: facts, pack: context.pack, bankVersion: bankVersion)
            context.write(proposal, to: &output)
            counts.proposals += 1
        }
        for neighbour in evaluation.neighbours { pass(neighbour, from: signal) }
        return evaluation.outcome
    }

    private mutating func evaluateOne(_ signal: Signal) -> (Evaluation, ActorFacts?) {
        let (pack, epoch) = (context.pack, cells.epoch)
        let trace = context.trace?.key == signal.key ? context.trace : nil
        return state.update(StateKey(signal.key)) { row in
            if row == nil { row = SubjectState(epoch: epoch) }
            if let trace, let row {
                trace.add(SubjectHistory.Step(signal: signal, state: row, cells: cells, pack: pack))
            }
            let evaluation = row?.evaluate(pack, signal) ?? Evaluation()
            var facts: ActorFacts?
            if !evaluation.drafts.isEmpty, signal.subject.kind == .account {
                let account = signal.subject.id
                facts = row?.facts(
                    account, platform: signal.evidence?.facts(about: account, at: signal.time))
            }
            return (evaluation, facts)
        }
    }

    /// What follows goes on to another subject, at most `Signal.maximumHops` times. A subject that two ways
    /// lead to is told once.
    private mutating func pass(_ neighbour: NeighbourSignal, from signal: Signal) {
        let key = ContentID.subject(neighbour.target)
        var next = neighbour.signal(after: signal, key: key)
        if let member = neighbour.member { next.party = ContentID.party(member) }
        let home = context.home(of: neighbour.target)
        guard home == task.partition else { return travel(next, to: home) }
        if neighbour.hops <= Signal.maximumHops, !isDuplicate(next.id, key) { _ = apply(next) }
    }

    private mutating func travel(_ signal: Signal, to home: Int32) {
        context.travel(signal, from: task.partition, to: home, in: &output)
        counts.travelled += 1
    }
}

extension SubjectState {
    /// In place, behind an optional.
    fileprivate mutating func evaluate(_ pack: Pack, _ signal: Signal) -> Evaluation {
        Policy.evaluate(pack, &self, signal)
    }
}
