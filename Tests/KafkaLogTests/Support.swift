import KafkaLog
import KafkaTesting
import Streaming
import Testing

/// A log over the shared broker with topics of its own.
struct Fixture {
    let broker: TestBroker
    let log: KafkaLog
    let prefix: String

    static func make(_ settings: KafkaSettings? = nil) async throws -> Fixture {
        let broker = try await TestBroker.shared
        var own = settings ?? KafkaSettings(brokers: "")
        own.brokers = broker.address
        own.sessionTimeout = .seconds(6)
        return Fixture(
            broker: broker, log: try KafkaLog(own),
            prefix: "t\(String(UInt32.random(in: .min ... .max), radix: 36))")
    }

    func topic(_ name: String, partitions: Int32 = 1) async throws -> String {
        let full = "\(prefix).\(name)"
        let made = try await log.createTopics([TopicPlan(full, partitions: partitions)])
        #expect(made.map(\.created) == [true])
        return full
    }

    func lane(_ topics: [String], instance: String? = nil) -> LaneSettings {
        LaneSettings(
            stage: "test", topics: topics, group: "\(prefix).group",
            instance: instance.map { "\(prefix).\($0)" })
    }

    /// Writes records in one transaction, in order.
    func write(_ records: [(topic: String, partition: Int32, value: String)]) async throws {
        var output = OutputBatch()
        for record in records {
            output.append(
                topic: record.topic, partition: record.partition, key: Array("k".utf8),
                value: Array(record.value.utf8))
        }
        let writer = try await log.openWriter()
        try await writer.write(output)
        await writer.close()
    }

    /// Committed values of a partition, to its present end.
    func values(_ topic: String, _ partition: Int32 = 0) async throws -> [String] {
        let reader = try await log.openReader(
            TopicPartition(topic, partition), from: 0, follow: false)
        var found: [String] = []
        while let chunk = try await reader.next() { found += chunk.values }
        await reader.close()
        return found
    }
}

extension RecordChunk {
    var records: [Record] { (0..<count).map { self[$0] } }

    var values: [String] { records.map { $0.text(.value) ?? "none" } }
}

extension Record {
    func text(_ field: RecordField) -> String? {
        bytes(of: field).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension LaneLog {
    /// Events until `isLast` says so, or until the time is up.
    func events(
        within limit: Duration = .seconds(20), until isLast: (LaneEvent) -> Bool
    ) async throws -> [LaneEvent] {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var seen: [LaneEvent] = []
        while clock.now < deadline {
            guard let event = try await next(wait: .milliseconds(200)) else { continue }
            seen.append(event)
            if isLast(event) { return seen }
        }
        Issue.record("nothing of the kind within \(limit); seen \(seen.map(\.kind))")
        return seen
    }

    /// Waits for the next assignment and starts it.
    /// - Parameter positions: where to start what has no committed offset.
    func startNext(from position: Int64 = 0) async throws -> [TopicPartition] {
        let seen = try await events { $0.kind == "assigned" }
        guard case .assigned(let sources)? = seen.last else { return [] }
        var positions = try await committed(sources)
        for source in sources where positions[source] == nil { positions[source] = position }
        try await start(positions)
        return sources
    }
}

extension LaneEvent {
    var kind: String {
        switch self {
        case .assigned: "assigned"
        case .revoked: "revoked"
        case .lost: "lost"
        case .records: "records"
        case .drained: "drained"
        }
    }

    var values: [String] {
        if case .records(let chunk) = self { return chunk.values }
        return []
    }
}

extension CommitResult {
    var kind: String {
        switch self {
        case .committed: "committed"
        case .aborted: "aborted"
        case .fenced: "fenced"
        case .unknown: "unknown"
        }
    }
}

extension OutputBatch {
    static func one(_ topic: String, _ value: String, partition: Int32 = 0) -> OutputBatch {
        var output = OutputBatch()
        output.append(
            topic: topic, partition: partition, key: Array("k".utf8), value: Array(value.utf8))
        return output
    }
}
