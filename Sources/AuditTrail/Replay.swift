public import Streaming

/// Runs a task's recorded batches through its stage again, and compares what the stage writes with
/// what the ledger says it wrote (I4).
///
/// The stage must be fresh, built over a `RewoundLog` so that it finds no state of its own, and with
/// the settings, pack and key that the ledger cites.
public struct Replay: Sendable {
    /// What is read and compared.
    public struct Request: Sendable {
        /// The task.
        public var task: TaskID
        /// Its ledger records' values, from sequence 0, in order.
        public var ledger: [[UInt8]]
        /// The ledger's topic, to find the new record among the stage's outputs.
        public var ledgerTopic: String
        /// The event time that orders records, as lanes have it.
        public var eventTime: @Sendable (Record) -> Int64?
        /// Called before each batch, to pin what the record cites, such as the bank's version.
        public var pin: @Sendable (LedgerEntry) async throws -> Void

        /// Makes a request.
        public init(
            task: TaskID, ledger: [[UInt8]], ledgerTopic: String,
            eventTime: @escaping @Sendable (Record) -> Int64?,
            pin: @escaping @Sendable (LedgerEntry) async throws -> Void = { _ in }
        ) {
            self.task = task
            self.ledger = ledger
            self.ledgerTopic = ledgerTopic
            self.eventTime = eventTime
            self.pin = pin
        }
    }

    private let request: Request
    private let log: any EventLog
    private var inputs: [TopicPartition: RangeReader] = [:]

    /// - Parameter log: where the task's inputs are read.
    public init(_ request: Request, log: any EventLog) {
        self.request = request
        self.log = log
    }

    /// Replays from the first record to the last, or to the first difference, after which nothing
    /// can be alike.
    /// - Throws: what keeps the replay from going on; a difference is a result, not an error.
    public mutating func run(through stage: any Stage) async throws -> ReplayResult {
        var result = ReplayResult(task: request.task)
        do {
            _ = try await stage.open(request.task)
            for bytes in request.ledger {
                let entry = try LedgerEntry(wireBytes: bytes)
                if let genesis = entry.genesis {
                    let positions = genesis.map { ($0.source, $0.offset) }
                    try await stage.begin(
                        request.task, at: Dictionary(positions) { first, _ in first })
                }
                guard try await replay(entry, bytes, through: stage, &result) else { break }
            }
        } catch {
            await close()
            throw error
        }
        await close()
        await stage.close(request.task)
        return result
    }

    /// - Returns: whether the batch came out the same.
    private mutating func replay(
        _ entry: LedgerEntry, _ recorded: [UInt8], through stage: any Stage,
        _ result: inout ReplayResult
    ) async throws -> Bool {
        try await request.pin(entry)
        var sources: [[Record]] = []
        for input in entry.inputs {
            let records = try await read(input.range)
            if records.count != Int(input.range.delivered) {
                result.difference = ReplayDifference(
                    sequence: entry.sequence, part: .input(input.range.source))
                return false
            }
            sources.append(records)
        }
        let batch = TaskBatch(
            task: request.task, ranges: entry.inputs.map(\.range),
            records: TaskMerger.order(sources, eventTime: request.eventTime))
        let output = try await stage.process([batch])
        await stage.publish()
        result.batches += 1
        result.records += batch.records.count
        guard let again = newLedgerRecord(in: output), again != recorded else {
            if newLedgerRecord(in: output) != nil { return true }
            result.difference = ReplayDifference(sequence: entry.sequence, part: .noLedgerRecord)
            return false
        }
        result.difference = ReplayDifference(
            sequence: entry.sequence,
            part: try ReplayDifference.part(entry, LedgerEntry(wireBytes: again)))
        return false
    }

    private func newLedgerRecord(in output: OutputBatch) -> [UInt8]? {
        guard let topic = output.topics.firstIndex(of: request.ledgerTopic) else { return nil }
        for entry in output.entries where entry.topic == topic {
            return entry.value.map { Array(output.bytes[$0]) }
        }
        return nil
    }

