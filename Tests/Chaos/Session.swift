import ArgumentParser
import Foundation
import KafkaLog
import KafkaTesting
import Pipeline
import SafetyModel
import Streaming

/// The whole proof: traffic, an undisturbed run, a disturbed one, then the checks.
struct Orchestrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Preloads traffic, runs it undisturbed and disturbed, and checks exactly-once.")

    @Option(help: "host:port of a Kafka broker; without it one is started.")
    var broker: String?

    @Option(help: "Records of platform traffic.")
    var events: Int = 200_000

    @Option(help: "How many times a worker is killed with SIGKILL.")
    var kills: Int = 20

    @Option(help: "Seed of traffic, faults and kills.")
    var seed: UInt64 = 1

    @Option(help: "Static workers.")
    var workers: Int = 3

    @Option(help: "Lanes of Assess in each worker.")
    var lanes: Int = 2

    @Option(help: "Part of all commits that are made to fail, 0 to 1.")
    var faults: Double = 0.08

    @Flag(help: "Kill only workers with --instance, for brokers that never expire members.")
    var staticOnly = false

    @Option(help: "What the client library writes to the workers' logs, such as cgrp,eos.")
    var debug: String?

    @Option(help: "Where logs and results go.")
    var folder: String = ".build/chaos"

    func run() async throws {
        let start = ContinuousClock.now
        // Held until the end: the broker lives as long as this does.
        let own = self.broker == nil ? try await TestBroker.start() : nil
        defer { own?.stop() }
        guard let address = self.broker ?? own?.address else { return }
        let session = Session(
            options: self, address: address, isOurs: own?.isOurs ?? false,
            plan: Plan(prefix: "chaos-\(ProcessInfo.processInfo.processIdentifier)"),
            log: try KafkaLog(Rig.settings(address)))
        let held = Table(findings: try await session.run()).show()
        say("\n\(held ? "Exactly once, shown" : "NOT SHOWN") in \((.now - start).brief)")
        if !held { throw ExitCode.failure }
    }
}

struct Session {
    let options: Orchestrate
    let address: String
    /// Whether the broker is the one that we start, which never forgets members that were killed.
    let isOurs: Bool
    let plan: Plan
    let log: KafkaLog

    /// - Returns: what each check found, and whether each can fail.
    func run() async throws -> [Finding] {
        try await createTopics()
        let (ends, total) = try await preload()
        _ = try await perform(.calm, ends: ends, total: total)
        let report = try await perform(.wild, ends: ends, total: total)
        say("Reading both runs' topics, read_committed")
        let calm = try await Snapshot.read(plan.sources(of: .calm), from: log)
        let wild = try await Snapshot.read(plan.sources(of: .wild), from: log)
        let verification = Verification(plan: plan, calm: calm, wild: wild)
        var findings = [try await ReplayCheck(plan: plan, snapshot: wild, log: log).run()]
        findings += try verification.run()
        findings.append(recovery(report))
        findings.append(disturbance(report))
        findings.append(try await selfTest(verification))
        return findings
    }

    private func createTopics() async throws {
        var plans: [String: TopicPlan] = [:]
        for run in Plan.Run.allCases {
            for (name, partitions) in plan.partitionCounts(of: run) {
                let compact = name.contains(".state.") || name.contains(".packs.")
                plans[name] = TopicPlan(
                    name, partitions: partitions, cleanup: compact ? .compact : .delete,
                    retention: compact ? .unspecified : .forever)
            }
        }
        _ = try await log.createTopics(plans.values.sorted { $0.name < $1.name })
    }

    /// Writes bank and traffic.
    /// - Returns: the last offset + 1 of each input of Assess, and how many records they hold.
    private func preload() async throws -> (ends: [TopicPartition: Int64], total: UInt64) {
        let topics = plan.topics(of: .calm)
        let writer = try await log.openWriter()
        var traffic = Traffic(
            topics: topics, partitions: plan.partitions, seed: options.seed,
            records: options.events)
        let entries = traffic.hashEntries
        try await writer.write(entries)
        while let batch = traffic.next() { try await writer.write(batch) }
        await writer.close()
        var ends: [TopicPartition: Int64] = [:]
        let platform = [topics.accounts, topics.groups, topics.invites, topics.reports]
        let sources = platform.flatMap { topic in
            (0..<plan.partitions).map { TopicPartition(topic, $0) }
        }
        var total = 0
        for (source, records) in try await Snapshot.read(sources, from: log).records {
            ends[source] = (records.last?.offset ?? -1) + 1
            total += records.count
        }
        say(
            "Preloaded \(total) records on \(plan.partitions) partitions of 4 topics, "
                + "\(entries.count) hash entries, at \(address)")
        return (ends, UInt64(total))
    }

