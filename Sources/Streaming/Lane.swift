internal import Synchronization

/// One group member with one chain of actors: executes the tasks that the group gives it.
///
/// One driver does everything in turn, so batches of a task never overtake each other. The log is
/// read ahead by a child of its own while a round runs, into a bounded channel.
public actor Lane {
    enum Phase { case idle, running, ended }

    /// An event of the log, and how many times partitions had been taken away before it.
    struct Arrival: Sendable {
        var event: Result<LaneEvent, LogError>?
        var epoch: Int
    }

    let log: any EventLog
    let stage: any Stage
    let configuration: LaneConfiguration
    let signal = LaneSignal()
    let inbox = BoundedChannel<Arrival>(capacity: 8)

    var phase = Phase.idle
    var member: (any LaneLog)?
    var table = LaneTable()
    /// Batches taken from the table and not yet committed.
    var held: [TaskBatch] = []
    var epoch = 0
    var lastStallCheck: Duration = .zero

    public init(log: any EventLog, stage: any Stage, configuration: LaneConfiguration) {
        self.log = log
        self.stage = stage
        self.configuration = configuration
    }

    /// Runs rounds until `stop` is called or the caller is cancelled; then settles the round in
    /// hand and leaves the group. A lane runs once.
    /// - Throws: `LaneError`, `LogError`, `StartError` or the stage's error when it cannot go on;
    ///   `CancellationError` when it was cancelled.
    public func run() async throws {
        guard phase == .idle else { throw LaneError.busy }
        phase = .running
        do {
            let member = try await join()
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (inbox, signal, wait) = (inbox, signal, readAheadWait)
                group.addTask { await Self.readAhead(member, inbox, signal, wait: wait) }
                if let clock = configuration.clock, let observer = configuration.observer {
                    group.addTask { try await self.reportLag(clock: clock, observer: observer) }
                }
                defer {
                    inbox.finish()
                    group.cancelAll()
                }
                try await drive(member)
            }
        } catch {
            await leave()
            throw error
        }
        await leave()
    }

    /// The lock-step embedded run: rounds until every source is drained and nothing is buffered.
    /// The lane stays a member between calls; `close` ends it. Rounds depend on what the log holds,
    /// not on how it was delivered.
    /// - Returns: the records of the rounds committed.
    /// - Throws: as `run`; `LaneError.starved` where the log delivers neither records nor an end.
    public func runUntilQuiet() async throws -> Int {
        guard phase == .idle else { throw LaneError.busy }
        phase = .running
        defer { if phase == .running { phase = .idle } }
        let member = if let member { member } else { try await join() }
        var total = 0
        while true {
            try Task.checkCancellation()
            try await gather(member)
            let round = held.isEmpty ? table.takeRound(at: nil) : held
            if round.isEmpty { return total }
            if try await settle(round, member) {
                total += round.reduce(0) { $0 + $1.records.count }
            }
        }
    }

    /// Asks `run` to settle the round in hand and return.
    public nonisolated func stop() {
        signal.stop()
        inbox.finish()
    }

    /// Ends a lane that ran with `runUntilQuiet`.
    public func close() async {
        guard phase == .idle else { return }
        await leave()
    }

    func observe(_ observation: @autoclosure () -> LaneObservation) {
        configuration.observer?.observe(observation())
    }

    private func join() async throws -> any LaneLog {
        let member = try await log.openLane(configuration.settings)
        self.member = member
        observe(.joined(stage: configuration.settings.stage, lane: name))
        return member
    }

    private func leave() async {
        phase = .ended
        held = []
        for slot in table.slots {
            await stage.close(slot.id)
            observe(.closed(slot.id))
        }
        table = LaneTable()
        await member?.close()
        member = nil
    }

    /// Whether a round of this lane was committed.
    nonisolated var hasCommitted: Bool { signal.hasCommitted }

    var name: String { configuration.settings.instance ?? "dynamic" }

    /// Half of the linger, so that a batch closes at most half of it late.
    private var readAheadWait: Duration {
        guard configuration.clock != nil else { return .milliseconds(100) }
        return min(max(configuration.limits.linger / 2, .milliseconds(1)), .milliseconds(100))
    }
}

/// What others tell a lane's driver while it is busy.
final class LaneSignal: Sendable {
    private struct State {
        var isStopped = false
        var pending = 0
        var pendingLosses = 0
        var hasCommitted = false
    }

    private let state = Mutex(State())

    var isStopped: Bool { state.withLock { $0.isStopped } }
    /// A change of the assignment waits in the inbox: no new round.
    var isChangePending: Bool { state.withLock { $0.pending > 0 } }
    /// Besides the change being handled, another waits.
    var isMoreThanOneChangePending: Bool { state.withLock { $0.pending > 1 } }
    /// Partitions are gone already: no commit.
    var isLossPending: Bool { state.withLock { $0.pendingLosses > 0 } }

    var hasCommitted: Bool { state.withLock { $0.hasCommitted } }

    func stop() { state.withLock { $0.isStopped = true } }
    func noteCommitted() { state.withLock { $0.hasCommitted = true } }

    func noteComing(_ event: LaneEvent) { count(event, 1) }
    func noteHandled(_ event: LaneEvent) { count(event, -1) }

    private func count(_ event: LaneEvent, _ step: Int) {
        state.withLock { state in
            switch event {
            case .lost:
                state.pending += step
                state.pendingLosses += step
            case .revoked, .assigned:
                state.pending += step
            case .records, .drained:
                break
            }
        }
    }
}
