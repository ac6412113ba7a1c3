/// When a task's batch is full.
public struct BatchLimits: Sendable {
    /// Most records of a batch.
    public var records: Int
    /// A batch closes once its records hold this many bytes; the last may exceed it.
    public var bytes: Int
    /// How long the first record of a batch waits for company. Counts only where the lane has a
    /// clock.
    public var linger: Duration
    /// How long it waits while records come in bulk, as they do to a lane that is behind: it writes
    /// each subject's state and each ledger record once for more events then.
    public var patience: Duration { linger * 10 }

    public init(
        records: Int = 8_192, bytes: Int = 8 << 20, linger: Duration = .milliseconds(100)
    ) {
        self.records = max(1, records)
        self.bytes = max(1, bytes)
        self.linger = linger
    }
}

/// Bounded retries with a pause that doubles.
public struct RetryPolicy: Sendable {
    /// Attempts after the first.
    public var limit: Int
    /// The pause before the first retry; doubled for each that follows.
    public var pause: Duration
    public var longestPause: Duration

    public init(
        limit: Int = 8, pause: Duration = .milliseconds(50), longestPause: Duration = .seconds(10)
    ) {
        self.limit = limit
        self.pause = pause
        self.longestPause = longestPause
    }

    /// The pause before retry `number`, counted from 1.
    public func pause(before number: Int) -> Duration {
        var pause = pause
        for _ in 1..<max(2, number) where pause < longestPause { pause += pause }
        return number < 2 ? min(self.pause, longestPause) : min(pause, longestPause)
    }
}

/// All that a lane is told.
public struct LaneConfiguration: Sendable {
    /// The membership, handed to the log.
    public var settings: LaneSettings
    public var limits: BatchLimits
    /// Runs of one round after aborted commits.
    public var retries: RetryPolicy
    /// The event time of a record in Unix milliseconds, nil where it is missing or malformed.
    public var eventTime: @Sendable (Record) -> Int64?
    /// Lingering, pauses and durations; nil for the lock-step embedded run, in which no batch
    /// closes by time and retries do not pause.
    public var clock: (any LaneClock)?
    public var observer: (any LaneObserver)?

    public init(
        settings: LaneSettings, limits: BatchLimits = BatchLimits(),
        retries: RetryPolicy = RetryPolicy(), eventTime: @escaping @Sendable (Record) -> Int64?,
        clock: (any LaneClock)? = nil, observer: (any LaneObserver)? = nil
    ) {
        self.settings = settings
        self.limits = limits
        self.retries = retries
        self.eventTime = eventTime
        self.clock = clock
        self.observer = observer
    }
}
