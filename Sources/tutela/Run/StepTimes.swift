import Glibc
import Synchronization

/// Processor time by step of the chain. A step begins and ends on one thread.
final class StepTimes: Sendable {
    private struct State {
        /// When the step in hand began, by thread.
        var began: [UInt: Int64] = [:]
        /// Nanoseconds so far, by step.
        var total: [String: Int64] = [:]
    }

    private let state = Mutex(State())

    /// The calling thread begins a step.
    func begin() {
        let (thread, now) = (UInt(pthread_self()), Self.threadTime)
        state.withLock { $0.began[thread] = now }
    }

    /// - Returns: seconds of the step so far; nil where the thread began none.
    func end(_ step: String) -> Double? {
        let (thread, now) = (UInt(pthread_self()), Self.threadTime)
        return state.withLock { state in
            guard let began = state.began.removeValue(forKey: thread) else { return nil }
            state.total[step, default: 0] += now - began
            return Double(state.total[step] ?? 0) / 1e9
        }
    }

    private static var threadTime: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
