import CRdkafka
import Streaming

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A thread of our own for calls that block. Jobs run one after another in order.
final class BlockingThread: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var stopping = false
    }

    private let state = Monitor(State())

    /// - Parameter name: what the system shows; at most 15 bytes.
    init(named name: StaticString = "tutela-calls") throws(LogError) {
        let state = state
        try startThread(named: name) {
            while true {
                let jobs = state.wait(until: .never) { state -> [@Sendable () -> Void]? in
                    if state.jobs.isEmpty { return state.stopping ? [] : nil }
                    defer { state.jobs = [] }
                    return state.jobs
                }
                guard let jobs, !jobs.isEmpty else { return }
                for job in jobs { job() }
            }
        }
    }

    /// Runs `body` on the thread.
    /// - Throws: what `body` fails with; `closed` after `stop`.
    func run<R: Sendable>(
        _ body: @escaping @Sendable () -> Result<R, LogError>
    ) async throws(LogError) -> R {
        let result: Result<R, LogError> = await withCheckedContinuation { continuation in
            let accepted = state.withLock { state in
                guard !state.stopping else { return false }
                state.jobs.append { continuation.resume(returning: body()) }
                return true
            }
            if !accepted {
                continuation.resume(returning: .failure(LogError(.closed, "it is closed")))
            }
        }
        return try result.get()
    }

    /// Runs `last` after all other jobs; the thread ends with it. Does nothing a second time.
    func stop(_ last: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let accepted = state.withLock { state in
                guard !state.stopping else { return false }
                state.jobs.append {
                    last()
                    continuation.resume()
                }
                state.stopping = true
                return true
            }
            if !accepted { continuation.resume() }
        }
    }
}

/// Starts a detached thread.
/// - Parameter name: what the system shows; at most 15 bytes.
func startThread(
    named name: StaticString, _ body: @escaping @Sendable () -> Void
) throws(LogError) {
    final class Work: Sendable {
        let name: StaticString
        let body: @Sendable () -> Void

        init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    let work = Unmanaged.passRetained(Work(name, body))
    #if canImport(Glibc)
        var thread = pthread_t()
    #else
        var thread: pthread_t?
    #endif
    let failed = pthread_create(
        &thread, nil,
        { raw in
            #if canImport(Glibc)
                guard let raw else { return nil }
            #endif
            let work = Unmanaged<Work>.fromOpaque(raw).takeRetainedValue()
            pthread_detach(pthread_self())
            tutela_name_thread("\(work.name)")
            work.body()
            return nil
        }, work.toOpaque())
    guard failed == 0 else {
        work.release()
        throw LogError(.fatal, "the system gives no thread (error \(failed))")
    }
}
