import ArgumentParser

@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tutela-bench", abstract: "The processes that the benchmark measures.",
        subcommands: [Preload.self, Assess.self, Hash.self, PolicyCore.self, PolicyStage.self])
}
