public import Logging

/// Log lines for a person at a terminal: time, level, message, then `key=value`.
public struct TerminalLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let isColoured: Bool
    private let output: @Sendable (String) -> Void

    public init(
        label: String, level: Logger.Level = .info, isColoured: Bool,
        output: (@Sendable (String) -> Void)? = nil
    ) {
        self.label = label
        logLevel = level
        self.isColoured = isColoured
        let writer = LineWriter()
        self.output = output ?? { writer($0) }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let record = LogRecord(
            event, label: label, own: metadata, provider: metadataProvider?.get())
        let level = "\(record.level)"
        let shown = level + String(repeating: " ", count: max(1, 9 - level.utf8.count))
        var line = "\(wallClockText().dropFirst(11).dropLast(5)) \(paint(shown, record.level))"
        line += record.message
        for (key, value) in record.fields {
            line += dim(" \(key)=") + (value.contains(" ") ? jsonString(value) : value)
        }
        output(line)
    }

    private func dim(_ text: String) -> String {
        isColoured ? "\u{1b}[2m\(text)\u{1b}[0m" : text
    }

    private func paint(_ text: String, _ level: Logger.Level) -> String {
        guard isColoured else { return text }
        switch level {
        case .trace, .debug: return "\u{1b}[2m\(text)\u{1b}[0m"
        case .info, .notice: return "\u{1b}[32m\(text)\u{1b}[0m"
        case .warning: return "\u{1b}[33m\(text)\u{1b}[0m"
        case .error, .critical: return "\u{1b}[31m\(text)\u{1b}[0m"
        }
    }
}
