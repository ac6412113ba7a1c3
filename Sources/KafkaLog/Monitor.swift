#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// State under a mutex with a condition to wait on, for threads of our own. Never waited on from the
/// cooperative pool.
final class Monitor<State>: @unchecked Sendable {
    // Both are heap memory since pthread objects must not move; all access is through them.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: sending State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        #if canImport(Glibc)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(condition, &attributes)
            pthread_condattr_destroy(&attributes)
        #else
            pthread_cond_init(condition, nil)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Changes the state and wakes whoever waits for it.
    func withLock<R>(_ body: (inout State) -> R) -> R {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }

    /// Blocks until `body` gives something, or until the deadline; nil then.
    func wait<R>(until deadline: Ticks, _ body: (inout State) -> R?) -> R? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let found = body(&state) { return found }
            let left = deadline.nanoseconds - Ticks.now.nanoseconds
            if left <= 0 { return nil }
            #if canImport(Glibc)
                var time = deadline.systemTime
                pthread_cond_timedwait(condition, mutex, &time)
            #else
                var time = Ticks(nanoseconds: left).systemTime
                pthread_cond_timedwait_relative_np(condition, mutex, &time)
            #endif
        }
    }
}

/// A moment of the machine's monotonic clock.
struct Ticks: Comparable, Sendable {
    var nanoseconds: Int64

    static var now: Ticks {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Ticks(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static let never = Ticks(nanoseconds: Int64.max / 2)

    static func after(_ duration: Duration) -> Ticks {
        Ticks(nanoseconds: now.nanoseconds + Int64(duration.milliseconds) * 1_000_000)
    }

    static func < (a: Ticks, b: Ticks) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Milliseconds from now, rounded up, not below zero.
    var millisecondsLeft: Int32 {
        Int32(clamping: max(0, (nanoseconds - Ticks.now.nanoseconds + 999_999) / 1_000_000))
    }

    var systemTime: timespec {
        var time = timespec()
        time.tv_sec = Int(nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(nanoseconds % 1_000_000_000)
        return time
    }
}
