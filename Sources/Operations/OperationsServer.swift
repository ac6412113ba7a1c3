import Hummingbird
public import Logging
public import Observability
public import ServiceLifecycle

/// What operators and schedulers ask the process over HTTP: `/live`, `/ready`, `/metrics`.
///
/// - `/live` is 200 until a component has failed for good; then 503, for only a restart helps.
/// - `/ready` is 200 when every component works, else 503 with the reasons (I12).
/// - `/metrics` is Prometheus' text format.
public struct OperationsServer: Service {
    private let host: String
    private let port: Int
    private let health: Health
    private let metrics: @Sendable () -> String
    private let logger: Logger
    private let started: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - metrics: the text of `/metrics`, such as `PrometheusRegistry.exposition`.
    ///   - started: called with the port once the server listens.
    public init(
        host: String, port: Int, health: Health, logger: Logger,
        metrics: @escaping @Sendable () -> String,
        started: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.health = health
        self.logger = logger
        self.metrics = metrics
        self.started = started
    }

    /// Serves until the service group shuts down gracefully or the caller is cancelled.
    /// - Throws: where the address cannot be bound.
    public func run() async throws {
        let started = started
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router(),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in started(channel.localAddress?.port ?? 0) },
            logger: quiet)
        do {
            try await application.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw OperationsError(
                description: "http: cannot listen on \(host):\(port): \(error)\n"
                    + "  set http.host and http.port to an address that is free")
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        let health = health
        let metrics = metrics
        router.get("/live") { _, _ in
            let live = !health.hasFailed
            return reply(live ? .ok : .serviceUnavailable, json, "{\"live\":\(live)}\n")
        }
        router.get("/ready") { _, _ in
            let reasons = health.current
            return reply(
                reasons.isEmpty ? .ok : .serviceUnavailable, json, readiness(reasons))
        }
        router.get("/metrics") { _, _ in
            reply(.ok, "text/plain; version=0.0.4; charset=utf-8", metrics())
        }
        return router
    }
}

/// The server cannot serve.
public struct OperationsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What, where and what to do.
    public var description: String
}

private let json = "application/json; charset=utf-8"

private func reply(_ status: HTTPResponse.Status, _ type: String, _ text: String) -> Response {
    Response(
        status: status, headers: [.contentType: type, .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
}

/// `{"ready":false,"reasons":[{"component":…,"condition":…,"detail":…}]}`
func readiness(_ reasons: [Health.Reason]) -> String {
    let shown = reasons.map { reason in
        "{\"component\":\(jsonString(reason.component)),"
            + "\"condition\":\(jsonString(reason.condition.rawValue)),"
            + "\"detail\":\(jsonString(reason.detail))}"
    }
    return "{\"ready\":\(reasons.isEmpty),\"reasons\":[\(shown.joined(separator: ","))]}\n"
}
