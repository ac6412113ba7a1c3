import BankStorage
import CyberTip
import EventSchemas
import KafkaLog
import Logging
import Observability
import Operations
import Pipeline
import Policy
import ServiceLifecycle
import Streaming
import UnixSignals

/// One process of the pipeline on Kafka, put together.
struct PipelineProcess {
    private let configuration: Configuration
    private let instruments: Instruments
    private let log: KafkaLog
    private let packs: PackFeed
    private let texts: TextFeed
    private let sealer: Sealer
    private let bank: BankFeed
    private let observer: PipelineObserver
    private let monitors = LaneMonitors()
    private let clock = MonotonicClock()

    init(
        _ configuration: Configuration, _ environment: [String: String], _ instruments: Instruments
    ) throws {
        self.configuration = configuration
        self.instruments = instruments
        packs = PackFeed(try configuration.pack())
        texts = TextFeed(try configuration.textLibrary())
        sealer = try configuration.sealer(environment)
        let kafka = KafkaMonitor(metrics: instruments.metrics, logger: instruments.logger)
        log = try KafkaLog(
            try configuration.kafkaSettings(environment), report: { kafka.report($0) })
        let monitor = PipelineMonitor(
            metrics: instruments.metrics, health: instruments.health, logger: instruments.logger)
        observer = { monitor.observe($0) }
        bank = BankFeed(
            log: log, topic: configuration.pipeline.topics.hashEntries, sealer: sealer,
            bank: try configuration.emptyBank(), images: configuration.bankImages,
            observer: observer)
    }

    /// Runs until a signal or a failure that a restart of a lane does not help.
    func run() async throws {
        let settings = configuration.run
        var stages = settings.stage.names
        if configuration.enforce.isStopped, stages.contains(EnforceStage.name) {
            stages.removeAll { $0 == EnforceStage.name }
            instruments.logger.log(.warning, "The kill switch stops Enforce", [:])
        }
        instruments.logger.log(
            .notice, "Tutela starts",
            [
                .stage: settings.stage.rawValue, .brokers: configuration.kafka.brokers,
                .instance: settings.instance, .packName: packs.current.name,
            ])
        let runners = stages.map(runner)
        let (bank, watchdog) = (bank, Watchdog(monitors: monitors, clock: clock))
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if configuration.http.enabled { services.append(.init(service: operations)) }
        if let watch = packWatch {
            services.append(.init(service: BackgroundService { try await watch.run() }))
        }
        services += [
            .init(service: BackgroundService { try await bank.run() }),
            .init(service: BackgroundService { try await watchdog.run() }),
            .init(
                service: PipelineService(runners: runners),
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup),
        ]
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: instruments.logger)
        group.maximumGracefulShutdownDuration = settings.drainDeadline + .seconds(5)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            await log.close()
            throw error
        }
        await log.close()
        instruments.logger.log(.notice, "Tutela ended", [:])
    }

    /// nil for the pack that is built in.
    private var packWatch: PackWatch? {
        guard !configuration.policy.pack.isEmpty else { return nil }
        return PackWatch(
            location: PackLocation(configuration.policy.pack),
            interval: configuration.policy.watch, packs: packs, clock: clock,
            metrics: instruments.metrics, logger: instruments.logger)
    }

    private var operations: OperationsServer {
        let logger = instruments.logger
        let host = configuration.http.host
        return OperationsServer(
            host: host, port: configuration.http.port, health: instruments.health,
            logger: logger, metrics: instruments.exposition,
            started: { port in
                logger.log(
                    .info, "Health and metrics are served", [.httpAddress: "\(host):\(port)"])
            })
    }

    private func runner(_ stage: String) -> StageRunner {
        let meters = StageMeters(stage: stage, metrics: instruments.metrics)
        let retries = RetryPolicy(limit: configuration.run.restarts)
        return StageRunner(
            stage: stage, lanes: stage == AssessStage.name ? configuration.run.lanes : 1,
            restarts: retries, drainDeadline: configuration.run.drainDeadline, clock: clock,
            observer: RunnerMonitor(
                health: instruments.health, meters: meters, logger: instruments.logger),
            makeLane: { number in makeLane(stage, number, meters) })
    }

    private func makeLane(_ stage: String, _ number: Int, _ meters: StageMeters) -> Lane {
        let monitor = LaneMonitor(
            stage: stage, lane: number, stallAfter: configuration.run.stallAfter, clock: clock,
            health: instruments.health, meters: meters, logger: instruments.logger)
        monitors.set(monitor, stage: stage, lane: number)
        return Lane(
            log: log, stage: LatencyStage(makeStage(stage), meter: meters.latency),
            configuration: LaneConfiguration(
                settings: configuration.laneSettings(stage: stage, lane: number),
                limits: configuration.batchLimits, retries: configuration.retryPolicy,
                eventTime: { RecordTime.eventTime(of: $0) }, clock: clock, observer: monitor))
    }

    private func makeStage(_ stage: String) -> any Stage {
        if stage == AssessStage.name {
            return AssessStage(
                settings: configuration.pipeline, packs: packs, bank: bank, log: log,
                sealer: sealer, texts: texts, observer: observer)
        }
        return EnforceStage(
            settings: configuration.pipeline, enforce: configuration.enforce, bank: bank,
            log: log, sealer: sealer, observer: observer)
    }
}
