/// Where a record stands among those of other sources: its event time, or its time stamp where the
/// event time is missing, malformed or impossible.
public enum MergeKey {
    /// How far an event time may lie beyond the record's time stamp, in milliseconds.
    public static let tolerance: Int64 = 600_000

    /// The key in Unix milliseconds.
    @inlinable
    public static func of(eventTime: Int64?, timestamp: Int64) -> Int64 {
        guard let eventTime else { return timestamp }
        let (limit, overflow) = timestamp.addingReportingOverflow(tolerance)
        return overflow || eventTime <= limit ? eventTime : timestamp
    }
}
