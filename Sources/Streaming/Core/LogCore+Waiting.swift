internal import Synchronization

extension LogCore {
    /// Looks at the state.
    func look<R>(_ body: (inout State) throws(LogError) -> R) throws(LogError) -> R {
        let result: Result<R, LogError> = state.withLock { state in
            do throws(LogError) { return .success(try body(&state)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Changes the state and wakes all who wait for a change.
    func change<R>(_ body: (inout State) throws(LogError) -> R) throws(LogError) -> R {
        let (result, waiters): (Result<R, LogError>, [CheckedContinuation<Void, Never>]) =
            state.withLock { state in
                do throws(LogError) {
                    let value = try body(&state)
                    return (.success(value), Self.wake(&state))
                } catch {
                    return (.failure(error), [])
                }
            }
        for waiter in waiters { waiter.resume() }
        return try result.get()
    }

    static func wake(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        state.version += 1
        defer { state.waiters = [:] }
        return Array(state.waiters.values)
    }

    /// Waits until the state is no longer at `version`, for at most `limit`, or until cancelled.
    func waitForChange(since version: UInt64, atMost limit: Duration) async {
        guard limit > .zero, !Task.isCancelled else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.suspend(since: version) }
            group.addTask { try? await ContinuousClock().sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func suspend(since version: UInt64) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.version != version || state.cancelled.remove(id) != nil { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                if let waiter = state.waiters.removeValue(forKey: id) { return Optional(waiter) }
                state.cancelled.insert(id)
                return nil
            }
            waiter?.resume()
        }
        if Task.isCancelled { state.withLock { _ = $0.cancelled.remove(id) } }
    }
}
