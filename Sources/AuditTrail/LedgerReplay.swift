internal import SafetyModel
public import Streaming

/// Runs a task's recorded batches through a stage again and compares what comes out with what the
/// ledger says came out (I4).
///
/// The batches are the recorded ranges; their order is the engine's own merge. The stage must have no
/// history: open it on a `ReplayLog` that hides its changelog.
public struct LedgerReplay: Sendable {
    private let log: any EventLog
    private let ledgerTopic: String
    private let eventTime: @Sendable (Record) -> Int64?

    /// - Parameter eventTime: what the lanes were given.
    public init(
        log: any EventLog, ledgerTopic: String,
        eventTime: @escaping @Sendable (Record) -> Int64?
    ) {
        self.log = log
        self.ledgerTopic = ledgerTopic
        self.eventTime = eventTime
    }

    /// Replays a task from its genesis, up to the first batch that differs.
    /// - Parameters:
    ///   - ledger: the task's records from the first on; nil to read them from the log.
    ///   - prepare: called before each batch, to bring the bank to the recorded version.
    /// - Throws: `LedgerFault` where the ledger itself is wrong; what log and stage throw.
    public func run(
        _ task: TaskID, ledger: [[UInt8]]? = nil, through stage: any Stage,
        prepare: (LedgerEntry) async throws -> Void = { _ in }
    ) async throws -> ReplayReport {
        var verifier = LedgerVerifier(task: task)
        var entries: [LedgerEntry] = []
        var recorded = ledger ?? []
        if ledger == nil {
            recorded = try await readLedger(of: task, topic: ledgerTopic, in: log)
        }
        for value in recorded {
            entries.append(try verifier.check(value))
        }
        var report = ReplayReport(task: task)
        guard let first = entries.first else { return report }
        let genesis = first.genesis ?? []
        guard try await stage.open(task) == nil else { throw ReplayError.hasHistory(task) }
        try await stage.begin(
            task,
            at: Dictionary(
                genesis.map { ($0.source, $0.offset) }, uniquingKeysWith: { first, _ in first }))
        var readers: [TopicPartition: RangeReader] = [:]
        for entry in entries {
            try await prepare(entry)
            let batch = try await self.batch(of: entry, &readers)
            report.batches += 1
            report.records += batch.records.count
            if let difference = try await replay(entry, batch, through: stage) {
                report.difference = difference
                break
            }
        }
        for reader in readers.values { await reader.close() }
        await stage.close(task)
        return report
    }

    private func batch(
        of entry: LedgerEntry, _ readers: inout [TopicPartition: RangeReader]
    ) async throws -> TaskBatch {
        var records: [[Record]] = []
        for input in entry.inputs {
            let range = input.range
            var reader: RangeReader
            if let open = readers[range.source] {
                reader = open
            } else {
                reader = try await RangeReader(range.source, from: range.from, in: log)
            }
            records.append(try await reader.take(below: range.to))
            readers[range.source] = reader
        }
        return TaskBatch(
            task: entry.task, ranges: entry.inputs.map(\.range),
            records: TaskMerger.order(records, eventTime: eventTime))
    }

    private func replay(
        _ entry: LedgerEntry, _ batch: TaskBatch, through stage: any Stage
    ) async throws -> ReplayDifference? {
        var delivered: [TopicPartition: Int64] = [:]
        for record in batch.records { delivered[record.source, default: 0] += 1 }
        for input in entry.inputs {
            let found = delivered[input.range.source] ?? 0
            if found != input.range.delivered {
                return ReplayDifference(
                    entry,
                    [.delivered(input.range, found: found)])
            }
        }
        let output = try await stage.process([batch])
        let key = Array("\(entry.task)".utf8)
        for record in output.entries where output.topics[record.topic] == ledgerTopic {
            guard let range = record.value, record.key.map({ Array(output.bytes[$0]) }) == key
            else { continue }
            let again = try LedgerEntry(wireBytes: Array(output.bytes[range]))
            await stage.publish()
            let aspects = ReplayDifference.aspects(recorded: entry, replayed: again)
            return aspects.isEmpty ? nil : ReplayDifference(entry, aspects)
        }
        throw ReplayError.noLedgerRecord(entry.task)
    }
}

/// Why a replay could not be made.
public enum ReplayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stage restored something; it must start empty.
    case hasHistory(TaskID)
    /// The stage wrote no ledger record for a batch.
    case noLedgerRecord(TaskID)

    /// In words.
    public var description: String {
        switch self {
        case .hasHistory(let task): "task \(task) was opened with history; hide its changelog"
        case .noLedgerRecord(let task): "task \(task) wrote no ledger record for a batch"
        }
    }
}
