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
        return settings
    }
}

extension SimulationSettings.Format: ExpressibleByArgument {}
