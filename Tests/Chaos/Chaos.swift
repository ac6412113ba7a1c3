import ArgumentParser

@main
struct Chaos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tutela-chaos",
        abstract: "Kills, restarts and aborts; then proves that every event counted exactly once.",
        subcommands: [Orchestrate.self, Worker.self], defaultSubcommand: Orchestrate.self)
}
