import Foundation
import Logging
import Observability
import Synchronization
import Testing

private final class Lines: Sendable {
    let all = Mutex<[String]>([])
}

@Suite("Log handlers")
struct LogHandlerTests {
    private let lines = Lines()

    private func logger() -> Logger {
        let lines = lines
        return Logger(label: "test") { label in
            JSONLogHandler(
                label: label, output: { line in lines.all.withLock { $0.append(line) } },
                clock: { "2026-11-22T02:31:00.123Z" })
        }
    }

    private func object(_ line: String) throws -> [String: String] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    }

    @Test("A record is one line of JSON: time, level, constant message, dotted keys")
    func oneLine() throws {
        logger().log(
            .warning, "Commit failed",
            [.stage: "assess", .errorMessage: "line one\nline \"two\"\u{1}\\"])
        let line = try #require(lines.all.withLock { $0 }.first)
        #expect(!line.contains("\n"))
        let fields = try object(line)
        #expect(fields["ts"] == "2026-11-22T02:31:00.123Z")
        #expect(fields["level"] == "warning")
        #expect(fields["logger"] == "test")
        #expect(fields["message"] == "Commit failed")
        #expect(fields["pipeline.stage"] == "assess")
        #expect(fields["error.message"] == "line one\nline \"two\"\u{1}\\")
    }

    @Test("Keys that nobody named never reach the log, personal data in them neither")
    func dropsUnknownKeys() throws {
        var logger = logger()
        logger[metadataKey: "account.phone"] = "+990123"
        logger.info(
            "Event", metadata: ["name": "Person 7", "pipeline.stage": "assess"])
        let line = try #require(lines.all.withLock { $0 }.first)
        #expect(!line.contains("990123"))
        #expect(!line.contains("Person"))
        let fields = try object(line)
        #expect(fields["log.dropped_keys"] == "2")
        #expect(fields["pipeline.stage"] == "assess")
    }

    @Test("A value is cut at a length that has a name")
    func bounds() throws {
        logger().log(.info, "Long", [.errorMessage: String(repeating: "x", count: 100_000)])
        let line = try #require(lines.all.withLock { $0 }.first)
        #expect(line.utf8.count < 2_000)
    }

    @Test("What is below the level is not written")
    func levels() {
        logger().log(.debug, "Quiet", [:])
        #expect(lines.all.withLock { $0 }.isEmpty)
    }

    @Test("A terminal line shows level, message and keys, and colours only where wished")
    func terminal() throws {
        let lines = lines
        let logger = Logger(label: "test") { label in
            TerminalLogHandler(
                label: label, isColoured: false,
                output: { line in lines.all.withLock { $0.append(line) } })
        }
        logger.log(.error, "Lane ended", [.stage: "assess", .errorMessage: "two words"])
        let line = try #require(lines.all.withLock { $0 }.first)
        #expect(
            line.hasSuffix("error    Lane ended error.message=\"two words\" pipeline.stage=assess"))
        #expect(!line.contains("\u{1b}"))
    }
}

@Suite("Health")
struct HealthTests {
    @Test("Ready means that no component has a reason not to be")
    func reasons() {
        let health = Health()
        #expect(health.isReady)
        health.set("assess-1", .restoring, "3 of 9 changelog records")
        health.set("assess-0", .stalled)
        health.set("assess-1", .restoring, "5 of 9 changelog records")
        #expect(health.current.map(\.component) == ["assess-0", "assess-1"])
        #expect(health.current.last?.detail == "5 of 9 changelog records")
        health.clear("assess-0")
        health.clear("assess-1")
        #expect(health.isReady)
        #expect(!health.hasFailed)
        health.set("enforce", .failed)
        #expect(health.hasFailed)
    }
}
