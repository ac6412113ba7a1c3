import CyberTip
import EventSchemas
import KafkaLog
import Pipeline
import Policy
import SafetyModel
import Streaming

/// The pipeline as chaos runs it: feedback off, no verdicts, budgets that nothing reaches.
struct Rig: Sendable {
    let plan: Plan
    let run: Plan.Run
    let log: any EventLog

    /// The default pack with budgets that nothing reaches: which proposal comes too late for one
    /// depends on the order among tasks, which is nobody's promise.
    static let pack: Pack = {
        let text = Pack.defaultText.replacing(
            /budget: \{[^}]*\}/, with: "budget: {per: 1d, limit: 1000000}")
        do { return try Pack.load(yaml: text, file: "chaos/pack.yaml") } catch {
            preconditionFailure("the pack is wrong: \(error)")
        }
    }()

    static func settings(_ broker: String, properties: [String: String] = [:]) -> KafkaSettings {
        KafkaSettings(brokers: broker, properties: clientProperties.merging(properties) { $1 })
    }

    private static let clientProperties = [
        "receive.message.max.bytes": "1000000000", "fetch.message.max.bytes": "4194304",
    ]

    var topics: Topics { plan.topics(of: run) }

    var settings: PipelineSettings {
        var settings = PipelineSettings(partitions: plan.partitions)
        settings.topics = topics
        settings.isTest = true
        return settings
    }

    /// Enforce writes its feedback to the signals' topic; here to one that nobody reads.
    var enforceSettings: PipelineSettings {
        var settings = settings
        settings.topics.signals = plan.feedback(of: run)
        return settings
    }

    var enforce: EnforceSettings {
        var enforce = EnforceSettings()
        enforce.modes = ModeTable(standard: .enforce)
        enforce.evidence.conclusiveBanks = ["list-a", "list-b"]
        let unreached = Budget(period: .days(1), limit: 1_000_000_000)
        enforce.budgets.entry = unreached
        enforce.budgets.action = unreached
        enforce.budgets.actions = [:]
        return enforce
    }
}

extension Rig {
    /// A key for tests; what it seals is invented.
    static func sealer() throws -> Sealer {
        Sealer(try SealingKey(bytes: Array(1...32), id: "chaos"))
    }

    /// What orders records among sources; the same for lanes and replay.
    static let eventTime: @Sendable (Record) -> Int64? = { record in
        record.withBytes(of: .eventTime) { raw in
            raw.flatMap { Instant(rfc3339: $0) }?.milliseconds
        }
    }

    /// - Parameters:
    ///   - worker: the static name of the process; nil for a dynamic one.
    ///   - life: which life of the worker it is, where its producers have a new name in each.
    func runner(
        _ stage: String, sources: [String], lanes: Int, worker: String?, life: Int?, batch: Int
    ) -> StageRunner {
        StageRunner(stage: stage, lanes: lanes, observer: Witness()) { number in
            let instance = worker.map { plan.instance($0, stage, number, of: run) }
            let settings = LaneSettings(
                stage: stage, topics: sources, group: plan.group(stage, of: run),
                instance: instance,
                transactionalID: instance.flatMap { instance in
                    life.map { plan.transactionalID(instance, life: $0) }
                })
            return Lane(
                log: log, stage: try makeStage(stage),
                configuration: LaneConfiguration(
                    settings: settings, limits: BatchLimits(records: batch),
                    eventTime: Rig.eventTime, clock: MonotonicClock(), observer: Witness()))
        }
    }

    /// The hash entries; lanes of a process could share one, but here the bank never moves.
    func makeBank() throws -> BankFeed {
        BankFeed(log: log, topic: topics.hashEntries, sealer: try Rig.sealer())
    }

    func makeStage(_ stage: String, bank: BankFeed? = nil) throws -> any Stage {
        if stage == AssessStage.name {
            return AssessStage(
                settings: settings, pack: Rig.pack, bank: try bank ?? makeBank(), log: log,
                sealer: try Rig.sealer())
        }
        return EnforceStage(
            settings: enforceSettings, enforce: enforce, log: log, sealer: try Rig.sealer())
    }
}
