/// A point in time: milliseconds since 1970-01-01T00:00:00Z, no time zone.
public struct Instant: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

    /// Saturates instead of overflowing, for instants come from data.
    public static func + (a: Instant, b: TimeSpan) -> Instant {
        let (sum, overflow) = a.milliseconds.addingReportingOverflow(b.milliseconds)
        return Instant(milliseconds: overflow ? (b.milliseconds > 0 ? .max : .min) : sum)
    }

    public static func - (a: Instant, b: TimeSpan) -> Instant {
        a + TimeSpan(milliseconds: b.milliseconds == .min ? .max : -b.milliseconds)
    }

    /// How long after `b` the instant `a` is, saturating.
    public static func - (a: Instant, b: Instant) -> TimeSpan {
        let (d, overflow) = a.milliseconds.subtractingReportingOverflow(b.milliseconds)
        return TimeSpan(milliseconds: overflow ? (a > b ? .max : .min) : d)
    }
}

/// A length of time in milliseconds.
public struct TimeSpan: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }

    public static func seconds(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 1_000) }
    public static func minutes(_ n: Int64) -> TimeSpan { .seconds(n * 60) }
    public static func hours(_ n: Int64) -> TimeSpan { .minutes(n * 60) }
    public static func days(_ n: Int64) -> TimeSpan { .hours(n * 24) }
}
