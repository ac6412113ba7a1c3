public import Streaming
internal import Synchronization

/// A clock that stands still until it is moved. Sleepers wake when it passes their time.
public final class ManualClock: LaneClock {
    private struct Sleeper {
        var id: UInt64
        var due: Duration
        var wake: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now = Duration.zero
        var sleepers: [Sleeper] = []
        var nextID: UInt64 = 0
        var cancelled: Set<UInt64> = []
        var moves = 0
    }

    private let state = Mutex(State())
    /// A clock that jumps: whoever sleeps moves it and goes on at once.
    private let jumps: Bool

    /// - Parameter jumps: sleeping moves the clock instead of waiting for `advance`.
    public init(jumps: Bool = false) { self.jumps = jumps }

    public var now: Duration { state.withLock { $0.now } }
    /// How many wait for the clock.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.due <= state.now }
            state.sleepers.removeAll { $0.due <= state.now }
            return due
        }
        for sleeper in due { sleeper.wake.resume(returning: true) }
    }

    public func sleep(for duration: Duration) async throws {
        if jumps {
            try Task.checkCancellation()
            advance(by: duration)
            await Task.yield()
            return
        }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let isDue = await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                let outcome: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if duration <= .zero { return true }
                    state.sleepers.append(
                        Sleeper(id: id, due: state.now + duration, wake: wake))
                    return nil
                }
                if let outcome { wake.resume(returning: outcome) }
            }
        } onCancel: {
            let sleeper: Sleeper? = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.wake.resume(returning: false)
        }
        if !isDue { throw CancellationError() }
    }
}
