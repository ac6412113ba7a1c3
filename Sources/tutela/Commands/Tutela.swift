import ArgumentParser
import Foundation

@main
struct Tutela: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tutela",
        abstract: "Finds and stops child exploitation on a messaging platform, beside its Kafka.",
        discussion: """
            Try it without a broker: `tutela demo`. Settings come from tutela.yaml and the \
            environment; `tutela config` prints all of them.

            Exit codes: 0 done, 1 something is not as it should be, 64 wrong usage, 69 the log \
            cannot be reached, 70 a stage failed, 78 wrong settings.
            """,
        subcommands: [
            DemoCommand.self, EvaluateCommand.self, RunCommand.self, TopicsCommand.self,
            SimulateCommand.self, ReplayCommand.self, PolicyCommand.self, BacktestCommand.self,
            HashCommand.self, BankCommand.self,
            RescanCommand.self, ModelCommand.self, ConfigCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            leave(error)
        }
    }

    private static func leave(_ error: any Error) -> Never {
        guard let failure = Failure(error) else { exit(withError: error) }
        FileHandle.standardError.write(Data("tutela: \(failure.text)\n".utf8))
        Foundation.exit(failure.code)
    }
}
