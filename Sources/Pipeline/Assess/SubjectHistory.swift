public import AuditTrail
public import Behaviour
public import EventSchemas
public import Policy
public import SafetyModel
public import Streaming
internal import Synchronization

/// What a recorded task applied to one subject, in order.
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
    /// - Parameter pack: see `replay`.
    /// - Throws: as `replay`.
    public static func history(
        of subject: Subject, settings: PipelineSettings, pack: Pack, log: any EventLog,
        sealer: any FieldSealer
    ) async throws -> SubjectHistory {
        let trace = SubjectTrace(key: .subject(subject))
        let home = settings.partitioner.partition(
            of: subject.id.utf8, count: settings.partitions)
        let report = try await replay(
            partition: home, settings: settings, pack: pack, bank: Bank(), log: log,
            sealer: sealer, trace: trace)
        let (steps, dropped) = trace.steps
        return SubjectHistory(steps: steps, dropped: dropped, report: report)
    }
}

/// Gathers the steps of one subject while a task runs.
final class SubjectTrace: Sendable {
    let key: SubjectKey
    private let gathered = Mutex<(steps: [SubjectHistory.Step], dropped: Int)>(([], 0))

    init(key: SubjectKey) { self.key = key }

    var steps: (steps: [SubjectHistory.Step], dropped: Int) { gathered.withLock { $0 } }

    func add(_ step: SubjectHistory.Step) {
        gathered.withLock { gathered in
            if gathered.steps.count == SubjectHistory.maximumSteps {
                gathered.steps.removeFirst(SubjectHistory.maximumSteps / 10)
                gathered.dropped += SubjectHistory.maximumSteps / 10
            }
            gathered.steps.append(step)
        }
    }
}
