import Streaming
import StreamingTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct StageRunnerTests {
    @Test("A fenced lane is made anew after a pause, and stop ends all lanes")
    func restarts() async throws {
        let bench = try Bench(partitions: 2)
        let clock = ManualClock()
        let progress = Progress()
        let made = Mutex(0)
        let runner = StageRunner(
            stage: "test", lanes: 1, restarts: RetryPolicy(pause: .seconds(1)), clock: clock,
            observer: progress
        ) { _ in
            let number = made.withLock { made in
                made += 1
                return made
            }
            let log: any EventLog =
                number == 1 ? FaultyLog(bench.log, plan: FaultPlan(seed: 1, fence: 1)) : bench.log
            return bench.lane(
                on: log, stage: bench.stage(), limits: BatchLimits(records: 1), clock: clock,
                observer: progress)
        }
        try await bench.write("a", partition: 0, times: [1])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            try await progress.wait { $0.contains { $0.hasPrefix("restart 0") } }
            #expect(made.withLock { $0 } == 1)
            while clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: .seconds(1))
            try await progress.wait { $0.contains("round 1") }
            runner.stop()
            try await group.waitForAll()
        }
        #expect(made.withLock { $0 } == 2)
        #expect(progress.lines.contains("stopped 0: "))
        #expect(try await bench.check.faults() == [])
    }

    @Test("A failure that a restart does not help stops all lanes and is thrown")
    func fails() async throws {
        let bench = try Bench(partitions: 2)
        let progress = Progress()
        try await bench.write("a", partition: 0, times: [1])
        let runner = StageRunner(stage: "test", lanes: 2, observer: progress) { number in
            bench.lane(
                stage: FailingStage(), instance: "lane-\(number)", limits: BatchLimits(records: 1),
                clock: MonotonicClock(), observer: progress)
        }
        await #expect(throws: StageFailure.self) { try await runner.run() }
        #expect(progress.lines.filter { $0.hasPrefix("stopped") }.count == 2)
        #expect(try bench.log.committed(group: "group").isEmpty)
    }

    @Test("When a stage fails, the others end too and the failure is thrown")
    func failsTogether() async throws {
        let bench = try Bench(partitions: 1)
        let progress = Progress()
        let well = StageRunner(stage: "test", lanes: 1, observer: progress) { _ in
            bench.lane(
                stage: bench.stage(), limits: BatchLimits(records: 1), clock: MonotonicClock(),
                observer: progress)
        }
        let failing = StageRunner(stage: "other", lanes: 1) { _ in
            try await progress.wait { $0.contains("round 1") }
            throw StageFailure()
        }
        try await bench.write("a", partition: 0, times: [1])
        await #expect(throws: StageFailure.self) { try await StageRunner.runAll([well, failing]) }
        #expect(progress.lines.contains("stopped 0: "))
        #expect(try await bench.check.faults() == [])
    }

    @Test("Restarts are bounded")
    func bounded() async throws {
        let bench = try Bench(partitions: 1)
        let progress = Progress()
        let runner = StageRunner(
            stage: "test", lanes: 1, restarts: RetryPolicy(limit: 2, pause: .milliseconds(1)),
            observer: progress
        ) { _ in
            throw LogError(.unreachable, "nobody there")
        }
        _ = bench
        await #expect(throws: LogError.self) { try await runner.run() }
        #expect(progress.lines.filter { $0.hasPrefix("restart") }.count == 2)
    }

    @Test("A lane that was well for a while has its failures counted anew")
    func countsAnew() async throws {
        let bench = try Bench(partitions: 1)
        let clock = ManualClock()
        let progress = Progress()
        let runner = StageRunner(
            stage: "test", lanes: 1, restarts: RetryPolicy(limit: 1, pause: .seconds(1)),
            clock: clock, observer: progress
        ) { _ in
            bench.lane(
                stage: bench.stage(), instance: "one", limits: BatchLimits(records: 1),
                clock: MonotonicClock(), observer: progress)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            for life in 1...3 {
                try await bench.write("a", partition: 0, times: [1])
                try await progress.wait { $0.filter { $0 == "round 1" }.count == life }
                clock.advance(by: .seconds(5))
                // Another takes the lane's place for a moment.
                let rival = try await bench.log.openLane(bench.settings(instance: "one"))
                try await progress.wait {
                    $0.filter { $0.hasPrefix("restart 0") }.count == life
                }
                await rival.close()
                while clock.sleeperCount == 0 { await Task.yield() }
                clock.advance(by: .seconds(1))
            }
            try await progress.wait { $0.filter { $0 == "opened test-0" }.count == 4 }
            runner.stop()
            try await group.waitForAll()
        }
        #expect(try await bench.check.faults() == [])
    }

    @Test("Lanes that do not settle within the deadline are cancelled, and the runner says so")
    func overdue() async throws {
        let bench = try Bench(partitions: 1)
        let clock = ManualClock()
        let progress = Progress()
        try await bench.write("a", partition: 0, times: [1])
        let runner = StageRunner(
            stage: "test", lanes: 1, drainDeadline: .seconds(5), clock: clock, observer: progress
        ) { _ in
            bench.lane(
                stage: HangingStage(), limits: BatchLimits(records: 1), clock: MonotonicClock(),
                observer: progress)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: RunnerError.self) { try await runner.run() }
            }
            try await progress.wait { $0.contains("began") }
            runner.stop()
            while clock.sleeperCount == 0 { await Task.yield() }
            clock.advance(by: .seconds(5))
            try await group.waitForAll()
        }
    }

    @Test("Pauses double up to the longest")
    func pauses() {
        let policy = RetryPolicy(pause: .seconds(1), longestPause: .seconds(5))
        #expect((1...5).map { policy.pause(before: $0) } == [1, 2, 4, 5, 5].map { .seconds($0) })
    }
}

struct StageFailure: Error {}

/// A stage without state that fails at its first round.
struct FailingStage: Stage {
    func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? { nil }
    func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {}
    func close(_ task: TaskID) async {}
    func process(_ round: [TaskBatch]) async throws -> OutputBatch { throw StageFailure() }
    func publish() async {}
    func discard() async {}
}

/// A stage that ends a round only when it is cancelled.
struct HangingStage: Stage {
    private let never = BoundedChannel<Never>(capacity: 1)

    func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? { nil }
    func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {}
    func close(_ task: TaskID) async {}

    func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        _ = try await never.receive()
        return OutputBatch()
    }

    func publish() async {}
    func discard() async {}
}
