import ArgumentParser
import CyberTip
import EventSchemas
import Foundation
import KafkaLog
import Pipeline
import Policy
import SafetyModel
import Streaming
import StreamingTesting
import UnixSignals

/// What all workers of a run share.
struct WorkerOptions: ParsableArguments, Sendable {
    @Option(help: "host:port of the broker.")
    var broker: String

    @Option(help: "Records of a task's batch; small batches make many transactions to disturb.")
    var batch: Int = 8_192

    @Option(help: "Part of all commits that are made to fail, 0 to 1.")
    var faults: Double = 0

    @Option(help: "Part of all commits that are made to end as fenced, 0 to 1.")
    var fences: Double = 0

    @Option(help: "Lanes of Assess in each worker.")
    var lanes: Int = 2

    @Option(help: "What the client library writes to the workers' logs, such as cgrp,eos.")
    var debug: String?

    func plan(seed: UInt64) -> FaultPlan {
        FaultPlan(
            seed: seed, abort: faults * 0.4, unknownDone: faults * 0.2,
            unknownUndone: faults * 0.2, unknownLate: faults * 0.2, fence: fences)
    }

    func arguments(
        plan: Plan, run: Plan.Run, instance: String?, life: Int?, seed: UInt64
    ) -> [String] {
        var words = [
            "--broker", broker, "--batch", "\(batch)", "--faults", "\(faults)",
            "--fences", "\(fences)", "--lanes", "\(lanes)", "--prefix", plan.prefix,
            "--run", run.rawValue, "--seed", "\(seed)",
        ]
        if let instance { words += ["--instance", instance] }
        if let life { words += ["--life", "\(life)"] }
        if let debug { words += ["--debug", debug] }
        return words
    }
}

/// One process of a run: lanes of both stages over Kafka behind the fault wrapper.
struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One worker process; the session starts and kills these.", shouldDisplay: false)

    @OptionGroup var options: WorkerOptions
    @Option var prefix: String
    @Option var run: String
    @Option var instance: String?
    @Option var life: Int?
    @Option var seed: UInt64 = 1

    func run() async throws {
        guard let run = Plan.Run(rawValue: run) else { throw ChaosError("no run '\(run)'") }
        let plan = Plan(prefix: prefix)
        let properties = options.debug.map { ["debug": $0] } ?? [:]
        let kafka = try KafkaLog(
            Rig.settings(options.broker, properties: properties), report: Witness.notice)
        let log = FaultyLog(kafka, plan: options.plan(seed: seed)) { fault in
            say("injected fault: \(fault)")
        }
        let rig = Rig(plan: plan, run: run, log: log)
        let runners = [
            rig.runner(
                AssessStage.name, sources: rig.topics.assessSources, lanes: options.lanes,
                worker: instance, life: life, batch: options.batch),
            rig.runner(
                EnforceStage.name, sources: rig.topics.enforceSources, lanes: 1,
                worker: instance, life: life, batch: options.batch),
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    for runner in runners { runner.stop() }
                }
            }
            try await StageRunner.runAll(runners)
            group.cancelAll()
        }
        await kafka.close()
    }
}
