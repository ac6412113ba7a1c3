/// One group member with one chain of actors: executes the tasks that the group gives it.
public actor Lane {
    let log: any EventLog
    let stage: any Stage
    let configuration: LaneConfiguration

    public init(log: any EventLog, stage: any Stage, configuration: LaneConfiguration) {
        self.log = log
        self.stage = stage
        self.configuration = configuration
    }

    /// Runs rounds until `stop` is called or the caller is cancelled; then settles the round in hand
    /// and leaves the group.
    /// - Throws: `LaneError` when the lane cannot go on.
    public func run() async throws {
        throw LogError(.fatal, "the lane is not built yet")
    }

    /// The lock-step embedded run: rounds until every source is drained and nothing is buffered.
    /// The lane stays a member between calls; `close` ends it.
    /// - Returns: the records of the rounds committed.
    public func runUntilQuiet() async throws -> Int {
        throw LogError(.fatal, "the lane is not built yet")
    }

    /// Asks `run` to settle the round in hand and return.
    public nonisolated func stop() {}

    /// Ends a lane that ran with `runUntilQuiet`.
    public func close() async {}
}
