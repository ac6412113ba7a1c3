public import Logging

/// One JSON object a line: `ts`, `level`, `logger`, `message`, then the metadata by dotted key.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: @Sendable (String) -> Void
    private let clock: @Sendable () -> String

    /// - Parameters:
    ///   - output: takes a line without its end; nil for standard error.
    ///   - clock: the time as text; nil for the wall clock.
    public init(
        label: String, level: Logger.Level = .info, output: (@Sendable (String) -> Void)? = nil,
        clock: (@Sendable () -> String)? = nil
    ) {
        self.label = label
        logLevel = level
        let writer = LineWriter()
        self.output = output ?? { writer($0) }
        self.clock = clock ?? { wallClockText() }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let record = LogRecord(
            event, label: label, own: metadata, provider: metadataProvider?.get())
        var line = "{\"ts\":\"\(clock())\",\"level\":\"\(record.level)\""
        line += ",\"logger\":\(jsonString(label)),\"message\":\(jsonString(record.message))"
        for (key, value) in record.fields { line += ",\(jsonString(key)):\(jsonString(value))" }
        output(line + "}")
    }
}

/// The value as a JSON string with its quotes.
public func jsonString(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\u{0}"..."\u{1f}", "\u{7f}", "\u{2028}", "\u{2029}":
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }
    return text + "\""
}
