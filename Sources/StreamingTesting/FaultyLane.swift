internal import Streaming
internal import Synchronization

/// A lane that fails by plan. Partitions that it takes away itself it gives back itself: what was
/// delivered and not committed is kept and delivered again, so the inner log does not notice.
final class FaultyLane: LaneLog {
    private struct State {
        var random: SeededRandom
        var script = Interruption()
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
            state.isFenced ? (Self.fenced, nil) : (nil, injected(&state))
        }
        if let failure { throw failure }
        if let event { return event }
        guard let next = try await inner.next(wait: wait) else { return nil }
        return state.withLock { $0.script.pass(next) ? next : nil }
    }

    private func injected(_ state: inout State) -> LaneEvent? {
        if let event = state.script.next() { return event }
        guard state.script.isQuiet else { return nil }
        if state.random.chance(plan.lose) {
            note("lose")
            return state.script.begin(losing: true)
        }
        if state.random.chance(plan.revoke) {
            note("revoke")
            return state.script.begin(losing: false)
        }
        return nil
    }

    func start(_ positions: [TopicPartition: Int64]) async throws(LogError) {
        let isOurs = state.withLock { $0.script.start(positions) }
        guard isOurs else { return try await inner.start(positions) }
        // A start ends pauses, and the inner log does not hear of this one.
        await inner.resume(positions.keys.sorted())
    }

    func pause(_ sources: [TopicPartition]) async { await inner.pause(sources) }
    func resume(_ sources: [TopicPartition]) async { await inner.resume(sources) }

    func release(_ sources: [TopicPartition]) async {
        let isOurs = state.withLock { $0.script.release() }
        if !isOurs { await inner.release(sources) }
    }

    func committed(_ sources: [TopicPartition]) async throws(LogError) -> [TopicPartition: Int64] {
        try await inner.committed(sources)
    }

    private enum Fault { case none, abort, unknownDone, unknownUndone, unknownLate, fence }

    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult {
        switch chooseFault(output, offsets) {
        case .none:
            return await passOn(output, offsets)
        case .abort:
            note("abort")
            return .aborted(LogError(.transient, "injected: aborted"))
        case .unknownDone:
            let result = await passOn(output, offsets)
            guard case .committed = result else { return result }
            note("unknownDone")
            return .unknown(LogError(.timedOut, "injected: done, not known"))
        case .unknownUndone:
            note("unknownUndone")
            return .unknown(LogError(.timedOut, "injected: not done, not known"))
        case .unknownLate:
            note("unknownLate")
            return .unknown(LogError(.timedOut, "injected: settled later"))
        case .fence:
            note("fence")
            return .fenced(Self.fenced)
        }
    }

    private func passOn(
        _ output: OutputBatch, _ offsets: [TopicPartition: Int64]
    ) async -> CommitResult {
        let result = await inner.commit(output, offsets: offsets)
        if case .committed = result { state.withLock { $0.script.committed(offsets) } }
        return result
    }

    private func chooseFault(
        _ output: OutputBatch, _ offsets: [TopicPartition: Int64]
    ) -> Fault {
        state.withLock { state in
            if state.isFenced || state.script.isLost { return .fence }
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
        if let (output, offsets) = late { _ = await passOn(output, offsets) }
        try await inner.renewProducer()
    }

    func close() async { await inner.close() }
}

/// Partitions taken away and given back without the log's knowledge.
struct Interruption {
    private enum Phase { case quiet, revoked, away, returned }

    private var phase = Phase.quiet
    private var started: Set<TopicPartition> = []
    /// For each assignment and revocation that awaits its answer: whether it was ours.
    private var assignments: [Bool] = []
    private var revocations: [Bool] = []
    /// Delivered by the log and not known to be committed.
    private var kept: [RecordChunk] = []
    private var ends: [TopicPartition: Int64] = [:]
    private var replay: [LaneEvent] = []
    /// The lane has yet to learn that its partitions are gone.
    private(set) var isLost = false

    /// Whether partitions may be taken away now.
    var isQuiet: Bool { phase == .quiet && assignments.isEmpty && !started.isEmpty }

    mutating func begin(losing: Bool) -> LaneEvent {
        replay = []
        if losing {
            isLost = true
            phase = .away
            return .lost(started.sorted())
        }
        phase = .revoked
        revocations.append(true)
        return .revoked(started.sorted())
    }

    /// What comes before anything of the log.
    mutating func next() -> LaneEvent? {
        switch phase {
        case .away:
            phase = .returned
            assignments.append(true)
            return .assigned(started.sorted())
        case .quiet:
            return replay.isEmpty ? nil : replay.removeFirst()
        case .revoked, .returned:
            return nil
        }
    }

    /// Takes note of an event of the log.
    /// - Returns: false where the lane must not see it now.
    mutating func pass(_ event: LaneEvent) -> Bool {
        switch event {
        case .assigned:
            forget()
            assignments.append(false)
            return true
        case .revoked:
            forget()
            revocations.append(false)
            return true
        case .lost:
            forget()
            return true
        case .records(let chunk):
            kept.append(chunk)
            return mayPass(event)
        case .drained(let source, let end):
            ends[source] = end
            return mayPass(event)
        }
    }

    /// Nothing overtakes what is delivered again.
    private mutating func mayPass(_ event: LaneEvent) -> Bool {
        guard phase == .quiet else { return false }
        if replay.isEmpty { return true }
        replay.append(event)
        return false
    }

    /// The log's own change goes before ours.
    private mutating func forget() {
        phase = .quiet
        started = []
        kept = []
        ends = [:]
        replay = []
    }

    /// - Returns: whether the answer was to an assignment of ours.
    mutating func start(_ positions: [TopicPartition: Int64]) -> Bool {
        let isOurs = assignments.isEmpty ? false : assignments.removeFirst()
        guard isOurs else {
            if assignments.isEmpty { started = Set(positions.keys) }
            isLost = false
            return false
        }
        isLost = false
        guard phase == .returned else { return true }
        phase = .quiet
        replay = kept.compactMap { Self.tail(of: $0, from: positions).map { .records($0) } }
        replay += ends.keys.sorted().map { .drained($0, end: ends[$0] ?? 0) }
        return true
    }

    /// - Returns: whether the answer was to a revocation of ours.
    mutating func release() -> Bool {
        let isOurs = revocations.isEmpty ? false : revocations.removeFirst()
        if isOurs, phase == .revoked { phase = .away }
        return isOurs
    }

    mutating func committed(_ offsets: [TopicPartition: Int64]) {
        kept.removeAll { chunk in
            (0..<chunk.count).allSatisfy { index in
                let record = chunk[index]
                return record.offset < offsets[record.source] ?? 0
            }
        }
    }

    private static func tail(
        of chunk: RecordChunk, from positions: [TopicPartition: Int64]
    ) -> RecordChunk? {
        var builder = RecordChunkBuilder(sources: chunk.sources)
        for index in 0..<chunk.count {
            let record = chunk[index]
            guard let source = chunk.sources.firstIndex(of: record.source),
                record.offset >= positions[record.source] ?? .max
            else { continue }
            builder.append(
                source: source, offset: record.offset, timestamp: record.timestamp,
                key: record.bytes(of: .key), value: record.bytes(of: .value),
                headers: record.headers)
        }
        return builder.count == 0 ? nil : builder.finish()
    }
}
