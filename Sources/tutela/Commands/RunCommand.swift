import ArgumentParser

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the pipeline on Kafka until SIGTERM or SIGINT.",
        discussion: """
            On a signal every lane settles the round in hand, commits and leaves its group, within \
            run.drain_deadline. Nothing is lost past it: what was not committed is done again.
            """)

    @OptionGroup var options: ConfigOptions

    @Option(help: "assess, enforce or both; outranks run.stage.")
    var stage: StageChoice?

    @Option(help: "Lanes of Assess; outranks run.lanes.")
    var lanes: Int?

    @Option(help: "Makes lanes static members of their groups; outranks run.instance.")
    var instance: String?

    func run() async throws {
        var (settings, environment) = try options.load()
        if let stage { settings.run.stage = stage }
        if let lanes {
            guard (1...256).contains(lanes) else {
                throw ValidationError("--lanes must be from 1 to 256.")
            }
            settings.run.lanes = lanes
        }
        if let instance { settings.run.instance = instance }
        let instruments = Instruments(settings.log)
        try await PipelineProcess(settings, environment, instruments).run()
    }
}

extension StageChoice: ExpressibleByArgument {}
