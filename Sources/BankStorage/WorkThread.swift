#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A thread of our own for work that takes seconds, so that it does not hold one of the few threads
/// that actors run on; at a low priority, for others' work is more urgent.
public enum WorkThread {
    /// Runs `body` once.
    /// - Returns: false where the system gives no thread; `body` does not run then.
    public static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let failed = pthread_create(
            &thread, nil,
            { raw in
                #if !canImport(Darwin)
                    guard let raw else { return nil }
                #endif
                pthread_detach(pthread_self())
                #if canImport(Glibc)
                    // On Linux 0 is the calling thread, not the whole process.
                    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                #endif
                Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        if failed != 0 { work.release() }
        return failed == 0
    }

    /// Runs `body` on a thread of its own, or here where there is none.
    public static func run<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            let work: @Sendable () -> Void = { continuation.resume(returning: body()) }
            if !start(work) { work() }
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
