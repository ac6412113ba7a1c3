internal import Synchronization

/// Runs the lanes of a stage, starts a failed one again, and stops them all within a deadline.
///
/// A lane that fails for a reason that passes (fenced, unreachable) is made anew after a pause that
/// doubles. Any other failure stops all lanes and is thrown: a stage that goes on with part of its
/// lanes would look well and not be (I12).
public final class StageRunner: Sendable {
    private struct State {
        var lanes: [Int: Lane] = [:]
        var isStopped = false
    }

    private enum Ended: Sendable {
        case lane((any Error)?)
        case deadline
    }

    /// A lane that ran this long and committed was well: failures are counted anew. Two members of
    /// one name, which fence each other at once, are not, and end loudly.
    private static let healthy = Duration.seconds(5)

    private let stage: String
    private let lanes: Int
    private let restarts: RetryPolicy
    private let drainDeadline: Duration
    private let clock: any LaneClock
    private let observer: (any LaneObserver)?
    private let makeLane: @Sendable (Int) async throws -> Lane
    private let state = Mutex(State())
    private let stopped = BoundedChannel<Never>(capacity: 1)

    /// - Parameter makeLane: a new lane with its own chain; called again after each failure.
    public init(
        stage: String, lanes: Int, restarts: RetryPolicy = RetryPolicy(),
        drainDeadline: Duration = .seconds(20), clock: any LaneClock = MonotonicClock(),
        observer: (any LaneObserver)? = nil,
        makeLane: @escaping @Sendable (Int) async throws -> Lane
    ) {
        self.stage = stage
        self.lanes = lanes
        self.restarts = restarts
        self.drainDeadline = drainDeadline
        self.clock = clock
        self.observer = observer
        self.makeLane = makeLane
    }

    /// Runs until `stop`, cancellation, or a failure that a restart does not help.
    /// - Throws: the first such failure, once all lanes have ended; `RunnerError.overdue` when
    ///   lanes had to be cancelled at the deadline.
    public func run() async throws {
        var failure: (any Error)?
        await withTaskGroup(of: Ended.self) { group in
            for number in 0..<lanes {
                group.addTask {
                    do {
                        try await self.keep(number)
                        return .lane(nil)
                    } catch {
                        return .lane(error)
                    }
                }
            }
            group.addTask {
                _ = try? await self.stopped.receive()
                try? await self.clock.sleep(for: self.drainDeadline)
                return .deadline
            }
            var running = lanes
            while running > 0, let ended = await group.next() {
                switch ended {
                case .lane(let error):
                    running -= 1
                    guard let error else { continue }
                    failure = failure ?? error
                    stop()
                case .deadline:
                    if !Task.isCancelled { failure = failure ?? RunnerError.overdue(drainDeadline) }
                    group.cancelAll()
                }
            }
            group.cancelAll()
        }
        if let failure { throw failure }
    }

    /// Runs several stages until all have ended. When one fails, the others settle what they hold
    /// and end too: a process with part of its stages would look well and not be (I12).
    /// - Throws: the first failure.
    public static func runAll(_ runners: [StageRunner]) async throws {
        var failure: (any Error)?
        await withThrowingTaskGroup(of: Void.self) { group in
            for runner in runners { group.addTask { try await runner.run() } }
            while let result = await group.nextResult() {
                guard case .failure(let error) = result, failure == nil else { continue }
                failure = error
                for runner in runners { runner.stop() }
            }
        }
        if let failure { throw failure }
    }

    /// Asks all lanes to settle and leave; past the deadline they are cancelled.
    public func stop() {
        let running = state.withLock { state in
            state.isStopped = true
            return state.lanes.values.map { $0 }
        }
        for lane in running { lane.stop() }
        stopped.finish()
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Runs one lane, again and again while that helps.
    private func keep(_ number: Int) async throws {
        var failures = 0
        while !isStopped {
            let began = clock.now
            var hasCommitted = false
            do {
                try await runOnce(number, &hasCommitted)
                observer?.observe(.stopped(stage: stage, lane: "\(number)", error: nil))
                return
            } catch {
                if hasCommitted, clock.now - began >= Self.healthy { failures = 0 }
                failures += 1
                let passes = isRetriable(error) && !Task.isCancelled
                if isStopped, passes { return }
                guard passes, failures <= restarts.limit else {
                    observer?.observe(.stopped(stage: stage, lane: "\(number)", error: "\(error)"))
                    throw error
                }
                let pause = restarts.pause(before: failures)
                observer?.observe(
                    .restarting(
                        stage: stage, lane: "\(number)", error: "\(error)", after: pause,
                        attempt: failures))
                await sleep(pause)
            }
        }
    }

    private func runOnce(_ number: Int, _ hasCommitted: inout Bool) async throws {
        let lane = try await makeLane(number)
        let isLate = state.withLock { state in
            state.lanes[number] = lane
            return state.isStopped
        }
        defer {
            hasCommitted = lane.hasCommitted
            state.withLock { _ = $0.lanes.removeValue(forKey: number) }
        }
        if isLate { lane.stop() }
        try await lane.run()
    }

    /// Sleeps until the time is over, the runner is stopped, or the caller cancelled.
    private func sleep(_ duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.clock.sleep(for: duration) }
            group.addTask { _ = try? await self.stopped.receive() }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Why a runner ended badly.
public enum RunnerError: Error, Sendable, CustomStringConvertible {
    /// Lanes were cancelled because they had not settled within the deadline. Nothing is lost: what
    /// they held was not committed.
    case overdue(Duration)

    public var description: String {
        switch self {
        case .overdue(let deadline): "lanes did not settle within \(deadline)"
        }
    }
}
