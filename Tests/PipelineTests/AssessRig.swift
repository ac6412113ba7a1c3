import AuditTrail
import CyberTip
import EventSchemas
import FoundationEssentials
import Pipeline
import Policy
import SafetyModel
import Streaming
import Testing

/// Assess over an in-memory log, without a broker.
struct AssessRig {
    let log: MemoryLog
    var settings: PipelineSettings
    let sealer: Sealer
    var pack = Pack.builtin
    var texts = TextLibrary()

    /// The time stamp of the log's records.
    static let logTime: Int64 = 1_800_000_000_000
    /// An hour before, when things happen.
    static let start = Instant(milliseconds: logTime - 3_600_000)

    init(partitions: Int32 = 1) throws {
        log = MemoryLog(gapAfterTransaction: 1) { Self.logTime }
        settings = PipelineSettings(partitions: partitions)
        sealer = Sealer(try SealingKey(bytes: Array(1...32), id: "test"))
        let topics = settings.topics
        for topic in topics.assessSources + [topics.assessState, topics.ledger, topics.deadLetters]
        {
            try log.createTopic(topic, partitions: partitions)
        }
        for topic in [topics.hashEntries, topics.proposals, topics.packs] {
            try log.createTopic(topic, partitions: 1)
        }
    }

    func home(_ id: String) -> Int32 {
        settings.partitioner.partition(of: id.utf8, count: settings.partitions)
    }

    func stage(
        on log: (any EventLog)? = nil, observer: @escaping PipelineObserver = { _ in }
    ) -> AssessStage {
        let log = log ?? self.log
        let bank = BankFeed(log: log, topic: settings.topics.hashEntries, sealer: sealer)
        return AssessStage(
            settings: settings, pack: pack, bank: bank, log: log, sealer: sealer,
            texts: TextFeed(texts), observer: observer)
    }

    /// Runs a lane with a chain of its own until all is processed, then gives everything back.
    @discardableResult
    func run(batch: Int = 1_000, observer: @escaping PipelineObserver = { _ in }) async throws
        -> Int
    {
        let lane = lane(stage(observer: observer), batch: batch)
        let count = try await lane.runUntilQuiet()
        await lane.close()
        return count
    }

    /// A lane over the sources of Assess.
    func lane(_ stage: AssessStage, batch: Int) -> Lane {
        Lane(
            log: log, stage: stage,
            configuration: LaneConfiguration(
                settings: LaneSettings(
                    stage: AssessStage.name, topics: settings.topics.assessSources,
                    group: AssessStage.name),
                limits: BatchLimits(records: batch),
                eventTime: { RecordTime.eventTime(of: $0) }))
    }

    func send(_ records: [Input]) async throws {
        var output = OutputBatch()
        for record in records {
            output.append(
                topic: record.topic, partition: record.partition ?? home(record.key),
                key: Array(record.key.utf8), value: record.value, headers: record.headers,
                timestamp: Self.logTime)
        }
        let writer = try await log.openWriter()
        try await writer.write(output)
        await writer.close()
    }

    func read(_ topic: String) async throws -> [Record] {
        var records: [Record] = []
        for partition in 0..<(try await log.partitionCount(of: topic) ?? 0) {
            let reader = try await log.openReader(
                TopicPartition(topic, partition), from: 0, follow: false)
            while let chunk = try await reader.next() {
                for index in 0..<chunk.count { records.append(chunk[index]) }
            }
            await reader.close()
        }
        return records
    }

    func proposals() async throws -> [Proposal] {
        let decoder = EventDecoder(sealer: sealer)
        return try await read(settings.topics.proposals).map { record in
            try record.withView { try decoder.proposal($0) }
        }
    }

    /// The ledger of each task, checked.
    func ledgers() async throws -> [TaskID: [LedgerEntry]] {
        var ledgers: [TaskID: [LedgerEntry]] = [:]
        for partition in 0..<settings.partitions {
            let task = TaskID(stage: AssessStage.name, partition: partition)
            var verifier = LedgerVerifier(task: task)
            ledgers[task] = try await readLedger(
                of: task, topic: settings.topics.ledger, in: log
            ).map { try verifier.check($0) }
        }
        return ledgers
    }

    /// All records by outcome, over all tasks.
    func outcomes() async throws -> [Outcome: UInt64] {
        var counts: [Outcome: UInt64] = [:]
        for entry in try await ledgers().values.joined() {
            for item in entry.outcomes { counts[item.outcome, default: 0] += item.count }
        }
        return counts
    }

    func deadLetters() async throws -> [PBDeadLetter] {
        try await read(settings.topics.deadLetters).map { record in
            try #require(PBDeadLetter(canonicalBytes: record.bytes(of: .value) ?? []))
        }
    }
}

/// One record to send.
struct Input {
    var topic: String
    var key: String
    /// nil for the key's home.
    var partition: Int32?
    var value: [UInt8]?
    var headers: [Header]

    init(
        _ topic: String, key: String, type: String, id: String, time: Instant,
        value: [UInt8]?, contentType: String = "application/protobuf"
    ) {
        self.topic = topic
        self.key = key
        self.value = value
        headers = [
            Header("ce_specversion", "1.0"), Header("ce_id", id), Header("ce_type", type),
            Header("ce_source", "platform/test"), Header("ce_time", time.rfc3339),
            Header("ce_subject", key), Header("content-type", contentType),
        ]
    }

    func with(_ name: String, _ value: String?) -> Input {
        var copy = self
        copy.headers.removeAll { $0.name == name }
        if let value { copy.headers.append(Header(name, value)) }
        return copy
    }

    func with(value: [UInt8]?) -> Input {
        var copy = self
        copy.value = value
        return copy
    }

    func at(_ partition: Int32) -> Input {
        var copy = self
        copy.partition = partition
        return copy
    }
}
