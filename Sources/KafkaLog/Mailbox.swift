import Streaming
import Synchronization

/// What the poll thread has for the lane, in order. Bounded by the poll thread, which asks `isFull`.
final class Mailbox: Sendable {
    private typealias Waiter = CheckedContinuation<Result<LaneEvent?, LogError>, Never>

    private struct State {
        var events: [LaneEvent] = []
        var head = 0
        var records = 0
        var bytes = 0
        var waiter: Waiter?
        var waiterDeadline = Ticks.never
        var failure: LogError?
        /// When the poll thread looks at deadlines next without being woken.
        var attendedAt = Ticks.never

        mutating func takeWaiter() -> Waiter? {
            defer {
                waiter = nil
                waiterDeadline = .never
            }
            return waiter
        }

        mutating func take() -> LaneEvent? {
            guard head < events.count else { return nil }
            let event = events[head]
            head += 1
            if head == events.count || head >= 1024 {
                events.removeFirst(head)
                head = 0
            }
            if case .records(let chunk) = event {
                records -= chunk.count
                bytes -= chunk.byteCount
            }
            return event
        }
    }

    private let state = Mutex(State())
    private let maximumRecords: Int
    private let maximumBytes: Int

    init(maximumRecords: Int, maximumBytes: Int) {
        self.maximumRecords = maximumRecords
        self.maximumBytes = maximumBytes
    }

    var isFull: Bool {
        state.withLock { $0.records >= maximumRecords || $0.bytes >= maximumBytes }
    }

    /// Whether a source that was held back for long may flow again.
    var isHalfEmpty: Bool {
        state.withLock { $0.records <= maximumRecords / 2 && $0.bytes <= maximumBytes / 2 }
    }

    func put(_ event: LaneEvent) {
        let waiter = state.withLock { state -> Waiter? in
            if let waiter = state.takeWaiter() { return waiter }
            if case .records(let chunk) = event {
                state.records += chunk.count
                state.bytes += chunk.byteCount
            }
            state.events.append(event)
            return nil
        }
        waiter?.resume(returning: .success(event))
    }

    /// Ends the mailbox: every `next` throws the first error it got.
    func fail(_ error: LogError) {
        let waiter = state.withLock { state -> Waiter? in
            if state.failure == nil { state.failure = error }
            return state.takeWaiter()
        }
        waiter?.resume(returning: .failure(error))
    }

    /// - Parameter wake: called when the poll thread must look sooner than it means to.
    func next(wait: Duration, wake: () -> Void) async throws(LogError) -> LaneEvent? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (answer, mustWake) = state.withLock { state in
                    deposit(continuation, wait, &state)
                }
                if mustWake { wake() }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.takeWaiter() }
            waiter?.resume(returning: .success(nil))
        }
        return try result.get()
    }

    private func deposit(
        _ continuation: Waiter, _ wait: Duration, _ state: inout sending State
    ) -> (answer: Result<LaneEvent?, LogError>?, mustWake: Bool) {
        if let failure = state.failure { return (.failure(failure), false) }
        if Task.isCancelled { return (.success(nil), false) }
        let wasFull = state.records >= maximumRecords || state.bytes >= maximumBytes
        if let event = state.take() { return (.success(event), wasFull) }
        guard wait > .zero else { return (.success(nil), false) }
        guard state.waiter == nil else {
            return (.failure(LogError(.fatal, "next() has one caller at a time")), false)
        }
        state.waiter = continuation
        state.waiterDeadline = .after(wait)
        return (nil, state.waiterDeadline < state.attendedAt)
    }

    /// Called by the poll thread before it sleeps until `wakeUp`: answers a caller whose time is up.
    /// - Returns: when to look again at the latest.
    func attend(until wakeUp: Ticks) -> Ticks {
        let now = Ticks.now
        let (waiter, next) = state.withLock { state -> (Waiter?, Ticks) in
            let expired = state.waiterDeadline <= now ? state.takeWaiter() : nil
            state.attendedAt = min(wakeUp, state.waiterDeadline)
            return (expired, state.attendedAt)
        }
        waiter?.resume(returning: .success(nil))
        return next
    }
}
