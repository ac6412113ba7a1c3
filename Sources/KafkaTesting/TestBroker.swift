public import Foundation
import KafkaLog
import Streaming

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A Kafka broker for tests: the one that `TUTELA_TEST_BROKER` names, or a process of our own on a free
/// port with an empty directory, killed when this process ends, however it ends.
public final class TestBroker: Sendable {
    /// The environment variable with `host:port` of a broker to use instead of our own.
    public static let variable = "TUTELA_TEST_BROKER"

    /// `host:port`.
    public let address: String
    /// Whether the broker is a process of ours: one that never expires killed members and never aborts
    /// a dead producer's transaction by itself.
    public let isOurs: Bool
    // Held, not used: the broker lives as long as this pipe is open.
    private let lifeline: Pipe?

    private init(address: String, lifeline: Pipe?) {
        self.address = address
        self.lifeline = lifeline
        isOurs = lifeline != nil
    }

    private static let first = Task { try await TestBroker.start() }

    /// One broker for all tests of this process.
    public static var shared: TestBroker {
        get async throws { try await first.value }
    }

    /// Starts a broker and waits until it answers.
    /// - Parameters:
    ///   - directory: where it keeps its data; nil for an empty one that goes away with it.
    ///   - port: nil for a free one.
    /// - Throws: `TestBrokerError`.
    public static func start(
        directory: URL? = nil, port: UInt16? = nil
    ) async throws -> TestBroker {
        if let given = ProcessInfo.processInfo.environment[variable], !given.isEmpty {
            return TestBroker(address: given, lifeline: nil)
        }
        let command = try brokerCommand()
        let port = try port ?? freePort()
        let temporary = FileManager.default.temporaryDirectory
            .appendingPathComponent("tutela-broker-\(UUID().uuidString)")
        let data = directory ?? temporary.appendingPathComponent("data")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        let lifeline = Pipe()
        try launch(command, port: port, data: data, temporary: temporary, lifeline)
        let broker = TestBroker(address: "127.0.0.1:\(port)", lifeline: lifeline)
        try await broker.awaitReady(log: temporary.appendingPathComponent("output"))
        return broker
    }

    /// Kills the broker at once; its directory goes too, unless it was given.
    public func stop() {
        try? lifeline?.fileHandleForWriting.close()
    }

    /// The shell kills the whole process group once its input ends, which the system sees to even if
    /// this process is killed.
    private static func launch(
        _ command: String, port: UInt16, data: URL, temporary: URL, _ lifeline: Pipe
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let script = """
            setsid "$1" start --only kafka --kafka-port "$2" --data-dir "$3" >"$4/output" 2>&1 &
            group=$!
            read -r ignored
            kill -s KILL -- -$group
            rm -rf "$4"
            """
        process.arguments = ["-c", script, "sh", command, "\(port)", data.path, temporary.path]
        // Neither the shell nor the broker may hold the end that has to close.
        let end = lifeline.fileHandleForWriting.fileDescriptor
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    private func awaitReady(log: URL) async throws {
        let probe = try KafkaLog(
            KafkaSettings(brokers: address, requestTimeout: .seconds(30)))
        do throws(LogError) {
            _ = try await probe.partitionCount(of: "probe")
        } catch {
            await probe.close()
            let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            stop()
            throw TestBrokerError.notReady(String(output.suffix(2000)))
        }
        await probe.close()
    }
}

/// Why there is no broker to test with.
public enum TestBrokerError: Error, CustomStringConvertible {
    /// The broker's command is missing and could not be installed; what the installer said.
    case notInstalled(String)
    /// The broker does not answer; the end of what it printed.
    case notReady(String)
    /// The system gave no free port.
    case noPort

    /// What went wrong, for a person.
    public var description: String {
        switch self {
        case .notInstalled(let output): "noida-db could not be installed: \(output)"
        case .notReady(let output): "the test broker does not answer: \(output)"
        case .noPort: "the system gives no free port"
        }
    }
}

/// A port that was free a moment ago.
private func freePort() throws -> UInt16 {
    #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { throw TestBrokerError.noPort }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
        }
    }
    guard isBound else { throw TestBrokerError.noPort }
    return UInt16(bigEndian: address.sin_port)
}

/// The broker's command: of the project's own environment, of the path, or installed now.
private func brokerCommand() throws -> String {
    let here = FileManager.default.currentDirectoryPath
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let installed = "\(here)/.build/broker"
    let folders =
        ["\(here)/.venv/bin"] + path.split(separator: ":").map(String.init) + ["\(installed)/bin"]
    let isExecutable = FileManager.default.isExecutableFile(atPath:)
    if let found = folders.map({ "\($0)/noida-db" }).first(where: isExecutable) { return found }
    let output = try run("python3", "-m", "venv", installed)
    let more = try run("\(installed)/bin/pip", "install", "--quiet", "noida-db")
    let command = "\(installed)/bin/noida-db"
    guard isExecutable(command) else { throw TestBrokerError.notInstalled(output + more) }
    return command
}

private func run(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
