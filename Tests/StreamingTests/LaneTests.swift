import Streaming
import StreamingTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct LaneTests {
    @Test("The lock-step run processes all there is, then is quiet; what follows is processed next")
    func lockStep() async throws {
        let bench = try Bench()
        let stage = bench.stage()
        let lane = bench.lane(stage: stage)
        #expect(try await lane.runUntilQuiet() == 0)
        for topic in Bench.sources {
            try await bench.write(topic, partition: 0, times: (0..<25).map { Int64($0) })
            try await bench.write(topic, partition: 1, times: (0..<5).map { Int64($0) })
        }
        #expect(try await lane.runUntilQuiet() == 90)
        try await bench.write("b", partition: 1, times: [1, 2, 3])
        #expect(try await lane.runUntilQuiet() == 3)
        #expect(try await lane.runUntilQuiet() == 0)
        #expect(try await bench.check.faults() == [])
        await lane.close()
    }

    @Test("The lock-step run makes the same rounds however little the lane may buffer")
    func lockStepBounds() async throws {
        var rounds: [[[[String]]]] = []
        for buffered in [40_000, 30, 1] {
            let bench = try Bench()
            var random = SeededRandom(seed: 7)
            for topic in Bench.sources {
                for partition in 0..<2 as Range<Int32> {
                    let times = (0..<200).map { _ in Int64.random(in: 0..<1_000, using: &random) }
                    try await bench.write(topic, partition: partition, times: times)
                }
            }
            let stage = bench.stage()
            let lane = bench.lane(stage: stage, buffered: buffered)
            #expect(try await lane.runUntilQuiet() == 1_200)
            rounds.append(await stage.rounds.map { round in round.map { $0.records.map(label) } })
            #expect(try await bench.check.faults() == [])
            await lane.close()
        }
        #expect(rounds[0] == rounds[1])
        #expect(rounds[0] == rounds[2])
    }

    @Test("Idle tasks write nothing")
    func idle() async throws {
        let bench = try Bench()
        try await bench.write("a", partition: 0, times: [1])
        let lane = bench.lane(stage: bench.stage())
        _ = try await lane.runUntilQuiet()
        #expect(try await bench.check.values("ledger", 1) == [])
        #expect(try await bench.check.values("ledger", 0).count == 1)
        await lane.close()
    }

    @Test("A task that has history goes on; one without begins")
    func resume() async throws {
        let bench = try Bench()
        try await bench.write("a", partition: 0, times: [1, 2])
        let first = bench.lane(stage: bench.stage())
        _ = try await first.runUntilQuiet()
        await first.close()
        try await bench.write("a", partition: 0, times: [3])
        let stage = bench.stage()
        let second = bench.lane(stage: stage)
        #expect(try await second.runUntilQuiet() == 1)
        await second.close()
        #expect(
            await stage.history
                == ["open 0", "open 1", "begin 1", "close 0", "close 1"])
        #expect(try await bench.check.faults() == [])
    }

    @Test("Lost state stops the lane with an error that names both sides")
    func lostState() async throws {
        let bench = try Bench()
        try await bench.write("a", partition: 0, times: [1, 2])
        let first = bench.lane(stage: bench.stage())
        _ = try await first.runUntilQuiet()
        await first.close()
        try bench.log.deleteRecords(TopicPartition("state", 0), before: 3)
        let second = bench.lane(stage: bench.stage())
        let error = await #expect(throws: StartError.self) { try await second.runUntilQuiet() }
        #expect(error?.reason == .stateMissing(TopicPartition("a", 0), committed: 2))
        await second.close()
    }

    @Test(
        "Offsets behind the state are read again: a last commit may be settling",
        arguments: [(1, true), (4, false)])
    func settling(times: Int, starts: Bool) async throws {
        let bench = try Bench(partitions: 1)
        try await bench.write("a", partition: 0, times: [1, 2])
        let first = bench.lane(stage: bench.stage())
        _ = try await first.runUntilQuiet()
        await first.close()
        try await bench.write("a", partition: 0, times: [3])
        let answers = Counter()
        let log = WrappedLog(bench.log) { inner in
            WrappedLane(
                inner,
                offsets: { answers.next() <= times ? $0.mapValues { $0 - 1 } : $0 })
        }
        let second = bench.lane(on: log, stage: bench.stage(), retries: RetryPolicy(limit: 3))
        if starts {
            #expect(try await second.runUntilQuiet() == 1)
            #expect(try await bench.check.faults() == [])
        } else {
            let error = await #expect(throws: StartError.self) { try await second.runUntilQuiet() }
            #expect(
                error?.reason == .disagreement(TopicPartition("a", 0), meta: 2, committed: 1))
        }
        await second.close()
    }

    @Test("An aborted commit runs the same batches again; the overlay is dropped")
    func aborted() async throws {
        let bench = try Bench(partitions: 1)
        try await bench.write("a", partition: 0, times: [1, 2])
        let stage = bench.stage()
        let faulty = FaultyLog(bench.log, plan: FaultPlan(seed: 4, abort: 0.9))
        let lane = bench.lane(on: faulty, stage: stage, retries: RetryPolicy(limit: 100))
        _ = try await lane.runUntilQuiet()
        let rounds = await stage.rounds
        #expect(rounds.count > 1)
        #expect(Set(rounds.map { $0.map { $0.records.map(label) } }).count == 1)
        #expect(await stage.discarded == rounds.count - 1)
        #expect(try await bench.check.faults() == [])
        await lane.close()
    }

    @Test("Aborts beyond the limit stop the lane")
    func abortLimit() async throws {
        let bench = try Bench(partitions: 1)
        try await bench.write("a", partition: 0, times: [1])
        let stage = bench.stage()
        let faulty = FaultyLog(bench.log, plan: FaultPlan(seed: 3, abort: 1))
        let lane = bench.lane(on: faulty, stage: stage, retries: RetryPolicy(limit: 2))
        await #expect(throws: LaneError.self) { try await lane.runUntilQuiet() }
        #expect(await stage.rounds.count == 3)
        #expect(await stage.published == 0)
        #expect(try bench.log.committed(group: "group").isEmpty)
        await lane.close()
    }

    @Test(
        "An unknown outcome is settled by the committed offsets",
        arguments: [
            FaultPlan(seed: 1, unknownDone: 1), FaultPlan(seed: 1, unknownUndone: 0.6),
            FaultPlan(seed: 2, unknownLate: 0.6),
        ])
    func unknown(plan: FaultPlan) async throws {
        let bench = try Bench(partitions: 1)
        try await bench.write("a", partition: 0, times: (0..<40).map { Int64($0) })
        let stage = bench.stage()
        let faulty = FaultyLog(bench.log, plan: plan)
        let lane = bench.lane(on: faulty, stage: stage, retries: RetryPolicy(limit: 100))
        #expect(try await lane.runUntilQuiet() == 40)
        #expect(!faulty.injected.isEmpty)
        #expect(await stage.published == 4)
        #expect(try await bench.check.faults() == [])
        await lane.close()
    }

    @Test("Offsets that are neither before nor after an unknown round stop the lane")
    func indeterminate() async throws {
        let bench = try Bench(partitions: 1)
        try await bench.write("a", partition: 0, times: [1, 2])
        // Commits are unknown, and afterwards offsets have moved to where nobody put them.
        let log = WrappedLog(bench.log) { inner in
            WrappedLane(
                inner,
                commit: { inner, _, offsets in
                    _ = await inner.commit(OutputBatch(), offsets: offsets.mapValues { $0 + 1 })
                    return .unknown(LogError(.timedOut, "not known"))
                })
        }
        let lane = bench.lane(on: log, stage: bench.stage())
        let error = await #expect(throws: LaneError.self) { try await lane.runUntilQuiet() }
        guard case .indeterminate? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await lane.close()
    }

    @Test("A commit of a generation that was replaced is fenced")
    func fencedByGeneration() async throws {
        let bench = try Bench(partitions: 1)
        let zombie = try await bench.log.openLane(bench.settings())
        guard case .assigned(let sources)? = try await zombie.next(wait: .zero) else {
            Issue.record("no assignment")
            return
        }
        try await zombie.start(Dictionary(uniqueKeysWithValues: sources.map { ($0, 0) }))
        bench.log.expire(group: "group", instance: nil)
        var output = OutputBatch()
        output.append(topic: "out", partition: 0, key: nil, value: [1])
        let result = await zombie.commit(output, offsets: [TopicPartition("a", 0): 1])
        guard case .fenced = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try await bench.check.values("out", 0) == [])
        // The new generation's assignment alone does not make an old round fresh: start does.
        _ = try await zombie.next(wait: .zero)
        _ = try await zombie.next(wait: .zero)
        guard case .fenced = await zombie.commit(output, offsets: [TopicPartition("a", 0): 1])
        else {
            Issue.record("committed with the assignment of a generation it had not started")
            return
        }
        try await zombie.start(Dictionary(uniqueKeysWithValues: sources.map { ($0, 0) }))
        guard case .committed = await zombie.commit(output, offsets: [TopicPartition("a", 0): 1])
        else {
            Issue.record("not committed after start")
            return
        }
        await zombie.close()
    }

    @Test("A static member that joins again fences the one before it")
    func fencedByInstance() async throws {
        let bench = try Bench(partitions: 1)
        let old = try await bench.log.openLane(bench.settings(instance: "one"))
        _ = try await old.next(wait: .zero)
        let new = try await bench.log.openLane(bench.settings(instance: "one"))
        guard case .fenced = await old.commit(OutputBatch(), offsets: [:]) else {
            Issue.record("the old member committed")
            return
        }
        await #expect(throws: LogError.self) { _ = try await old.next(wait: .zero) }
        guard case .assigned(let sources)? = try await new.next(wait: .zero) else {
            Issue.record("no assignment")
            return
        }
        #expect(sources.count == 3)
        await old.close()
        await new.close()
    }

    @Test("Range assignment gives co-partitioned tasks, and moves them only once let go")
    func assignment() async throws {
        let bench = try Bench(partitions: 5)
        let first = try await bench.log.openLane(bench.settings())
        guard case .assigned(let all)? = try await first.next(wait: .zero) else {
            Issue.record("no assignment")
            return
        }
        #expect(all.count == 15)
        let second = try await bench.log.openLane(bench.settings())
        #expect(try await second.next(wait: .zero) == nil)
        guard case .revoked(let taken)? = try await first.next(wait: .zero) else {
            Issue.record("not revoked")
            return
        }
        await first.release(taken)
        guard case .assigned(let one)? = try await first.next(wait: .zero),
            case .assigned(let two)? = try await second.next(wait: .zero)
        else {
            Issue.record("not assigned")
            return
        }
        #expect(Set(one.map(\.partition)) == [0, 1, 2])
        #expect(Set(two.map(\.partition)) == [3, 4])
        #expect(one.count == 9 && two.count == 6)
        await second.close()
        await first.close()
    }
}
