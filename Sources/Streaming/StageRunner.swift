/// Runs the lanes of a stage, starts a failed one again, and stops them all within a deadline.
public final class StageRunner: Sendable {
    private let lanes: Int
    private let makeLane: @Sendable (Int) async throws -> Lane

    /// - Parameter makeLane: a new lane with its own chain; called again after each failure.
    public init(
        stage: String, lanes: Int, restarts: RetryPolicy = RetryPolicy(),
        drainDeadline: Duration = .seconds(20), clock: any LaneClock = MonotonicClock(),
        observer: (any LaneObserver)? = nil,
        makeLane: @escaping @Sendable (Int) async throws -> Lane
    ) {
        self.lanes = lanes
        self.makeLane = makeLane
    }

    /// Runs until `stop`, cancellation, or a failure that a restart does not help.
    public func run() async throws {
        throw LogError(.fatal, "the runner is not built yet")
    }

    /// Asks all lanes to settle and leave; past the deadline they are cancelled.
    public func stop() {}
}
