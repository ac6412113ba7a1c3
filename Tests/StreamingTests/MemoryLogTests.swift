import Streaming
import Testing

@Suite struct MemoryLogTests {
    private let source = TopicPartition("a", 0)

    private func write(_ log: MemoryLog, _ values: ClosedRange<UInt8>) async throws {
        var output = OutputBatch()
        for value in values { output.append(topic: "a", partition: 0, key: nil, value: [value]) }
        try await log.openWriter().write(output)
    }

    private func values(_ log: MemoryLog) async throws -> [UInt8] {
        let reader = try await log.openReader(source, from: 0, follow: false)
        var values: [UInt8] = []
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count { values += chunk[index].bytes(of: .value) ?? [] }
        }
        return values
    }

    @Test("What is left of a transaction stays readable when the rest is let go of")
    func letsGo() async throws {
        let log = MemoryLog(letsGoOfDeleted: true, clock: { 0 })
        try log.createTopic("a", partitions: 1)
        try await write(log, 1...3)
        try await write(log, 4...5)
        try await write(log, 6...7)
        try log.deleteRecords(source, before: 4)
        #expect(try await values(log) == [5, 6, 7])
        try log.deleteRecords(source, before: 7)
        #expect(try await values(log) == [])
        try await write(log, 8...8)
        #expect(try await values(log) == [8])
        #expect(try await log.bounds(of: source) == LogBounds(low: 7, end: 8))
    }

    @Test("The memory of a transaction is given back with its last record, where that is asked for")
    func givesBack() throws {
        func bytes(_ journal: MemoryJournal, _ spans: [JournalSpan]) throws -> [UInt8] {
            var bytes: [UInt8] = []
            try journal.read(spans) { bytes += $0 }
            return bytes
        }
        for letsGo in [true, false] {
            let journal = MemoryJournal(letsGo: letsGo)
            let start = try journal.append([1, 2], records: 2)
            let spans = (0...1).map { JournalSpan(position: start + $0, count: 1) }
            journal.release([spans[0]])
            #expect(try bytes(journal, spans) == [1, 2])
            journal.release([spans[1]])
            guard letsGo else {
                #expect(try bytes(journal, spans) == [1, 2])
                continue
            }
            #expect(throws: LogError.self) { try bytes(journal, [spans[1]]) }
        }
    }
}
