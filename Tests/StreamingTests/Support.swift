import Streaming
import StreamingTesting

/// A record of the tests: a key and an event time that is its value.
func eventTime(_ record: Record) -> Int64? {
    record.bytes(of: .eventTime).flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
}

func chunk(
    _ topic: String, partition: Int32 = 0, _ records: [(offset: Int64, time: Int64)]
) -> RecordChunk {
    var builder = RecordChunkBuilder(sources: [TopicPartition(topic, partition)])
    for record in records {
        builder.append(
            source: 0, offset: record.offset, timestamp: record.time,
            key: Array("\(topic)\(record.offset)".utf8), value: [],
            headers: [Header("ce_time", "\(record.time)")])
    }
    return builder.finish()
}

func label(_ record: Record) -> String { "\(record.source.topic)\(record.offset)" }

/// A log with the topics of a counting stage, and all that is needed to run one.
struct Bench {
    static let sources = ["a", "b", "c"]
    static let outputs = CountingStage.Topics(state: "state", output: "out", ledger: "ledger")

    let log: MemoryLog
    let partitions: Int32

    init(partitions: Int32 = 2, gap: Int64 = 1) throws {
        log = MemoryLog(gapAfterTransaction: gap) { 0 }
        self.partitions = partitions
        for topic in Self.sources + ["state", "out", "ledger"] {
            try log.createTopic(topic, partitions: partitions)
        }
    }

    func write(
        _ topic: String, partition: Int32, times: [Int64], keys: Int = 3
    ) async throws {
        let writer = try await log.openWriter()
        var output = OutputBatch()
        for (index, time) in times.enumerated() {
            output.append(
                topic: topic, partition: partition, key: Array("k\(index % keys)".utf8),
                value: Array("v".utf8), headers: [Header("ce_time", "\(time)")], timestamp: time)
        }
        try await writer.write(output)
        await writer.close()
    }

    func settings(instance: String? = nil, buffered: Int = 40_000) -> LaneSettings {
        LaneSettings(
            stage: "test", topics: Self.sources, group: "group", instance: instance,
            maximumBufferedRecords: buffered)
    }

    func lane(
        on faulty: (any EventLog)? = nil, stage: any Stage, instance: String? = nil,
        limits: BatchLimits = BatchLimits(records: 10), buffered: Int = 40_000,
        retries: RetryPolicy = RetryPolicy(), clock: (any LaneClock)? = nil,
        observer: (any LaneObserver)? = nil
    ) -> Lane {
        Lane(
            log: faulty ?? log, stage: stage,
            configuration: LaneConfiguration(
                settings: settings(instance: instance, buffered: buffered), limits: limits,
                retries: retries, eventTime: eventTime, clock: clock, observer: observer))
    }

    func stage() -> CountingStage { CountingStage(log: log, topics: Self.outputs) }

    var check: CountingCheck {
        CountingCheck(log: log, sources: Self.sources, topics: Self.outputs)
    }

    func committed() async throws -> [TopicPartition: Int64] {
        let all = Self.sources.flatMap { topic in
            (0..<partitions).map { TopicPartition(topic, $0) }
        }
        return try log.committed(group: "group").filter { all.contains($0.key) }
    }
}
