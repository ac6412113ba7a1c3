import CoreMetrics
import Foundation
import Streaming
import Synchronization

/// A stage that measures, once a round is committed, how long ago its oldest record was written.
struct LatencyStage: Stage {
    private let stage: any Stage
    private let meter: CoreMetrics.Timer
    private let oldest = Oldest()

    private final class Oldest: Sendable {
        let timestamp = Mutex<Int64?>(nil)
    }

    init(_ stage: any Stage, meter: CoreMetrics.Timer) {
        self.stage = stage
        self.meter = meter
    }

    func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? {
        try await stage.open(task)
    }

    func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {
        try await stage.begin(task, at: positions)
    }

    func close(_ task: TaskID) async { await stage.close(task) }

    func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        let first = round.compactMap { $0.records.first?.timestamp }.min()
        oldest.timestamp.withLock { $0 = first }
        return try await stage.process(round)
    }

    func publish() async {
        await stage.publish()
        guard let first = oldest.timestamp.withLock({ $0 }) else { return }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        meter.recordNanoseconds(max(0, min(now - first, 1 << 40)) * 1_000_000)
    }

    func discard() async { await stage.discard() }
}
