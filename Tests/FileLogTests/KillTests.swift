import FileLog
import Foundation
import Streaming
import StreamingTesting
import Testing

/// A process of its own writes until it is killed; it says what was acknowledged.
@Suite(.timeLimit(.minutes(2))) struct KillTests {
    static let variable = "TUTELA_TEST_FILELOG_WRITER"
    static var directory: String? { ProcessInfo.processInfo.environment[variable] }

    @Test("kill -9 loses nothing that was acknowledged, and leaves no half transaction")
    func killed() async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        var random = SeededRandom(seed: 11)
        var acknowledged = 0
        for _ in 0..<6 {
            let more = Int.random(in: 1...40, using: &random)
            acknowledged = max(
                acknowledged, try runWriter(scratch.path, until: acknowledged + more))
            let log = try scratch.open()
            let values = try await log.values(of: "a")
            #expect(values.count % 3 == 0)
            #expect(values.count / 3 >= acknowledged)
            #expect(values == (0..<values.count).map { "\($0 / 3).\($0 % 3)" })
            acknowledged = values.count / 3
            log.close()
        }
    }

    /// Starts this test program anew as the writer, and kills it once it has acknowledged enough.
    private func runWriter(_ directory: String, until count: Int) throws -> Int {
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        writer.arguments = ["--testing-library", "swift-testing", "--filter", "KillTests/writes"]
        writer.environment = ProcessInfo.processInfo.environment
            .merging([Self.variable: directory]) { $1 }
        let output = Pipe()
        writer.standardOutput = output
        writer.standardError = FileHandle.nullDevice
        try writer.run()
        var text = ""
        var seen = 0
        while seen < count {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            text += String(decoding: data, as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            seen = lines.compactMap { Int($0.split(separator: "ack ").last ?? "") }.max() ?? 0
        }
        kill(writer.processIdentifier, SIGKILL)
        writer.waitUntilExit()
        return seen
    }

    @Test("(the writer that is killed)", .enabled(if: directory != nil))
    func writes() async throws {
        guard let directory = Self.directory else { return }
        let log = try FileLog(directory: directory, durability: .system) { 0 }
        try log.createTopic("a", partitions: 1)
        var number = Int(try await log.bounds(of: TopicPartition("a", 0)).end) / 3
        while true {
            try await log.write((0..<3).map { "\(number).\($0)" }, to: "a")
            number += 1
            FileHandle.standardOutput.write(Data("\nack \(number)\n".utf8))
        }
    }
}
