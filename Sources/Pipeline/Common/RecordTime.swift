internal import SafetyModel
public import Streaming

/// What lanes and replays use to place a record among those of other sources.
public enum RecordTime {
    /// `ce_time` in Unix milliseconds; nil where it is missing or malformed.
    public static func eventTime(of record: Record) -> Int64? {
        record.withBytes(of: .eventTime) { bytes in
            bytes.flatMap { Instant(rfc3339: $0) }?.milliseconds
        }
    }
}
