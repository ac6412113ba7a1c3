import ArgumentParser
import Foundation
import Pipeline
import Policy
import SafetyModel
import Simulation

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Runs the whole pipeline on simulated traffic, here and now; no broker.",
        discussion: """
            A made-up messaging platform lives through some days: ordinary people, people who do \
            harm, and people who are reported falsely. Everything is generated; no real list, no real \
            media. The same seed gives the same decisions.
            """)

    @OptionGroup var traffic: TrafficOptions
    @OptionGroup var lists: ListOptions

    @Option(help: "Keep the log in this directory (absent or empty) instead of a temporary one.")
    var dir: String?

    @Option(help: "Policy pack to run instead of the one that is built in.")
    var pack: String?

    func run() async throws {
        var policy = Configuration()
        policy.pipeline.partitions = 4
        let settings = try traffic.settings(policy)
        policy.policy.pack = pack ?? ""
        let screen = Screen()
        var demo = Demo(settings, pack: try policy.pack(), texts: try lists.texts())
        let place = try DemoDirectory(dir)
        defer { place.remove() }
        screen.line(
            screen.paint("Tutela", .bold)
                + "  a simulated platform of \(grouped(settings.accounts)) accounts, "
                + "\(settings.days) days, seed \(settings.seed)")
        let bar = ProgressBar(screen: screen, slices: settings.sliceCount)
        try await demo.run(in: place.path) { result, slice in bar.show(result, slice) }
        bar.finish()
        var summary = DemoSummary(demo.result, screen: screen)
        for line in summary.lines() { screen.line(line) }
        if !place.isTemporary {
            try demo.keepSettings(in: place.path, pack: pack)
            screen.line("The log stays in \(place.path); look into the past with")
            screen.line("  tutela replay --dir \(place.path)")
        }
    }
}

/// Where a demo keeps its log.
struct DemoDirectory {
    let path: String
    let isTemporary: Bool

    init(_ wished: String?) throws {
        let files = FileManager.default
        guard let wished else {
            let name = "tutela-demo-\(ProcessInfo.processInfo.processIdentifier)"
            path = files.temporaryDirectory.appending(path: name).path()
            isTemporary = true
            return
        }
        let found = (try? files.contentsOfDirectory(atPath: wished)) ?? []
        guard found.isEmpty else {
            throw ConfigurationError(
                where: wished, "the directory is not empty",
                "choose another, or remove what is in it")
        }
        path = wished
        isTemporary = false
    }

    func remove() {
        if isTemporary { try? FileManager.default.removeItem(atPath: path) }
    }
}

/// A line that moves on a terminal, one line a day elsewhere.
private struct ProgressBar {
    let screen: Screen
    let slices: Int

    func show(_ result: DemoResult, _ slice: SimulatedSlice) {
        let done = slice.index + 1
        let day = slice.index / 24 + 1
        let facts =
            "day \(day)  \(grouped(result.total)) records  "
            + "\(grouped(result.stages.matches)) matches  "
            + "\(grouped(result.stages.proposals)) proposals"
        if screen.isTerminal {
            let full = done * 24 / slices
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 24 - full)
            screen.progress("\(bar) \(done * 100 / slices) %  \(facts)")
        } else if done % 24 == 0 {
            screen.line(facts)
        }
    }

    func finish() { screen.progress("") }
}
