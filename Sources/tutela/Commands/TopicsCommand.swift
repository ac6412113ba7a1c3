import ArgumentParser
import KafkaLog

struct TopicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics", abstract: "Creates the pipeline's topics, or checks them.",
        subcommands: [Create.self, Check.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates what is missing; what is there stays as it is, and is checked.")

        @OptionGroup var options: ConfigOptions

        func run() async throws {
            let (settings, environment) = try options.load()
            let log = try KafkaLog(try settings.kafkaSettings(environment))
            do {
                var table = Table()
                for topic in try await log.createTopics(settings.topicPlans) {
                    table.add(
                        .init(topic.topic),
                        .init(
                            topic.created ? "created" : "was there",
                            topic.created ? .green : .dim))
                }
                let screen = Screen()
                for line in table.lines(screen) { screen.line(line) }
                try await TopicsCommand.report(log, settings)
            } catch {
                await log.close()
                throw error
            }
            await log.close()
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what is not as planned, and what to do.")

        @OptionGroup var options: ConfigOptions

        func run() async throws {
            let (settings, environment) = try options.load()
            let log = try KafkaLog(try settings.kafkaSettings(environment))
            do {
                try await TopicsCommand.report(log, settings)
            } catch {
                await log.close()
                throw error
            }
            await log.close()
        }
    }

    fileprivate static func report(_ log: KafkaLog, _ settings: Configuration) async throws {
        let plans = settings.topicPlans
        let findings = try await log.checkTopics(plans)
        let screen = Screen()
        for finding in findings {
            let isError = finding.severity == .error
            let mark = screen.paint(finding.severity.rawValue, isError ? .red : .yellow)
            screen.line("\(mark)  \(finding.topic): \(finding.problem)")
            screen.line("         \(finding.remedy)")
        }
        let errors = findings.count { $0.severity == .error }
        guard errors == 0 else {
            throw Finding(text: "\(errors) of \(plans.count) topics cannot be used as they are")
        }
        screen.line(
            findings.isEmpty
                ? "All \(plans.count) topics are as planned."
                : "All \(plans.count) topics can be used.")
    }
}