    private mutating func read(_ range: OffsetRange) async throws(LogError) -> [Record] {
        if inputs[range.source] == nil {
            let reader = try await log.openReader(range.source, from: range.from, follow: false)
            inputs[range.source] = RangeReader(reader)
        }
        guard var source = inputs.removeValue(forKey: range.source) else { return [] }
        let records = try await source.take(below: range.to)
        inputs[range.source] = source
        return records
    }

    private func close() async {
        for source in inputs.values { await source.reader.close() }
    }
}

/// Hands out the records of rising ranges.
private struct RangeReader: Sendable {
    let reader: any LogReader
    private var held: [Record] = []
    private var isDone = false

    init(_ reader: any LogReader) { self.reader = reader }

    mutating func take(below end: Int64) async throws(LogError) -> [Record] {
        while !isDone, held.last.map({ $0.offset < end - 1 }) ?? true {
            guard let chunk = try await reader.next() else {
                isDone = true
                break
            }
            for index in 0..<chunk.count { held.append(chunk[index]) }
        }
        let taken = held.prefix { $0.offset < end }
        held.removeFirst(taken.count)
        return Array(taken)
    }
}

/// What a replay came to.
public struct ReplayResult: Hashable, Sendable {
    /// The task.
    public var task: TaskID
    /// Batches run.
    public var batches = 0
    /// Records in them.
    public var records = 0
    /// The first difference; nil where all came out the same, byte for byte.
    public var difference: ReplayDifference?
}

/// Where a replay left the record.
public struct ReplayDifference: Hashable, Sendable, CustomStringConvertible {
    /// What is not the same; the first that applies.
    public enum Part: Hashable, Sendable {
        /// The source no longer holds what was delivered.
        case input(TopicPartition)
        /// The stage wrote no ledger record.
        case noLedgerRecord
        /// The settings, pack, bank or key are not those of the record.
        case context
        case outcomes
        case outputs
        case changelog
        /// Only the form of the ledger record.
        case record
    }

    /// The batch.
    public var sequence: UInt64
    /// What.
    public var part: Part

    /// In words.
    public var description: String {
        switch part {
        case .input(let source): "batch \(sequence): \(source) no longer holds what was delivered"
        case .noLedgerRecord: "batch \(sequence): the stage wrote no ledger record"
        case .context: "batch \(sequence): other settings, pack, bank or key than recorded"
        case .outcomes: "batch \(sequence): other outcomes"
        case .outputs: "batch \(sequence): other outputs"
        case .changelog: "batch \(sequence): other changes of state"
        case .record: "batch \(sequence): another ledger record"
        }
    }

    static func part(_ recorded: LedgerEntry, _ again: LedgerEntry) -> Part {
        if recorded.context != again.context { return .context }
        if recorded.outcomes != again.outcomes || recorded.inputs != again.inputs {
            return .outcomes
        }
        if recorded.outputDigest != again.outputDigest { return .outputs }
        if recorded.changelogDigest != again.changelogDigest { return .changelog }
        return .record
    }
}

/// A log that hides what a stage has written to itself: its changelogs read as empty, so that it
/// starts over. Nothing can be written through it.
public struct RewoundLog: EventLog {
    private let log: any EventLog
    private let hidden: Set<String>

    /// - Parameter hiding: the topics of the stages' state.
    public init(_ log: any EventLog, hiding: Set<String>) {
        self.log = log
        hidden = hiding
    }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await log.partitionCount(of: topic)
    }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        hidden.contains(source.topic)
            ? LogBounds(low: 0, end: 0) : try await log.bounds(of: source)
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        hidden.contains(source.topic)
            ? EmptyReader() : try await log.openReader(source, from: from, follow: follow)
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        throw LogError(.rejected, "a rewound log has no lanes")
    }

    public func openWriter() async throws(LogError) -> any LogWriter {
        throw LogError(.rejected, "a rewound log cannot be written")
    }
}

private struct EmptyReader: LogReader {
    func next() async throws(LogError) -> RecordChunk? { nil }
    var position: Int64 { get async { 0 } }
    func close() async {}
}
