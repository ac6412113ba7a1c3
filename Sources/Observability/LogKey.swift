public import Logging

/// Every key of log metadata; the only place that spells one. The handlers write no other key, so
/// data that nobody meant to log cannot reach a log (I10).
public enum LogKey: String, Sendable, CaseIterable {
    case stage = "pipeline.stage"
    case lane = "pipeline.lane"
    case task = "pipeline.task"
    case partition = "pipeline.partition"
    case instance = "pipeline.instance"
    case batchRecords = "batch.records"
    case batchBytes = "batch.bytes"
    case sequence = "ledger.sequence"
    case packDigest = "pack.digest"
    case packName = "pack.name"
    case warming = "pack.warming_features"
    case classifierProvider = "classifier.provider"
    case classifierModel = "classifier.model"
    case classifierVersion = "classifier.version"
    case bankVersion = "bank.version"
    case bankEntries = "bank.entries"
    case bankImageBytes = "bank.image_bytes"
    case topic = "kafka.topic"
    case kafkaPartition = "kafka.partition"
    case offset = "kafka.offset"
    case group = "kafka.group"
    case brokers = "kafka.brokers"
    case kafkaLevel = "kafka.level"
    case kafkaFacility = "kafka.facility"
    case eventID = "event.id"
    case rejection = "event.rejection"
    case field = "event.field"
    case errorCode = "error.code"
    case errorMessage = "error.message"
    case errorRetriable = "error.retriable"
    case duration = "duration.ms"
    case deadline = "deadline.ms"
    case count = "count"
    case remaining = "restore.remaining"
    case restored = "restore.records"
    case component = "health.component"
    case condition = "health.condition"
    case signal = "process.signal"
    case version = "process.version"
    case httpAddress = "http.address"
    case httpPath = "http.path"
    case httpStatus = "http.status"
    case configPath = "config.path"
    case configKey = "config.key"
    case directory = "log.directory"
    case dropped = "log.dropped_keys"
}

extension Logger {
    /// Logs a constant message; what varies goes into `data`.
    public func log(
        _ level: Level, _ message: StaticString, _ data: KeyValuePairs<LogKey, String>,
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        guard level >= logLevel else { return }
        var metadata: Metadata = [:]
        for (key, value) in data { metadata[key.rawValue] = .string(value) }
        log(
            level: level, "\(message)", metadata: metadata, file: file, function: function,
            line: line)
    }
}
