public import Streaming
internal import Synchronization

/// Any log, with seeded failures of its lanes. Readers and writers are left alone.
public final class FaultyLog: EventLog {
    private let inner: any EventLog
    private let plan: FaultPlan
    private let report: @Sendable (String) -> Void
    private let counts = Mutex<[String: Int]>([:])
    private let lanes = Mutex<UInt64>(0)

    /// - Parameter report: called with the name of each fault as it is injected.
    public init(
        _ inner: any EventLog, plan: FaultPlan,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.inner = inner
        self.plan = plan
        self.report = report
    }

    /// How often each fault was injected.
    public var injected: [String: Int] { counts.withLock { $0 } }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await inner.partitionCount(of: topic)
    }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try await inner.bounds(of: source)
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        let number = lanes.withLock { number in
            number += 1
            return number
        }
        let lane = try await inner.openLane(settings)
        return FaultyLane(
            lane, plan: plan, random: SeededRandom(seed: plan.seed &* 1_000_003 &+ number)
        ) { fault in
            self.counts.withLock { $0[fault, default: 0] += 1 }
            self.report(fault)
        }
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        try await inner.openReader(source, from: from, follow: follow)
    }

    public func openWriter() async throws(LogError) -> any LogWriter {
        try await inner.openWriter()
    }
}

/// A lane that fails by plan.
final class FaultyLane: LaneLog {
    private struct State {
        var random: SeededRandom
        var started: Set<TopicPartition> = []
        /// Partitions taken away by us, to be given back.
        var away: [TopicPartition] = []
        var isAnswerDue = false
        var isReturnDue = false
        /// The lane has not answered that its partitions are gone.
        var isLost = false
        var isFenced = false
        var late: (OutputBatch, [TopicPartition: Int64])?
    }

    private let inner: any LaneLog
    private let plan: FaultPlan
    private let note: @Sendable (String) -> Void
    private let state: Mutex<State>

    init(
        _ inner: any LaneLog, plan: FaultPlan, random: SeededRandom,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.inner = inner
        self.plan = plan
        self.note = note
        state = Mutex(State(random: random))
    }

    private static let fenced = LogError(.fenced, "injected: another has this lane's place")

    func next(wait: Duration) async throws(LogError) -> LaneEvent? {
        let (failure, event) = state.withLock { state in
            state.isFenced ? (Self.fenced, nil) : (nil, injectedEvent(&state))
        }
        if let failure { throw failure }
        if let event { return event }
        let next = try await inner.next(wait: wait)
        state.withLock { state in
            switch next {
            case .assigned:
                // The group's own change goes before what was injected.
                (state.away, state.isAnswerDue, state.isReturnDue) = ([], false, false)
            case .revoked(let sources), .lost(let sources):
                state.started.subtract(sources)
                (state.away, state.isReturnDue) = ([], false)
            case .records, .drained, nil:
                break
            }
        }
        return next
    }

    private func injectedEvent(_ state: inout State) -> LaneEvent? {
        if state.isReturnDue {
            state.isReturnDue = false
            if !state.away.isEmpty { return .assigned(state.away) }
        }
        guard state.away.isEmpty, !state.started.isEmpty else { return nil }
        if state.random.chance(plan.lose) {
            note("lose")
            state.away = state.started.sorted()
            state.started = []
            (state.isLost, state.isReturnDue) = (true, true)
            return .lost(state.away)
        }
        if state.random.chance(plan.revoke) {
            note("revoke")
            state.away = state.started.sorted()
            state.started = []
            state.isAnswerDue = true
            return .revoked(state.away)
        }
        return nil
    }

    func start(_ positions: [TopicPartition: Int64]) async throws(LogError) {
        state.withLock { state in
            state.started.formUnion(positions.keys)
            state.isLost = false
            if !state.isAnswerDue, !state.isReturnDue { state.away = [] }
        }
        try await inner.start(positions)
    }

    func pause(_ sources: [TopicPartition]) async { await inner.pause(sources) }
    func resume(_ sources: [TopicPartition]) async { await inner.resume(sources) }

    func release(_ sources: [TopicPartition]) async {
        let isOurs = state.withLock { state in
            guard state.isAnswerDue else { return false }
            state.isAnswerDue = false
            state.isReturnDue = true
            return true
        }
        if isOurs { await inner.pause(sources) } else { await inner.release(sources) }
    }

    func committed(_ sources: [TopicPartition]) async throws(LogError) -> [TopicPartition: Int64] {
        try await inner.committed(sources)
    }

    private enum Fault { case none, abort, unknownDone, unknownUndone, unknownLate, fence, dead }

    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult {
        switch chooseFault(output, offsets) {
        case .none:
            return await inner.commit(output, offsets: offsets)
        case .abort:
            note("abort")
            return .aborted(LogError(.transient, "injected: aborted"))
        case .unknownDone:
            let result = await inner.commit(output, offsets: offsets)
            guard case .committed = result else { return result }
            note("unknownDone")
            return .unknown(LogError(.timedOut, "injected: done, not known"))
        case .unknownUndone:
            note("unknownUndone")
            return .unknown(LogError(.timedOut, "injected: not done, not known"))
        case .unknownLate:
            note("unknownLate")
            return .unknown(LogError(.timedOut, "injected: settled later"))
        case .fence, .dead:
            note("fence")
            return .fenced(Self.fenced)
        }
    }

    private func chooseFault(
        _ output: OutputBatch, _ offsets: [TopicPartition: Int64]
    ) -> Fault {
        state.withLock { state in
            if state.isFenced || state.isLost { return .dead }
            let faults: [(Double, Fault)] = [
                (plan.abort, .abort), (plan.unknownDone, .unknownDone),
                (plan.unknownUndone, .unknownUndone), (plan.unknownLate, .unknownLate),
                (plan.fence, .fence),
            ]
            let chosen = faults.first { state.random.chance($0.0) }?.1 ?? .none
            if case .fence = chosen { state.isFenced = true }
            if case .unknownLate = chosen { state.late = (output, offsets) }
            return chosen
        }
    }

    func renewProducer() async throws(LogError) {
        let late = state.withLock { state in
            defer { state.late = nil }
            return state.random.chance(0.5) ? state.late : nil
        }
        if let (output, offsets) = late {
            switch await inner.commit(output, offsets: offsets) {
            case .committed, .aborted, .fenced: break
            case .unknown: try await inner.renewProducer()
            }
        }
        try await inner.renewProducer()
    }

    func close() async { await inner.close() }
}
