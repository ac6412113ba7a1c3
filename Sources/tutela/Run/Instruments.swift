import CoreMetrics
import Foundation
import Logging
import Observability

/// Logs, metrics and health of a running process.
struct Instruments: Sendable {
    let registry = PrometheusRegistry()
    let health = Health()
    let metrics: Observability.Metrics
    let logger: Logger

    init(_ options: LogOptions) {
        let isTerminal = isatty(2) == 1
        let asJSON = options.format == .json || (options.format == .auto && !isTerminal)
        let level = Logger.Level(rawValue: options.level.rawValue) ?? .info
        LoggingSystem.bootstrap { label in
            if asJSON { return JSONLogHandler(label: label, level: level) }
            return TerminalLogHandler(label: label, level: level, isColoured: isTerminal)
        }
        MetricsSystem.bootstrap(registry)
        metrics = Observability.Metrics(factory: registry)
        logger = Logger(label: "tutela")
        metrics.gauge(.processStart).record(Date().timeIntervalSince1970)
    }

    /// The text of `/metrics`.
    var exposition: @Sendable () -> String {
        let (registry, health) = (registry, health)
        let ready = metrics.gauge(.ready)
        return {
            ready.record(health.isReady ? 1 : 0)
            return registry.exposition()
        }
    }
}
