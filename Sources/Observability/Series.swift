import CoreMetrics
import Synchronization

enum SeriesKind: String { case counter, gauge, histogram }

/// One series of any kind. A counter only rises, a gauge holds the last value, a histogram counts
/// by bucket.
final class Series: CounterHandler, MeterHandler, RecorderHandler, TimerHandler, Sendable {
    enum Value: Sendable {
        case number(Double)
        case histogram(bounds: [Double], counts: [UInt64], sum: Double)
    }

    private struct State {
        var number = 0.0
        var counts: [UInt64] = []
        var sum = 0.0
    }

    /// For histograms of libraries that are not in `MetricName`.
    static let buckets: [Double] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]

    private let kind: SeriesKind
    private let bounds: [Double]
    private let state: Mutex<State>

    init(kind: SeriesKind, buckets: [Double]) {
        self.kind = kind
        bounds = buckets
        let counts = [UInt64](repeating: 0, count: kind == .histogram ? buckets.count + 1 : 0)
        state = Mutex(State(counts: counts))
    }

    var value: Value {
        state.withLock {
            kind == .histogram
                ? .histogram(bounds: bounds, counts: $0.counts, sum: $0.sum) : .number($0.number)
        }
    }

    func increment(by amount: Int64) { state.withLock { $0.number += Double(max(0, amount)) } }
    func reset() { state.withLock { $0.number = 0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { state.withLock { $0.number = value } }
    func increment(by amount: Double) { state.withLock { $0.number += amount } }
    func decrement(by amount: Double) { state.withLock { $0.number -= amount } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard kind == .histogram else { return set(value) }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
