public import CoreMetrics

/// Makes handles of named metrics. Make one once and keep it: making looks it up.
public struct Metrics: Sendable {
    private let factory: any MetricsFactory

    /// - Parameter factory: nil for the process's own, see `MetricsSystem`.
    public init(factory: (any MetricsFactory)? = nil) {
        self.factory = factory ?? MetricsSystem.factory
    }

    public func counter(_ name: MetricName, _ labels: [(MetricLabel, String)] = []) -> Counter {
        Counter(label: name.rawValue, dimensions: pairs(labels), factory: factory)
    }

    public func gauge(_ name: MetricName, _ labels: [(MetricLabel, String)] = []) -> Gauge {
        Gauge(label: name.rawValue, dimensions: pairs(labels), factory: factory)
    }

    /// For a number that is moved up and down.
    public func meter(_ name: MetricName, _ labels: [(MetricLabel, String)] = []) -> Meter {
        Meter(label: name.rawValue, dimensions: pairs(labels), factory: factory)
    }

    /// For a number that is not a length of time.
    public func histogram(
        _ name: MetricName, _ labels: [(MetricLabel, String)] = []
    ) -> Recorder {
        Recorder(
            label: name.rawValue, dimensions: pairs(labels), aggregate: true, factory: factory)
    }

    /// For a length of time; recorded in nanoseconds, shown in seconds.
    public func timer(_ name: MetricName, _ labels: [(MetricLabel, String)] = []) -> Timer {
        Timer(label: name.rawValue, dimensions: pairs(labels), factory: factory)
    }

    private func pairs(_ labels: [(MetricLabel, String)]) -> [(String, String)] {
        labels.map { ($0.0.rawValue, $0.1) }
    }
}
