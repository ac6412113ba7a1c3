public import Streaming

/// A small honest stage: counts records by key, keeps the counts and its positions in a state
/// topic, writes one output for each record and one ledger record for each batch. Its partitions
/// are the task's own. What it wrote can be checked with `CountingCheck`.
public actor CountingStage: Stage {
    /// The topics that the stage writes to.
    public struct Topics: Sendable {
        public var state: String
        public var output: String
        public var ledger: String

        public init(state: String, output: String, ledger: String) {
            self.state = state
            self.output = output
            self.ledger = ledger
        }
    }

    private struct Row {
        var counts: [[UInt8]: Int64] = [:]
        var positions: [TopicPartition: Int64]?
    }

    private let log: any EventLog
    private let topics: Topics
    private var tasks: [TaskID: Row] = [:]
    private var overlay: [TaskID: Row]?
    /// The tasks opened and closed, in turn: "open 3", "begin 3", "close 3".
    public private(set) var history: [String] = []
    /// Batches processed, retries included.
    public private(set) var rounds: [[TaskBatch]] = []
    public private(set) var published = 0
    public private(set) var discarded = 0

    public init(log: any EventLog, topics: Topics) {
        self.log = log
        self.topics = topics
    }

    public func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? {
        history.append("open \(task.partition)")
        var row = Row()
        let reader = try await log.openReader(
            TopicPartition(topics.state, task.partition), from: 0, follow: false)
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count {
                let record = chunk[index]
                guard let key = record.bytes(of: .key), let value = record.bytes(of: .value) else {
                    continue
                }
                if key == Array("meta".utf8) {
                    row.positions = Self.positions(value)
                } else {
                    row.counts[Array(key.dropFirst(6))] = Int64(
                        String(decoding: value, as: UTF8.self))
                }
            }
        }
        await reader.close()
        tasks[task] = row
        return row.positions
    }

    public func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {
        history.append("begin \(task.partition)")
        tasks[task]?.positions = positions
    }

    public func close(_ task: TaskID) async {
        history.append("close \(task.partition)")
        tasks[task] = nil
        overlay?[task] = nil
    }

    public func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        guard overlay == nil else { throw LogError(.rejected, "the last round is not settled") }
        rounds.append(round)
        var output = OutputBatch()
        var changed: [TaskID: Row] = [:]
        for batch in round {
            guard var row = tasks[batch.task] else {
                throw LogError(.rejected, "\(batch.task) is not open")
            }
            try run(batch, &row, &output)
            changed[batch.task] = row
        }
        overlay = changed
        return output
    }

    private func run(_ batch: TaskBatch, _ row: inout Row, _ output: inout OutputBatch) throws {
        let partition = batch.task.partition
        var touched: Set<[UInt8]> = []
        for record in batch.records {
            let key = record.bytes(of: .key) ?? []
            row.counts[key, default: 0] += 1
            touched.insert(key)
            output.append(
                topic: topics.output, partition: partition, key: key,
                value: Array("\(record.source)@\(record.offset)=\(row.counts[key] ?? 0)".utf8))
        }
        for key in touched.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            output.append(
                topic: topics.state, partition: partition, key: Array("count:".utf8) + key,
                value: Array("\(row.counts[key] ?? 0)".utf8))
        }
        var positions = row.positions ?? [:]
        for range in batch.ranges {
            guard positions[range.source] == range.from else {
                throw LogError(.rejected, "\(range.source) goes on at \(range.from)")
            }
            positions[range.source] = range.to
        }
        row.positions = positions
        output.append(
            topic: topics.state, partition: partition, key: Array("meta".utf8),
            value: Self.bytes(positions))
        let ledger = batch.ranges
            .map { "\($0.source.topic) \($0.from) \($0.to) \($0.delivered)" }
            .joined(separator: "\n")
        output.append(
            topic: topics.ledger, partition: partition, key: Array("\(batch.task)".utf8),
            value: Array(ledger.utf8))
    }

    public func publish() async {
        published += 1
        for (task, row) in overlay ?? [:] { tasks[task] = row }
        overlay = nil
    }

    public func discard() async {
        discarded += 1
        overlay = nil
    }

    private static func bytes(_ positions: [TopicPartition: Int64]) -> [UInt8] {
        Array(
            positions.keys.sorted()
                .map { "\($0.topic) \($0.partition) \(positions[$0] ?? 0)" }
                .joined(separator: "\n").utf8)
    }

    private static func positions(_ bytes: [UInt8]) -> [TopicPartition: Int64] {
        var positions: [TopicPartition: Int64] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 3, let partition = Int32(fields[1]), let next = Int64(fields[2])
            else { continue }
            positions[TopicPartition(String(fields[0]), partition)] = next
        }
        return positions
    }
}
