import Foundation
import TestSupport
import Testing

/// The clients that are not ours live in a Python environment that `make test` sets up.
private let python = Python.having(["confluent_kafka", "google.protobuf"])

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
        var words = [script.path, "--tutela", folder.appendingPathComponent("tutela").path]
        words += ["--format", outputFormat]
        if let broker = ProcessInfo.processInfo.environment["TUTELA_TEST_BROKER"] {
            words += ["--broker", broker]
        }
        let (status, output) = try python.run(words)
        #expect(status == 0, "\(output)")
    }
}
