import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What both handlers make of a log event: only known keys, in the order of names.
struct LogRecord {
    var level: Logger.Level
    var message: String
    var label: String
    var fields: [(key: String, value: String)]

    /// - Parameter own: the metadata of the handler; the event's outranks it.
    init(_ event: LogEvent, label: String, own: Logger.Metadata, provider: Logger.Metadata?) {
        level = event.level
        message = event.message.description
        self.label = label
        var all = own
        for more in [provider, event.metadata] {
            all.merge(more ?? [:]) { _, new in new }
        }
        var known: [(key: String, value: String)] = []
        for (key, value) in all where LogKey(rawValue: key) != nil {
            known.append((key, Self.bounded(value.description)))
        }
        let dropped = all.count - known.count
        if dropped > 0 { known.append((LogKey.dropped.rawValue, String(dropped))) }
        fields = known.sorted { $0.key < $1.key }
    }

    /// Values are cut at this many characters (I11).
    static let maximumCharacters = 1_024

    private static func bounded(_ value: String) -> String {
        value.utf8.count <= maximumCharacters
            ? value : String(value.prefix(maximumCharacters)) + "…"
    }
}

/// The wall clock, in UTC: `2026-11-22T02:31:00.123Z`. For logs only.
func wallClockText() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var seconds = now.tv_sec
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date = "\(parts.tm_year + 1900)-\(pad(parts.tm_mon + 1, 2))-\(pad(parts.tm_mday, 2))"
    let time = "\(pad(parts.tm_hour, 2)):\(pad(parts.tm_min, 2)):\(pad(parts.tm_sec, 2))"
    return "\(date)T\(time).\(pad(Int32(now.tv_nsec / 1_000_000), 3))Z"
}

private func pad(_ number: Int32, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Writes whole lines to a file descriptor, standard error unless told otherwise.
public struct LineWriter: Sendable {
    private let descriptor: Int32

    public init(descriptor: Int32 = 2) { self.descriptor = descriptor }

    /// One `write` a line, so that lines of several threads do not mix.
    public func callAsFunction(_ line: String) {
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        var done = 0
        bytes.withUnsafeBytes { raw in
            while done < raw.count {
                let rest = UnsafeRawBufferPointer(rebasing: raw[done...])
                let wrote = write(descriptor, rest.baseAddress, rest.count)
                if wrote <= 0 { return }
                done += wrote
            }
        }
    }
}
