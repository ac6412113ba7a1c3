public import AuditTrail
public import Behaviour
public import EventSchemas
public import Policy
public import SafetyModel
public import Streaming
internal import Synchronization

/// What a recorded task applied to one subject, in order, and what a pack made of it.
public struct SubjectHistory: Sendable {
    /// A signal, and what it met.
    public struct Step: Sendable {
        /// As it was applied.
        public var signal: Signal
        /// Before the signal.
        public var state: SubjectState
        /// Since when the task kept each cell.
        public var cells: CellHistory
        /// What evaluated it.
        public var pack: Pack

        /// Of a signal that met a state.
        public init(signal: Signal, state: SubjectState, cells: CellHistory, pack: Pack) {
            self.signal = signal
            self.state = state
            self.cells = cells
            self.pack = pack
        }

        /// What the pack proposed.
        public var drafts: [ProposalDraft] {
            var state = state
            return evaluate(pack, &state, signal).drafts
        }
    }

    /// The most that are kept (I11); past it the oldest are dropped.
    public static let maximumSteps = 10_000

    /// The newest comes last.
    public var steps: [Step]
    /// Older ones that were left out.
    public var dropped: Int
    /// Of the replay that found them; it ends at the first difference.
    public var report: ReplayReport
}

extension AssessStage {
    /// Replays the task that a subject lives in and gathers what was applied to the subject.
    /// - Parameters: as those of `replay`, and
    ///   - end: nothing from the first signal on whose event time is later.
    ///   - other: a pack that meets the signals in place of what evaluated them, as it would have
    ///     met them had it been there from the first.
    /// - Throws: as `replay`.
    public static func history(
        of subject: Subject, settings: PipelineSettings, pack: Pack, bank: Bank = Bank(),
        log: any EventLog, sealer: any FieldSealer, texts: TextShelf = TextShelf(),
        until end: Instant? = nil, meeting other: Pack? = nil
    ) async throws -> SubjectHistory {
        let trace = SubjectTrace(key: .subject(subject), until: end, meeting: other)
        let home = settings.partitioner.partition(
            of: subject.id.utf8, count: settings.partitions)
        let report = try await replay(
            partition: home, settings: settings, pack: pack, bank: bank, log: log,
            sealer: sealer, texts: texts, trace: trace)
        let (steps, dropped) = trace.steps
        return SubjectHistory(steps: steps, dropped: dropped, report: report)
    }
}

/// Gathers the steps of one subject while a task runs.
final class SubjectTrace: Sendable {
    let key: SubjectKey
    private let end: Instant?
    private let other: Pack?
    private let gathered = Mutex(Gathered())

    private struct Gathered {
        var steps: [SubjectHistory.Step] = []
        var dropped = 0
        /// Of the other pack.
        var state = SubjectState()
        var isComplete = false
    }

    init(key: SubjectKey, until end: Instant? = nil, meeting other: Pack? = nil) {
        self.key = key
        self.end = end
        self.other = other
    }

    var steps: (steps: [SubjectHistory.Step], dropped: Int) {
        gathered.withLock { ($0.steps, $0.dropped) }
    }

    func add(_ step: SubjectHistory.Step) {
        gathered.withLock { gathered in
            if let end, step.signal.time > end { gathered.isComplete = true }
            if gathered.isComplete { return }
            var step = step
            if let other {
                step.pack = other
                step.cells = CellHistory(other.layout)
                step.state = gathered.state
                _ = evaluate(other, &gathered.state, step.signal)
            }
            if gathered.steps.count == SubjectHistory.maximumSteps {
                gathered.steps.removeFirst(SubjectHistory.maximumSteps / 10)
                gathered.dropped += SubjectHistory.maximumSteps / 10
            }
            gathered.steps.append(step)
        }
    }
}
