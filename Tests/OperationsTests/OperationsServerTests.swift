import Foundation
import Logging
import Observability
import Operations
import Synchronization
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("Operations server")
struct OperationsServerTests {
    private let health = Health()

    /// Serves while `body` asks.
    private func serving(
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(
            of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let server = OperationsServer(
            host: "127.0.0.1", port: 0, health: health, logger: Logger(label: "test"),
            metrics: { "# TYPE up gauge\nup 1\n" }, started: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            for await number in ports {
                try await body(number)
                break
            }
            group.cancelAll()
        }
    }

    private func get(_ path: String, _ port: Int) async throws -> (Int, String, String) {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        let (data, response) = try await URLSession.shared.data(from: url)
        let http = try #require(response as? HTTPURLResponse)
        return (
            http.statusCode, String(decoding: data, as: UTF8.self),
            http.value(forHTTPHeaderField: "Content-Type") ?? ""
        )
    }

    @Test("/ready is 200 when all is well, and 503 with the reasons when not")
    func ready() async throws {
        try await serving { port in
            var answer = try await get("/ready", port)
            #expect(answer.0 == 200)
            #expect(answer.1 == "{\"ready\":true,\"reasons\":[]}\n")
            health.set("assess-3", .restoring, "12 of 300 changelog records")
            answer = try await get("/ready", port)
            #expect(answer.0 == 503)
            #expect(
                answer.1
                    == "{\"ready\":false,\"reasons\":[{\"component\":\"assess-3\","
                    + "\"condition\":\"restoring\",\"detail\":\"12 of 300 changelog records\"}]}\n")
        }
    }

    @Test("/live stays 200 while a restart would not help")
    func live() async throws {
        try await serving { port in
            health.set("assess-3", .stalled, "")
            let status1 = try await get("/live", port).0
            #expect(status1 == 200)
            health.set("assess-3", .failed, "")
            let status2 = try await get("/live", port).0
            #expect(status2 == 503)
        }
    }

    @Test("/metrics is Prometheus' text format, and other paths are 404")
    func metrics() async throws {
        try await serving { port in
            let answer = try await get("/metrics", port)
            #expect(answer.0 == 200)
            #expect(answer.1 == "# TYPE up gauge\nup 1\n")
            #expect(answer.2.hasPrefix("text/plain; version=0.0.4"))
            let status3 = try await get("/other", port).0
            #expect(status3 == 404)
        }
    }

    @Test("An address that is taken is an error that says what to set")
    func taken() async throws {
        try await serving { port in
            let second = OperationsServer(
                host: "127.0.0.1", port: port, health: health, logger: Logger(label: "test"),
                metrics: { "" })
            let error = await #expect(throws: OperationsError.self) { try await second.run() }
            #expect(error?.description.contains("http.port") == true)
        }
    }
}
