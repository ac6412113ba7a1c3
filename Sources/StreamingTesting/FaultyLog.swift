public import Streaming
internal import Synchronization

/// Any log, with seeded failures of its lanes. Readers and writers are left alone.
public final class FaultyLog: EventLog {
    private let inner: any EventLog
    private let plan: FaultPlan
    private let report: @Sendable (String) -> Void
    private let counts = Mutex<[String: Int]>([:])
    private let lanes = Mutex<UInt64>(0)

    /// - Parameter report: called with the name of each fault as it is injected.
    public init(
        _ inner: any EventLog, plan: FaultPlan,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.inner = inner
        self.plan = plan
        self.report = report
    }

    /// How often each fault was injected.
    public var injected: [String: Int] { counts.withLock { $0 } }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await inner.partitionCount(of: topic)
    }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try await inner.bounds(of: source)
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        let number = lanes.withLock { number in
            number += 1
            return number
        }
        let lane = try await inner.openLane(settings)
        return FaultyLane(
            lane, plan: plan, random: SeededRandom(seed: plan.seed &* 1_000_003 &+ number)
        ) { fault in
            self.counts.withLock { $0[fault, default: 0] += 1 }
            self.report(fault)
        }
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        try await inner.openReader(source, from: from, follow: follow)
    }

    public func openWriter() async throws(LogError) -> any LogWriter {
        try await inner.openWriter()
    }
}
