/// How often a `FaultyLog` fails, as probabilities of each commit or delivery.
public struct FaultPlan: Sendable {
    public var seed: UInt64
    /// A commit is aborted before anything is written.
    public var abort: Double
    /// A commit is done and reported as unknown.
    public var unknownDone: Double
    /// A commit is not done and reported as unknown.
    public var unknownUndone: Double
    /// A commit is reported as unknown, and done or dropped only when the producer is renewed.
    public var unknownLate: Double
    /// The lane is fenced instead of committing.
    public var fence: Double
    /// All partitions are revoked and assigned again.
    public var revoke: Double
    /// All partitions are lost and assigned again.
    public var lose: Double

    public init(
        seed: UInt64, abort: Double = 0, unknownDone: Double = 0, unknownUndone: Double = 0,
        unknownLate: Double = 0, fence: Double = 0, revoke: Double = 0, lose: Double = 0
    ) {
        self.seed = seed
        self.abort = abort
        self.unknownDone = unknownDone
        self.unknownUndone = unknownUndone
        self.unknownLate = unknownLate
        self.fence = fence
        self.revoke = revoke
        self.lose = lose
    }

    /// A bit of everything.
    public static func mixed(seed: UInt64) -> FaultPlan {
        FaultPlan(
            seed: seed, abort: 0.08, unknownDone: 0.04, unknownUndone: 0.04, unknownLate: 0.04,
            fence: 0.02, revoke: 0.02, lose: 0.02)
    }
}
