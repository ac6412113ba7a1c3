import EventSchemas
import Streaming
import SwiftProtobuf

/// Everything that a `read_committed` reader finds in a run's topics.
struct Snapshot: Sendable {
    struct Stored: Sendable {
        var offset: Int64
        var key: [UInt8]
        var value: [UInt8]
        var id: String
    }

    var records: [TopicPartition: [Stored]] = [:]
    var bounds: [TopicPartition: LogBounds] = [:]

    /// Reads all partitions, a few at a time.
    static func read(_ sources: [TopicPartition], from log: any EventLog) async throws -> Snapshot {
        var snapshot = Snapshot()
        var left = sources[...]
        while !left.isEmpty {
            let some = left.prefix(8)
            left = left.dropFirst(8)
            try await withThrowingTaskGroup(of: (TopicPartition, LogBounds, [Stored]).self) {
                group in
                for source in some {
                    group.addTask {
                        let bounds = try await log.bounds(of: source)
                        let isEmpty = bounds.end <= bounds.low
                        let stored =
                            isEmpty ? [] : try await readAll(source, from: bounds.low, log: log)
                        return (source, bounds, stored)
                    }
                }
                for try await (source, bounds, stored) in group {
                    snapshot.bounds[source] = bounds
                    snapshot.records[source] = stored
                }
            }
        }
        return snapshot
    }

    private static func readAll(_ source: TopicPartition, from: Int64, log: any EventLog)
        async throws -> [Stored]
    {
        var stored: [Stored] = []
        let reader = try await log.openReader(source, from: from, follow: false)
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count {
                let record = chunk[index]
                stored.append(
                    Stored(
                        offset: record.offset, key: record.bytes(of: .key) ?? [],
                        value: record.bytes(of: .value) ?? [],
                        id: String(decoding: record.bytes(of: .eventID) ?? [], as: UTF8.self)))
            }
        }
        await reader.close()
        return stored
    }

    /// All records of a topic, partition by partition.
    func all(of topic: String) -> [Stored] {
        records.keys.filter { $0.topic == topic }.sorted().flatMap { records[$0] ?? [] }
    }

    func ids(of topic: String) -> [String] { all(of: topic).map(\.id) }

    /// The ledger by task, in the order of the log.
    func ledger(_ topic: String) throws -> [String: [StoredLedgerRecord]] {
        var tasks: [String: [StoredLedgerRecord]] = [:]
        for stored in all(of: topic) {
            let record = try PBLedgerRecord(serializedBytes: stored.value)
            let task = "\(record.task.stage)-\(record.task.partition)"
            tasks[task, default: []].append(StoredLedgerRecord(record: record, bytes: stored.value))
        }
        return tasks
    }
}

/// A ledger record with the bytes that the chain is made of.
struct StoredLedgerRecord: Sendable {
    var record: PBLedgerRecord
    var bytes: [UInt8]
}
