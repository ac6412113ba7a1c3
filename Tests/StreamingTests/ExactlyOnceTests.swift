import Streaming
import StreamingTesting
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
                try await bench.whenDone(progress)
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
}
