import FileLog
import Foundation
import Streaming
import StreamingTesting
import Testing

@Suite struct FileArchiveTests {
    private func values(_ log: any EventLog) async throws -> [String] {
        let reader = try await log.openReader(TopicPartition("a", 0), from: 0, follow: false)
        var values: [String] = []
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count {
                values.append(String(decoding: chunk[index].bytes(of: .value) ?? [], as: UTF8.self))
            }
        }
        await reader.close()
        return values
    }

    @Test("A log that another has open is read as it stood, and what comes later is not")
    func whileOpen() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let log = try scratch.open()
        defer { log.close() }
        try log.createTopic("a", partitions: 1)
        try await log.write(["x", "y"], to: "a")
        let archive = try FileArchive(directory: scratch.path)
        defer { archive.close() }
        try await log.write(["z"], to: "a")
        #expect(try await archive.partitionCount(of: "a") == 1)
        #expect(try await archive.partitionCount(of: "b") == nil)
        #expect(try await values(archive) == ["x", "y"])
        #expect(try await values(log) == ["x", "y", "z"])
    }

    @Test("Nothing is made, cut or written, not even a torn frame's end")
    func readsOnly() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let first = try scratch.open()
        try first.createTopic("a", partitions: 1)
        try await first.write(["x"], to: "a")
        let whole = try scratch.bytes.count
        try await first.write(["y"], to: "a")
        first.close()
        let torn = try Array(scratch.bytes.prefix(whole + 20))
        try scratch.write(torn)
        try FileManager.default.removeItem(atPath: scratch.path + "/lock")
        let archive = try FileArchive(directory: scratch.path)
        #expect(try await values(archive) == ["x"])
        await #expect(throws: LogError.self) { try await archive.openWriter() }
        await #expect(throws: LogError.self) {
            try await archive.openLane(LaneSettings(stage: "s", topics: ["a"], group: "g"))
        }
        archive.close()
        #expect(try scratch.bytes == torn)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["journal"])
    }

    @Test("Where there is no log it says so and makes none")
    func absent() throws {
        let scratch = Scratch()
        let error = #expect(throws: LogError.self) { try FileArchive(directory: scratch.path) }
        #expect(error?.code == .notFound)
        #expect(!FileManager.default.fileExists(atPath: scratch.path))
    }
}
