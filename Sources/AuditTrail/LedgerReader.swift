internal import SafetyModel
public import Streaming

/// Reads the ledger of one task from its topic.
/// - Returns: the records' values in order, as the log has them.
public func readLedger(
    of task: TaskID, topic: String, in log: any EventLog
) async throws -> [[UInt8]] {
    let source = TopicPartition(topic, task.partition)
    let key = Array("\(task)".utf8)
    let reader = try await log.openReader(source, from: 0, follow: false)
    var values: [[UInt8]] = []
    do {
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count where chunk[index].bytes(of: .key) == key {
                if let value = chunk[index].bytes(of: .value) { values.append(value) }
            }
        }
    } catch {
        await reader.close()
        throw error
    }
    await reader.close()
    return values
}

/// Reads recorded ranges of one source, in order, keeping what was read too far.
struct RangeReader {
    private let reader: any LogReader
    private var buffered: ArraySlice<Record> = []
    private var isAtEnd = false

    init(_ source: TopicPartition, from: Int64, in log: any EventLog) async throws {
        reader = try await log.openReader(source, from: from, follow: false)
    }

    /// The records below `end` that were not taken before.
    mutating func take(below end: Int64) async throws -> [Record] {
        var taken: [Record] = []
        while true {
            while let next = buffered.first, next.offset < end {
                taken.append(next)
                buffered.removeFirst()
            }
            if !buffered.isEmpty || isAtEnd { return taken }
            if await reader.position >= end { return taken }
            guard let chunk = try await reader.next() else {
                isAtEnd = true
                return taken
            }
            buffered = ArraySlice((0..<chunk.count).map { chunk[$0] })
        }
    }

    func close() async { await reader.close() }
}
