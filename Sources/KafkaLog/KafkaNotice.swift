/// Something an operator may want to see, in the log or as a metric. Holds no record content and no
/// property values.
public enum KafkaNotice: Sendable {
    /// As syslog counts: 3 and below are errors, 4 a warning, 5 a notice, 6 and above details.
    public typealias Level = Int

    /// The client library said something. `facility` is its short code, such as `FAIL`.
    case library(level: Level, facility: String, text: String)
    /// A member of a group met an error that it survives; `code` is the library's name for it.
    case consumerError(instance: String, code: String)
    /// A lane holds its source back because its buffers are full (true), or reads on (false).
    case heldBack(instance: String, Bool)
    /// A lane did not release its partitions before the deadline.
    case releaseOverdue(instance: String)
}
