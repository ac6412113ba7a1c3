import Foundation
import Testing

/// The clients that are not ours live in a Python environment that `make test` sets up.
private let python: String? = {
    let own = FileManager.default.currentDirectoryPath + "/.venv/bin/python3"
    let candidates = [own, "/usr/bin/env"].filter(FileManager.default.isExecutableFile(atPath:))
    return candidates.first { candidate in
        let words = candidate == own ? [] : ["python3"]
        let found = try? run(candidate, words + ["-c", "import confluent_kafka, google.protobuf"])
        return found?.status == 0
    }
}()

private func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

@Suite("Interoperability", .serialized)
struct InteropTests {
    @Test(
        "Events from a foreign client, in JSON and protobuf, lead to the documented records",
        .enabled(if: python != nil, "needs confluent-kafka and protobuf for Python: make test"),
        arguments: ["protobuf", "json"])
    func foreignClient(outputFormat: String) throws {
        let python = try #require(python)
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("interop.py")
        var words = python.hasSuffix("env") ? ["python3"] : []
        words += [script.path, "--tutela", folder.appendingPathComponent("tutela").path]
        words += ["--format", outputFormat]
        if let broker = ProcessInfo.processInfo.environment["TUTELA_TEST_BROKER"] {
            words += ["--broker", broker]
        }
        let (status, output) = try run(python, words)
        #expect(status == 0, "\(output)")
    }
}
