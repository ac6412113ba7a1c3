import CoreMetrics
import Observability
import Testing

@Suite("Prometheus text")
struct PrometheusTests {
    private let registry = PrometheusRegistry()
    private var metrics: Observability.Metrics { Observability.Metrics(factory: registry) }

    @Test("A family has one HELP and one TYPE line, and its series by labels")
    func families() {
        metrics.counter(.commits, [(.stage, "assess"), (.outcome, "committed")]).increment(by: 3)
        metrics.counter(.commits, [(.outcome, "aborted"), (.stage, "assess")]).increment()
        metrics.counter(.commits, [(.stage, "assess"), (.outcome, "committed")]).increment()
        let lines = registry.exposition().split(separator: "\n").filter {
            $0.contains("commits_total")
        }
        #expect(
            lines == [
                "# HELP commits_total Transactions by how they ended.",
                "# TYPE commits_total counter",
                "commits_total{outcome=\"aborted\",stage=\"assess\"} 1",
                "commits_total{outcome=\"committed\",stage=\"assess\"} 4",
            ])
    }

    @Test("A histogram counts cumulatively, and times are in seconds")
    func histograms() {
        let timer = metrics.timer(.commitDuration, [(.stage, "assess")])
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(20_000_000)
        timer.recordNanoseconds(90_000_000_000)
        let text = registry.exposition()
        #expect(text.contains("# TYPE commit_duration_seconds histogram\n"))
        let series = "commit_duration_seconds_bucket{stage=\"assess\",le="
        #expect(text.contains("\(series)\"0.001\"} 0\n"))
        #expect(text.contains("\(series)\"0.0025\"} 1\n"))
        #expect(text.contains("\(series)\"0.025\"} 2\n"))
        #expect(text.contains("\(series)\"30\"} 2\n"))
        #expect(text.contains("\(series)\"+Inf\"} 3\n"))
        #expect(text.contains("commit_duration_seconds_sum{stage=\"assess\"} 90.022\n"))
        #expect(text.contains("commit_duration_seconds_count{stage=\"assess\"} 3\n"))
    }

    @Test("A gauge keeps the last value, a meter moves up and down")
    func gauges() {
        metrics.gauge(.bankVersion).record(7)
        metrics.gauge(.bankVersion).record(5)
        let assigned = metrics.meter(.assignedTasks)
        assigned.increment(by: 3)
        assigned.decrement()
        let text = registry.exposition()
        #expect(text.contains("bank_version 5\n"))
        #expect(text.contains("assigned_tasks 2\n"))
    }

    @Test("Label values are escaped, names of other libraries made safe")
    func escapes() {
        registry.makeCounter(label: "a.b-c", dimensions: [("x.y", "quote \" slash \\ line \n.")])
            .increment(by: 1)
        #expect(
            registry.exposition().contains("a_b_c{x_y=\"quote \\\" slash \\\\ line \\n.\"} 1\n"))
    }

    @Test("Every line of the exposition is a comment or a sample")
    func parses() throws {
        for name in MetricName.allCases {
            if name.rawValue.hasSuffix("_seconds") && !name.buckets.isEmpty {
                metrics.timer(name).recordNanoseconds(5)
            } else {
                metrics.counter(name, [(.stage, "assess")]).increment()
            }
        }
        let sample = try Regex(
            #"[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.e+-]+"#)
        for line in registry.exposition().split(separator: "\n") where !line.hasPrefix("# ") {
            #expect(try sample.wholeMatch(in: line) != nil, "\(line)")
        }
    }

    @Test("A label that is not closed after all cannot grow without bound")
    func boundsSeries() {
        for number in 0..<PrometheusRegistry.maximumSeries + 10 {
            registry.makeCounter(label: "wild", dimensions: [("id", "\(number)")])
                .increment(by: 1)
        }
        let text = registry.exposition()
        let shown = text.split(separator: "\n").count { $0.hasPrefix("wild{") }
        #expect(shown == PrometheusRegistry.maximumSeries)
        #expect(text.contains("metrics_dropped_series_total 10\n"))
    }

    @Test("Metric names are Prometheus-safe, and every one says what it means")
    func names() {
        for name in MetricName.allCases {
            #expect(name.rawValue.allSatisfy { $0.isLowercase || $0 == "_" })
            #expect(name.help.hasSuffix("."))
            #expect(name.buckets == name.buckets.sorted())
        }
    }
}
