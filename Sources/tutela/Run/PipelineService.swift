import Logging
import Observability
import ServiceLifecycle
import Streaming

/// The stages of this process. On a graceful shutdown all of them settle what they hold at once.
struct PipelineService: Service {
    let runners: [StageRunner]

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await StageRunner.runAll(runners)
        } onGracefulShutdown: {
            for runner in runners { runner.stop() }
        }
    }
}

/// Something that runs until the process shuts down.
struct BackgroundService: Service {
    let work: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown(work)
        } catch is CancellationError {}
    }
}

/// Looks at the lanes every few seconds (I12).
struct Watchdog: Sendable {
    let monitors: LaneMonitors
    let clock: any LaneClock

    static let interval = Duration.seconds(5)

    func run() async throws {
        while true {
            try await clock.sleep(for: Self.interval)
            for monitor in monitors.current { monitor.check() }
        }
    }
}