    private func perform(
        _ run: Plan.Run, ends: [TopicPartition: Int64], total: UInt64
    ) async throws -> Disturber.Report {
        let start = ContinuousClock.now
        let isWild = run == .wild
        let progress = Progress(ends: ends)
        var disturber = Disturber(
            plan: plan, run: run, options: try workerOptions(isWild: isWild),
            folder: try runFolder(run), progress: progress, total: total,
            log: log, killsDynamic: isWild && !isOurs && !options.staticOnly, isOurs: isOurs,
            seed: options.seed &+ 17)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for partition in 0..<plan.partitions {
                    let source = TopicPartition(plan.topics(of: run).ledger, partition)
                    group.addTask { await progress.watch(source, on: log) }
                }
                try await disturber.start(isWild ? options.workers : 1, anchored: isWild)
                if isWild { try await disturber.disturb(kills: options.kills) }
                try await disturber.finish()
                try await settleEnforce(run, progress)
                try await disturber.stop()
                group.cancelAll()
            }
        } catch {
            disturber.killAll()
            throw error
        }
        let report = disturber.report
        say(
            isWild
                ? "Disturbed run: \((.now - start).brief), \(report.kills) kills, "
                    + "\(report.restarts) restarts, \(report.joined) joined, \(report.left) left"
                : "Undisturbed run: \((.now - start).brief)")
        return report
    }

    /// Until Enforce has read the last proposal.
    private func settleEnforce(_ run: Plan.Run, _ progress: Progress) async throws {
        let source = TopicPartition(plan.topics(of: run).proposals, 0)
        let proposals = try await Snapshot.read([source], from: log).records[source] ?? []
        guard let last = proposals.last else { return }
        let start = ContinuousClock.now
        while await progress.position(of: source) <= last.offset {
            guard ContinuousClock.now - start < .seconds(120) else {
                throw ChaosError("Enforce did not come to the end of the proposals")
            }
            try await Task.sleep(for: .milliseconds(25))
        }
    }

    private func workerOptions(isWild: Bool) throws -> WorkerOptions {
        var words = ["--broker", address, "--lanes", "\(options.lanes)"]
        if let debug = options.debug { words += ["--debug", debug] }
        if isWild {
            let perTask = options.events / Int(plan.partitions)
            words += [
                "--batch", "\(max(8, perTask / 250))", "--faults", "\(options.faults)",
                "--fences", "\(options.faults * 0.05)",
            ]
        }
        return try WorkerOptions.parse(words)
    }

    private func runFolder(_ run: Plan.Run) throws -> URL {
        let folder = URL(filePath: options.folder).appending(path: run.rawValue)
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

extension Session {
    /// (e)
    private func recovery(_ report: Disturber.Report) -> Finding {
        // The broker that we start may keep a group waiting for a static member that came again while
        // the group changed, until the members' poll interval of 20 s is over.
        let limit = Duration.seconds(isOurs ? 25 : 15)
        let sorted = report.recoveries.sorted()
        let slow = sorted.filter { $0 > limit }
        let worst = sorted.last.map(\.brief) ?? "-"
        let median = sorted.isEmpty ? "-" : sorted[sorted.count / 2].brief
        return Finding(
            check: "e", title: "readers move again after a restart",
            detail: "median \(median), longest \(worst) of \(sorted.count), limit \(limit.brief)",
            problems: slow.map { "one took \($0.brief)" })
    }

    /// That what was meant to happen did.
    private func disturbance(_ report: Disturber.Report) -> Finding {
        var counts: [String: Int] = [:]
        let folder = URL(filePath: options.folder).appending(path: Plan.Run.wild.rawValue)
        let logs = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in logs {
            let text =
                (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") where line.hasPrefix("injected fault: ") {
                counts[String(line.dropFirst(16)), default: 0] += 1
            }
        }
        var problems: [String] = []
        if report.kills < options.kills { problems.append("only \(report.kills) kills") }
        if options.faults > 0, counts.isEmpty { problems.append("no fault was injected") }
        let faults = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return Finding(
            check: "-", title: "the run was disturbed",
            detail: (["\(report.kills) kills"] + faults).joined(separator: ", "),
            problems: problems)
    }

    /// That every check can fail.
    private func selfTest(_ verification: Verification) async throws -> Finding {
        var problems: [String] = []
        for sabotage in Sabotage.allCases {
            var wild = verification.wild
            try sabotage.apply(to: &wild, plan: plan)
            let findings =
                sabotage.check == "a"
                ? [try await ReplayCheck(plan: plan, snapshot: wild, log: log).run()]
                : try Verification(plan: plan, calm: verification.calm, wild: wild).run()
            if !findings.contains(where: { $0.check == sabotage.check && !$0.holds }) {
                problems.append("\(sabotage) was not noticed")
            }
        }
        return Finding(
            check: "-", title: "falsified records are noticed",
            detail: "\(Sabotage.allCases.count) kinds", problems: problems)
    }
}
