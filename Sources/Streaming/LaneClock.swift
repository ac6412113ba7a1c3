/// The clock of lanes and runners: for lingering, pauses, deadlines and metrics; never for what is
/// written (I3).
public protocol LaneClock: Sendable {
    /// Time since a fixed origin; never runs backwards.
    var now: Duration { get }

    /// - Throws: `CancellationError` when the caller is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's monotonic clock.
public struct MonotonicClock: LaneClock {
    private let origin = ContinuousClock.now

    public init() {}

    public var now: Duration { ContinuousClock.now - origin }

    public func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}
