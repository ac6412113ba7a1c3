import ArgumentParser

struct PolicyCore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Evaluates invented signals with the default pack and prints what it cost.")

    @Option(help: "Subjects, all in memory.")
    var subjects = 200_000

    @Option(help: "Signals, spread over ten days of event time.")
    var signals = 3_000_000

    func run() { say(PolicyBench.run(subjects: subjects, signals: signals)) }
}
