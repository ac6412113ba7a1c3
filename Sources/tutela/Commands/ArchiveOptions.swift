import ArgumentParser
import FileLog
import KafkaLog
import Streaming

/// Where recorded topics are: a directory, or else the settings' Kafka.
struct ArchiveOptions: ParsableArguments {
    @OptionGroup var options: ConfigOptions

    @Option(help: "A log in a directory, such as `tutela demo --dir` leaves, instead of Kafka.")
    var dir: String?

    func open() throws -> OpenArchive {
        let (settings, environment) = try options.load(beside: dir)
        if let dir {
            let archive = try FileArchive.open(dir)
            return OpenArchive(
                log: archive, settings: settings, environment: environment,
                close: { archive.close() })
        }
        let log = try KafkaLog(try settings.kafkaSettings(environment))
        return OpenArchive(
            log: log, settings: settings, environment: environment, close: { await log.close() })
    }
}

/// Recorded topics, with the settings that go with them.
struct OpenArchive {
    let log: any EventLog
    let settings: Configuration
    let environment: [String: String]
    let close: () async -> Void
}

extension FileArchive {
    /// The log that a user named.
    static func open(_ directory: String) throws -> FileArchive {
        do {
            return try FileArchive(directory: directory)
        } catch let error where error.code == .notFound {
            throw ConfigurationError(
                where: directory, "there is no log in this directory",
                "name one that `tutela demo --dir` or `tutela simulate --dir` wrote, "
                    + "or leave --dir out to read Kafka")
        }
    }
}
