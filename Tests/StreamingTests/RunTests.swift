import Streaming
import StreamingTesting
import Synchronization
import Testing

/// Lanes that run until stopped, with a clock that the test moves.
@Suite(.timeLimit(.minutes(1))) struct RunTests {
    @Test("A batch that is not full closes when its first record has lingered")
    func lingers() async throws {
        let bench = try Bench(partitions: 1)
        let clock = ManualClock()
        let progress = Progress()
        let stage = bench.stage()
        let lane = bench.lane(
            stage: stage, limits: BatchLimits(records: 100, linger: .milliseconds(20)),
            clock: clock, observer: progress)
        try await bench.write("a", partition: 0, times: [1, 2, 3])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            try await progress.wait { $0.contains { $0.hasPrefix("received") } }
            #expect(await stage.published == 0)
            clock.advance(by: .milliseconds(19))
            await Task.yield()
            #expect(await stage.published == 0)
            clock.advance(by: .milliseconds(1))
            try await progress.wait { $0.contains("round 3") }
            lane.stop()
            try await group.waitForAll()
        }
        #expect(try await bench.check.faults() == [])
    }

    @Test(
        "A batch waits ten times as long while records come in bulk",
        arguments: [(1_100, 200), (1_000, 20)])
    func patience(records: Int, milliseconds: Int) async throws {
        let bench = try Bench(partitions: 1)
        let clock = ManualClock()
        let progress = Progress()
        let stage = bench.stage()
        // The end of the source is not seen.
        let log = WrappedLog(
            bench.log,
            change: { event in
                if case .drained(let source, _)? = event, source.topic == "a" { return nil }
                return event
            })
        let lane = bench.lane(
            on: log, stage: stage, limits: BatchLimits(records: 5_000, linger: .milliseconds(20)),
            clock: clock, observer: progress)
        try await bench.write("a", partition: 0, times: (0..<records).map { Int64($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            try await progress.wait { $0.contains { $0.hasPrefix("received") } }
            for _ in 0..<20 { await Task.yield() }
            clock.advance(by: .milliseconds(milliseconds - 1))
            for _ in 0..<20 { await Task.yield() }
            #expect(await stage.published == 0)
            clock.advance(by: .milliseconds(1))
            try await progress.wait { $0.contains("round \(records)") }
            lane.stop()
            try await group.waitForAll()
        }
        #expect(try await bench.check.faults() == [])
    }

    @Test("What is committed to its end has no lag, though the log counts a gap there")
    func lag() async throws {
        let bench = try Bench(partitions: 1)
        let clock = ManualClock()
        let progress = Progress()
        let lane = bench.lane(
            stage: bench.stage(), limits: BatchLimits(records: 3), clock: clock, observer: progress)
        try await bench.write("a", partition: 0, times: [1, 2, 3])
        let end = try await bench.log.bounds(of: TopicPartition("a", 0)).end
        #expect(end > 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            try await progress.wait { $0.contains("round 3") }
            while !progress.lines.contains("lag a[0] 0") {
                if clock.sleeperCount > 0 { clock.advance(by: .seconds(10)) }
                await Task.yield()
            }
            lane.stop()
            try await group.waitForAll()
        }
    }

    @Test("A full batch does not wait for the clock")
    func full() async throws {
        let bench = try Bench(partitions: 1)
        let progress = Progress()
        let lane = bench.lane(
            stage: bench.stage(), limits: BatchLimits(records: 5), clock: ManualClock(),
            observer: progress)
        try await bench.write("a", partition: 0, times: (0..<10).map { Int64($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            try await progress.wait { $0.filter { $0 == "round 5" }.count == 2 }
            lane.stop()
            try await group.waitForAll()
        }
        #expect(try await bench.check.faults() == [])
    }

    @Test("A task that moves is settled, closed here and opened there")
    func moves() async throws {
        let bench = try Bench(partitions: 2)
        let progress = Progress()
        let (one, two) = (bench.stage(), bench.stage())
        let limits = BatchLimits(records: 4)
        let first = bench.lane(
            stage: one, limits: limits, clock: ManualClock(), observer: progress)
        let second = bench.lane(
            stage: two, limits: limits, clock: ManualClock(), observer: progress)
        for partition in 0..<2 as Range<Int32> {
            try await bench.write("a", partition: partition, times: [1, 2, 3, 4])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.run() }
            try await progress.wait { $0.filter { $0.hasPrefix("opened") }.count == 2 }
            group.addTask { try await second.run() }
            try await progress.wait { $0.filter { $0.hasPrefix("opened") }.count == 4 }
            for partition in 0..<2 as Range<Int32> {
                try await bench.write("b", partition: partition, times: [5, 6, 7, 8])
            }
            try await bench.whenDone(progress)
            first.stop()
            second.stop()
            try await group.waitForAll()
        }
        #expect(try await bench.check.faults() == [])
        #expect(await one.history.prefix(2).contains("open 0"))
        #expect(await two.history.contains("open 1"))
        let partitions = await two.rounds.flatMap { $0.map(\.task.partition) }
        #expect(!partitions.isEmpty && !partitions.contains(0))
    }

    @Test("Partitions revoked while a round runs are let go once the round is settled")
    func revokedMeanwhile() async throws {
        let bench = try Bench(partitions: 1)
        let progress = Progress()
        let stage = GatedStage(bench.stage())
        let lane = bench.lane(
            stage: stage, limits: BatchLimits(records: 2), clock: ManualClock(),
            observer: progress)
        try await bench.write("a", partition: 0, times: [1, 2])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            try await progress.wait { $0.contains("began") }
            bench.log.rebalance(group: "group")
            stage.gate.finish()
            try await progress.wait { $0.filter { $0 == "opened test-0" }.count == 2 }
            lane.stop()
            try await group.waitForAll()
        }
        let told = progress.lines.filter { !$0.hasPrefix("lag") && !$0.hasPrefix("received") }
        #expect(
            told.prefix(7) == [
                "joined", "opening test-0", "opened test-0", "began", "round 2", "closed test-0",
                "opening test-0",
            ])
        #expect(try await bench.check.faults() == [])
    }

    @Test("Partitions lost while a round runs take the round with them")
    func lostMeanwhile() async throws {
        let bench = try Bench(partitions: 1)
        let progress = Progress()
        let inner = bench.stage()
        let stage = GatedStage(inner)
        let heard = BoundedChannel<Bool>(capacity: 4)
        let log = WrappedLog(
            bench.log,
            listen: { event in
                if case .assigned? = event { _ = heard.offer(true) }
            })
        let lane = bench.lane(
            on: log, stage: stage, limits: BatchLimits(records: 2), clock: ManualClock(),
            observer: progress)
        try await bench.write("a", partition: 0, times: [1, 2])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            try await progress.wait { $0.contains("began") }
            bench.log.expire(group: "group", instance: nil)
            // The lane has heard of the loss once it is given the assignment that comes after.
            for _ in 0..<2 { _ = try await heard.receive() }
            stage.gate.finish()
            try await progress.wait { $0.contains("round 2") }
            lane.stop()
            try await group.waitForAll()
        }
        #expect(await inner.discarded == 1)
        #expect(await inner.published == 1)
        #expect(try await bench.check.faults() == [])
    }

    @Test("A task that waits for a silent source is reported as stalled, and when it moves again")
    func stalls() async throws {
        let bench = try Bench(partitions: 1)
        let clock = ManualClock()
        let progress = Progress()
        // Lanes hear nothing of the topic c, not even its end.
        let isSilent = SilentSwitch()
        let log = WrappedLog(
            bench.log,
            change: { event in
                guard case .drained(let source, _)? = event, source.topic == "c" else {
                    return event
                }
                return isSilent.isOn.withLock { $0 } ? nil : event
            })
        let lane = bench.lane(
            on: log, stage: bench.stage(), limits: BatchLimits(linger: .milliseconds(4)),
            clock: clock, observer: progress)
        try await bench.write("a", partition: 0, times: [1])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lane.run() }
            try await progress.wait { $0.contains { $0.hasPrefix("received") } }
            let mover = Task {
                while !Task.isCancelled {
                    clock.advance(by: .seconds(1))
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
            try await progress.wait { $0.contains("stalled test-0 on c[0]") }
            isSilent.isOn.withLock { $0 = false }
            bench.log.rebalance(group: "group")
            try await progress.wait { $0.contains("round 1") }
            mover.cancel()
            lane.stop()
            try await group.waitForAll()
        }
    }

    @Test("Cancelling a lane leaves nothing half done")
    func cancelled() async throws {
        let bench = try Bench(partitions: 1)
        let progress = Progress()
        let lane = bench.lane(
            stage: bench.stage(), limits: BatchLimits(records: 2), clock: MonotonicClock(),
            observer: progress)
        try await bench.write("a", partition: 0, times: (0..<100).map { Int64($0) })
        let run = Task { try await lane.run() }
        try await progress.wait { $0.contains("round 2") }
        run.cancel()
        await #expect(throws: (any Error).self) { try await run.value }
        let next = bench.lane(stage: bench.stage())
        _ = try await next.runUntilQuiet()
        await next.close()
        #expect(try await bench.check.faults() == [])
    }
}

