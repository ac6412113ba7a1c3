public import ArgumentParser
import Pipeline
public import Simulation

/// What every command that makes traffic can be told.
struct TrafficOptions: ParsableArguments {
    @Option(help: "Makes the traffic; the same seed makes the same.")
    var seed: UInt64 = 1

    @Option(help: "Accounts at the start.")
    var accounts = 2_500

    @Option(help: "Days of event time.")
    var days = 7

    @Option(help: "protobuf or json.")
    var format = SimulationSettings.Format.protobuf

    @Option(help: "Partitions of the platform topics; without it as the settings say.")
    var partitions: Int32?

    @Option(
        help: ArgumentHelp(
            "How many incidents of each pattern; later words outdo earlier ones.",
            discussion: "Patterns: all, "
                + TrafficPattern.allCases.map(\.name).filter { $0 != "ordinary" }
                .joined(separator: ", ") + ".",
            valueName: "pattern=n,..."))
    var incidents: String?

    @Option(help: "Multiplies crowds, brigades and farms.")
    var sizes: Double?

    @Option(help: "Multiplies the time between the steps of an incident.")
    var delays: Double?

    @Option(help: "Multiplies how often people report what they meet.")
    var reportRate: Double?

    @Option(help: "Multiplies damaged, doubled and late records.")
    var noise: Double?

    @Option(
        help: ArgumentHelp(
            "YAML file with these and more; options outdo it.",
            discussion: "Names: incidents, "
                + TrafficKnob.all.map(\.name).joined(separator: ", ") + ".",
            valueName: "file"))
    var traffic: String?

    /// Traffic for a pipeline with these settings.
    func settings(_ configuration: Configuration) throws -> SimulationSettings {
        guard (10...1_000_000).contains(accounts) else {
            throw ValidationError("--accounts must be from 10 to 1000000.")
        }
        guard (1...365).contains(days) else {
            throw ValidationError("--days must be from 1 to 365.")
        }
        let partitions = partitions ?? configuration.pipeline.partitions
        guard (1...1_000).contains(partitions) else {
            throw ValidationError("--partitions must be from 1 to 1000.")
        }
        var settings = SimulationSettings()
        settings.seed = seed
        settings.accounts = accounts
        settings.days = days
        settings.format = format
        settings.partitions = partitions
        settings.partitioner = configuration.pipeline.partitioner
        let topics = configuration.pipeline.topics
        settings.topics.accounts = topics.accounts
        settings.topics.groups = topics.groups
        settings.topics.invites = topics.invites
        settings.topics.reports = topics.reports
        settings.topics.hashEntries = topics.hashEntries
        settings.topics.verdicts = topics.verdicts
        settings.topics.enforcement = topics.enforcement
        settings.topics.reviewRequests = topics.reviewRequests
        try apply(to: &settings)
        return settings
    }

    private func apply(to settings: inout SimulationSettings) throws {
        if let traffic { try TrafficFile(path: traffic).apply(to: &settings) }
        if let incidents { try settings.incidents.set(incidents, where: "--incidents") }
        let given = [
            ("sizes", sizes), ("delays", delays), ("report_rate", reportRate), ("noise", noise),
        ]
        for (name, value) in given {
            guard let value else { continue }
            let option = "--" + name.replacing("_", with: "-")
            try TrafficKnob.apply(name, value, to: &settings, where: option)
        }
    }
}

extension SimulationSettings.Format: ExpressibleByArgument {}
