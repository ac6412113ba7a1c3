import Streaming
import StreamingTesting
import Synchronization
import Testing

/// Lanes under random faults and rebalances over the in-memory log (I1, I2).
@Suite(.timeLimit(.minutes(2))) struct ExactlyOnceTests {
    static let patient = RetryPolicy(
        limit: 10_000, pause: .milliseconds(1), longestPause: .milliseconds(4))

    @Test("Under random faults and rebalances every record counts exactly once", arguments: 0..<12)
    func exactlyOnce(seed: Int) async throws {
        let bench = try Bench(partitions: 4)
        let faulty = FaultyLog(bench.log, plan: .mixed(seed: UInt64(seed)))
        let progress = Progress()
        let clock = MonotonicClock()
        let runner = StageRunner(
            stage: "test", lanes: 3, restarts: Self.patient, clock: clock,
            observer: progress
        ) { number in
            bench.lane(
                on: faulty, stage: bench.stage(), instance: number == 0 ? "static" : nil,
                limits: BatchLimits(records: 7, linger: .milliseconds(1)), buffered: 60,
                retries: Self.patient, clock: clock, observer: progress)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            group.addTask {
                try await traffic(bench, seed: UInt64(seed), progress)
                try await settle(bench, progress)
                runner.stop()
            }
            for _ in 0..<2 { try await group.next() }
        }
        #expect(try await bench.check.faults() == [])
        #expect(faulty.injected.values.reduce(0, +) > 3)
    }

    /// Writes to random partitions, with a rebalance or an expired member now and then.
    private func traffic(_ bench: Bench, seed: UInt64, _ progress: Progress) async throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<120 {
            let count = Int.random(in: 1...20, using: &random)
            let times = (0..<count).map { _ in Int64.random(in: 0..<10_000, using: &random) }
            let topic = Bench.sources[Int.random(in: 0..<3, using: &random)]
            try await bench.write(
                topic, partition: Int32.random(in: 0..<4, using: &random), times: times)
            if random.chance(0.05) {
                try bench.log.skipOffsets(TopicPartition(topic, 0), count: 3)
            }
            if random.chance(0.04) { bench.log.rebalance(group: "group") }
            if random.chance(0.03) { bench.log.expire(group: "group", instance: nil) }
            if random.chance(0.3) { _ = try await progress.changes.receive() }
        }
    }

    /// Waits until everything delivered is committed.
    private func settle(_ bench: Bench, _ progress: Progress) async throws {
        while true {
            let committed = try await bench.committed()
            var isDone = true
            for topic in Bench.sources {
                for partition in 0..<bench.partitions {
                    let source = TopicPartition(topic, partition)
                    let reader = try await bench.log.openReader(
                        source, from: committed[source] ?? 0, follow: false)
                    if try await reader.next() != nil { isDone = false }
                    await reader.close()
                }
            }
            if isDone { return }
            _ = try await progress.changes.receive()
        }
    }
}

/// Tells that lanes moved, and keeps what went wrong.
final class Progress: LaneObserver {
    /// Something happened since it was last received.
    let changes = BoundedChannel<Bool>(capacity: 1)
    private let all = Mutex<[String]>([])

    var lines: [String] { all.withLock { $0 } }

    func observe(_ observation: LaneObservation) {
        switch observation {
        case .round, .opened, .closed: _ = changes.offer(true)
        case .restarting(_, let lane, let error, _, _): note("restart \(lane): \(error)")
        case .stopped(_, let lane, let error): note("stopped \(lane): \(error ?? "")")
        case .stalled(let task, let source, _): note("stalled \(task) on \(source)")
        case .moving(let task): note("moving \(task)")
        default: break
        }
    }

    private func note(_ line: String) { all.withLock { $0.append(line) } }
}
