import Foundation
import KafkaLog
import Pipeline
import Streaming

/// Runs the workers of a run, and in the disturbed one kills, restarts, adds and removes them.
struct Disturber {
    let plan: Plan
    let run: Plan.Run
    let options: WorkerOptions
    let folder: URL
    let progress: Progress
    /// Records of the traffic, to spread the kills over.
    let total: UInt64
    let log: KafkaLog
    let killsDynamic: Bool
    /// The broker is the one that we start. It hides the records of a producer that comes again after
    /// an aborted transaction from readers that come late; so the producers of each life of a worker
    /// have a name of their own, and what the last life left open is settled here. And it may keep a
    /// group waiting for a static member that came again while the group changed; so workers are not
    /// killed again while they come up.
    let isOurs: Bool
    private var lives: [String: Int] = [:]
    var random: SeededRandom

    /// A dynamic worker that joins first and stays, so that it leads the groups: it is never fenced. The
    /// broker that we start lets a restarted static leader assign anew for itself alone, and two
    /// members then hold one partition.
    private var anchor: WorkerProcess?
    private var statics: [WorkerProcess] = []
    private var dynamics: [WorkerProcess] = []
    private(set) var report = Report()

    struct Report {
        var kills = 0
        var restarts = 0
        var joined = 0
        var left = 0
        /// Time from each restart until every unfinished task had moved.
        var recoveries: [Duration] = []
    }

    init(
        plan: Plan, run: Plan.Run, options: WorkerOptions, folder: URL, progress: Progress,
        total: UInt64, log: KafkaLog, killsDynamic: Bool, isOurs: Bool, seed: UInt64
    ) {
        self.plan = plan
        self.run = run
        self.options = options
        self.folder = folder
        self.progress = progress
        self.total = total
        self.log = log
        self.killsDynamic = killsDynamic
        self.isOurs = isOurs
        random = SeededRandom(seed)
    }

    /// Starts the workers with a name; in the disturbed run after one without.
    mutating func start(_ count: Int, anchored: Bool) async throws {
        if anchored {
            anchor = try launch("anchor", isStatic: false, isFenced: false)
            try await wait { await progress.delivered > 0 }
        }
        for number in 0..<count { statics.append(try launch("w\(number)", isStatic: true)) }
    }

    private mutating func launch(
        _ name: String, isStatic: Bool, isFenced: Bool = true
    ) throws -> WorkerProcess {
        var options = options
        if !isFenced { options.fences = 0 }
        if isStatic { lives[name, default: 0] += 1 }
        return try WorkerProcess(
            name: name, isStatic: isStatic,
            arguments: options.arguments(
                plan: plan, run: run, instance: isStatic ? name : nil,
                life: isStatic && isOurs ? lives[name] : nil, seed: random.next()),
            folder: folder)
    }

    /// Kills `kills` times while the traffic is being worked off; now and then another worker joins
    /// for a while.
    mutating func disturb(kills: Int) async throws {
        for number in 1...max(1, kills) where kills > 0 {
            let threshold = total * UInt64(number) / UInt64(kills + 2)
            try await wait { await progress.delivered >= threshold }
            try await Task.sleep(for: .milliseconds(random.below(150)))
            if number % 3 == 1 { try joinAnother() }
            try await killAndRestart()
            if number % 3 == 0 { try await letOneLeave() }
        }
        while !dynamics.isEmpty { try await letOneLeave() }
    }

    private mutating func killAndRestart() async throws {
        let victim = random.below(statics.count)
        let unfinished = await progress.unfinished
        statics[victim].kill()
        report.kills += 1
        if isOurs { try await settle(statics[victim].name) }
        if killsDynamic, random.oneIn(2), let other = dynamics.popLast() {
            other.kill()
            report.kills += 1
        }
        try await Task.sleep(for: .milliseconds(random.below(400)))
        statics[victim] = try launch(statics[victim].name, isStatic: true)
        report.restarts += 1
        if !isOurs, random.oneIn(4) {
            try await Task.sleep(for: .milliseconds(random.below(400)))
            statics[victim].kill()
            report.kills += 1
            statics[victim] = try launch(statics[victim].name, isStatic: true)
            report.restarts += 1
        }
        try await measureRecovery(of: unfinished)
    }

    /// Aborts what the producers of a worker that was killed left open.
    private func settle(_ worker: String) async throws {
        let lanes = [(AssessStage.name, options.lanes), (EnforceStage.name, 1)]
        for (stage, count) in lanes {
            for lane in 0..<count {
                let instance = plan.instance(worker, stage, lane, of: run)
                let name = plan.transactionalID(instance, life: lives[worker] ?? 1)
                await (try log.openWriter(named: name)).close()
            }
        }
    }

    private mutating func measureRecovery(of tasks: Set<String>) async throws {
        let restart = ContinuousClock.now
        try await wait(at: .seconds(60)) {
            await progress.waiting(tasks, since: restart).isEmpty
        }
        if !tasks.isEmpty { report.recoveries.append(ContinuousClock.now - restart) }
    }

    private mutating func joinAnother() throws {
        report.joined += 1
        dynamics.append(try launch("d\(report.joined)", isStatic: false))
    }

    private mutating func letOneLeave() async throws {
        guard let leaver = dynamics.popLast() else { return }
        try await leaver.stop(within: .seconds(30))
        report.left += 1
    }

    /// Until Assess has come to the end of the traffic.
    mutating func finish() async throws {
        try await wait(at: .seconds(300)) { await progress.unfinished.isEmpty }
    }

    /// Stops all workers with SIGTERM.
    mutating func stop() async throws {
        let all = all
        (anchor, statics, dynamics) = (nil, [], [])
        var failure: (any Error)?
        for worker in all {
            do { try await worker.stop(within: .seconds(30)) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// For the way out of a failed session.
    func killAll() {
        for worker in all { worker.kill() }
    }

    private var all: [WorkerProcess] { (anchor.map { [$0] } ?? []) + statics + dynamics }

    private func wait(
        at most: Duration = .seconds(300), until isDone: () async -> Bool
    ) async throws {
        let start = ContinuousClock.now
        while !(await isDone()) {
            if let failure = await progress.failure { throw ChaosError("reader: \(failure)") }
            for worker in all { try worker.checkAlive() }
            guard ContinuousClock.now - start < most else {
                throw ChaosError("no progress for \(most); \(await progress.missing)")
            }
            try await Task.sleep(for: .milliseconds(25))
        }
    }
}
