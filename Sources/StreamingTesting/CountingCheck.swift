public import Streaming

/// Reads what `CountingStage`s wrote and says what is wrong with it; empty where nothing is.
public struct CountingCheck: Sendable {
    private let log: any EventLog
    private let sources: [String]
    private let topics: CountingStage.Topics

    /// - Parameter sources: the stage's topics.
    public init(log: any EventLog, sources: [String], topics: CountingStage.Topics) {
        self.log = log
        self.sources = sources
        self.topics = topics
    }

    /// Each delivered record has one output, counts rise by one for each key, ranges tile each
    /// source from its first offset to its last record.
    public func faults() async throws -> [String] {
        var faults: [String] = []
        for partition in 0..<(try await log.partitionCount(of: topics.output) ?? 0) {
            faults += try await checkOutputs(partition)
            faults += try await checkLedger(partition)
        }
        return faults
    }

    /// All values of a topic's partition, in offset order.
    public func values(_ topic: String, _ partition: Int32) async throws -> [String] {
        var values: [String] = []
        try await read(topic, partition) { record in
            values.append(String(decoding: record.bytes(of: .value) ?? [], as: UTF8.self))
        }
        return values
    }

    private func read(
        _ topic: String, _ partition: Int32, _ body: (Record) -> Void
    ) async throws {
        let reader = try await log.openReader(
            TopicPartition(topic, partition), from: 0, follow: false)
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count { body(chunk[index]) }
        }
        await reader.close()
    }

    private func checkOutputs(_ partition: Int32) async throws -> [String] {
        var faults: [String] = []
        var due: Set<String> = []
        for topic in sources {
            try await read(topic, partition) { due.insert("\($0.source)@\($0.offset)") }
        }
        var counts: [[UInt8]: Int] = [:]
        try await read(topics.output, partition) { record in
            let value = String(decoding: record.bytes(of: .value) ?? [], as: UTF8.self)
            let parts = value.split(separator: "=")
            if due.remove(String(parts[0])) == nil { faults.append("\(parts[0]) twice or foreign") }
            let key = record.bytes(of: .key) ?? []
            counts[key, default: 0] += 1
            if Int(parts[1]) != counts[key] { faults.append("\(value), not \(counts[key] ?? 0)") }
        }
        return faults + due.sorted().map { "\($0) has no output" }
    }

    private func checkLedger(_ partition: Int32) async throws -> [String] {
        var faults: [String] = []
        var next: [String: Int64] = [:]
        var delivered: [String: Int] = [:]
        for batch in try await values(topics.ledger, partition) {
            for line in batch.split(separator: "\n") {
                let fields = line.split(separator: " ")
                let topic = String(fields[0])
                guard let from = Int64(fields[1]), let to = Int64(fields[2]),
                    let count = Int(fields[3]), from <= to, Int64(count) <= to - from
                else {
                    faults.append("range \(line)")
                    continue
                }
                if let next = next[topic], next != from { faults.append("\(line) after \(next)") }
                next[topic] = to
                delivered[topic, default: 0] += count
            }
        }
        for topic in sources {
            var last: Int64?
            var count = 0
            try await read(topic, partition) { record in
                last = record.offset
                count += 1
            }
            if let last, next[topic] != last + 1 {
                faults.append("\(topic) ends at \(last + 1), the ledger at \(next[topic] ?? -1)")
            }
            if delivered[topic, default: 0] != count {
                faults.append("\(topic): \(count) records, \(delivered[topic] ?? 0) in the ledger")
            }
        }
        return faults
    }
}