extension Bench {
    /// Waits until all that was written is committed.
    func whenDone(_ progress: Progress) async throws {
        while true {
            let committed = try await committed()
            var isDone = true
            for topic in Self.sources {
                for partition in 0..<partitions {
                    let source = TopicPartition(topic, partition)
                    let reader = try await log.openReader(
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

/// Tells that lanes moved, and keeps what they told.
final class Progress: LaneObserver {
    /// Something happened since it was last received.
    let changes = BoundedChannel<Bool>(capacity: 1)
    private let all = Mutex<[String]>([])

    var lines: [String] { all.withLock { $0 } }

    /// Waits until what was told so far satisfies a condition.
    func wait(until condition: ([String]) -> Bool) async throws {
        while !condition(lines) { _ = try await changes.receive() }
    }

    func observe(_ observation: LaneObservation) {
        let line: String
        switch observation {
        case .joined: line = "joined"
        case .opening(let task): line = "opening \(task)"
        case .opened(let task, _): line = "opened \(task)"
        case .closed(let task): line = "closed \(task)"
        case .received(_, let records, _): line = "received \(records)"
        case .roundBegan: line = "began"
        case .round(let report): line = "round \(report.records)"
        case .commitFailed(_, let outcome, _): line = outcome
        case .lag(let source, let records): line = "lag \(source) \(records)"
        case .restarting(_, let lane, let error, _, _): line = "restart \(lane): \(error)"
        case .stopped(_, let lane, let error): line = "stopped \(lane): \(error ?? "")"
        case .stalled(let task, let source, _): line = "stalled \(task) on \(source)"
        case .moving(let task): line = "moving \(task)"
        }
        all.withLock { $0.append(line) }
        _ = changes.offer(true)
    }
}

/// A stage whose rounds wait until the gate is finished.
struct GatedStage: Stage {
    let inner: CountingStage
    let gate = BoundedChannel<Never>(capacity: 1)

    init(_ inner: CountingStage) { self.inner = inner }

    func open(_ task: TaskID) async throws -> [TopicPartition: Int64]? {
        try await inner.open(task)
    }

    func begin(_ task: TaskID, at positions: [TopicPartition: Int64]) async throws {
        try await inner.begin(task, at: positions)
    }

    func close(_ task: TaskID) async { await inner.close(task) }

    func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        let output = try await inner.process(round)
        _ = try await gate.receive()
        return output
    }

    func publish() async { await inner.publish() }
    func discard() async { await inner.discard() }
}

final class SilentSwitch: Sendable {
    let isOn = Mutex(true)
}
