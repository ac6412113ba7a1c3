import FileLog
import Foundation
import Streaming
import Testing

/// A directory that is gone after the test.
struct Scratch {
    let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("filelog-\(UUID().uuidString)").path
    }

    var journal: String { path + "/journal" }

    func open() throws(LogError) -> FileLog {
        try FileLog(directory: path, durability: .system) { 1_000 }
    }

    var bytes: [UInt8] {
        get throws { [UInt8](try Data(contentsOf: URL(fileURLWithPath: journal))) }
    }

    func write(_ bytes: some Collection<UInt8>) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: journal))
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

extension FileLog {
    func write(_ values: [String], to topic: String, partition: Int32 = 0) async throws {
        var output = OutputBatch()
        for value in values {
            output.append(
                topic: topic, partition: partition, key: Array("key".utf8),
                value: Array(value.utf8))
        }
        let writer = try await openWriter()
        try await writer.write(output)
        await writer.close()
    }

    func values(of topic: String, partition: Int32 = 0) async throws -> [String] {
        var values: [String] = []
        let reader = try await openReader(TopicPartition(topic, partition), from: 0, follow: false)
        while let chunk = try await reader.next() {
            for index in 0..<chunk.count {
                values.append(
                    String(decoding: chunk[index].bytes(of: .value) ?? [], as: UTF8.self))
            }
        }
        await reader.close()
        return values
    }
}
