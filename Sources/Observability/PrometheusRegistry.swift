public import CoreMetrics
import Synchronization

/// A metrics backend that `/metrics` shows as Prometheus text. Metrics live as long as the process.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// Series beyond this many in one family are counted and not kept, so that a label that is not
    /// closed after all cannot grow without bound (I11).
    public static let maximumSeries = 2_000

    struct Family {
        var kind: SeriesKind
        var series: [LabelSet: Series] = [:]
    }

    private let families = Mutex<[String: Family]>([:])
    private let dropped = Atomic<Int64>(0)

    public init() {}

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, aggregate ? .histogram : .gauge)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram)
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// All metrics in Prometheus' text format 0.0.4, families and series in the order of names.
    public func exposition() -> String {
        let shown = families.withLock { families in
            families.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        var text = PrometheusText()
        for (name, family) in shown {
            text.begin(
                family: name, help: MetricName(rawValue: name)?.help ?? "", kind: family.kind)
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                text.append(name, labels, series.value)
            }
        }
        let lost = dropped.load(ordering: .relaxed)
        let name = "metrics_dropped_series_total"
        text.begin(family: name, help: "Series over the limit of a family.", kind: .counter)
        text.append(name, LabelSet([]), .number(Double(lost)))
        return text.finish()
    }

    private func series(
        _ label: String, _ dimensions: [(String, String)], _ kind: SeriesKind
    ) -> Series {
        let name = prometheusName(label)
        let labels = LabelSet(dimensions)
        let buckets = MetricName(rawValue: name)?.buckets ?? []
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            if let found = family.series[labels], family.kind == kind { return found }
            let made = Series(kind: kind, buckets: buckets.isEmpty ? Series.buckets : buckets)
            guard family.kind == kind, family.series.count < Self.maximumSeries else {
                dropped.wrappingAdd(1, ordering: .relaxed)
                return made
            }
            family.series[labels] = made
            families[name] = family
            return made
        }
    }
}

/// The label names and values of a series, in the order of names.
struct LabelSet: Hashable, Comparable {
    var pairs: [Pair]

    struct Pair: Hashable {
        var name: String
        var value: String
    }

    init(_ dimensions: [(String, String)]) {
        pairs = dimensions.map { Pair(name: prometheusName($0.0), value: $0.1) }
            .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    }

    static func < (a: LabelSet, b: LabelSet) -> Bool {
        a.pairs.lexicographicallyPrecedes(b.pairs) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}

/// Letters, digits, `_` and `:`; everything else becomes `_`.
func prometheusName(_ name: String) -> String {
    var bytes = name.utf8.map { byte -> UInt8 in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
            byte
        default: UInt8(ascii: "_")
        }
    }
    if bytes.first.map({ $0 < UInt8(ascii: ":") }) ?? true {
        bytes.insert(UInt8(ascii: "_"), at: 0)
    }
    return String(decoding: bytes, as: UTF8.self)
}
