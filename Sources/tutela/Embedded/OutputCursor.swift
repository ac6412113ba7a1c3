import Streaming

/// Reads what is new in some partitions.
actor OutputCursor {
    private let log: any EventLog
    private let sources: [TopicPartition]
    private var positions: [TopicPartition: Int64] = [:]

    init(log: any EventLog, sources: [TopicPartition]) {
        self.log = log
        self.sources = sources
    }

    /// Leaves out what is there already.
    func skip() async throws {
        for source in sources { positions[source] = try await log.bounds(of: source).end }
    }

    func read() async throws -> [Record] {
        var records: [Record] = []
        for source in sources {
            let from = positions[source] ?? 0
            guard try await log.bounds(of: source).end > from else { continue }
            let reader = try await log.openReader(source, from: from, follow: false)
            while let chunk = try await reader.next() {
                for index in 0..<chunk.count { records.append(chunk[index]) }
            }
            positions[source] = await reader.position
            await reader.close()
        }
        return records
    }
}
