import ArgumentParser
import FileLog
import KafkaLog
import Streaming

/// Where recorded topics are: a directory, or else the settings' Kafka.
struct ArchiveOptions: ParsableArguments {
    @OptionGroup var options: ConfigOptions

    @Option(help: "A log in a directory, such as `tutela demo --dir` leaves, instead of Kafka.")
    var dir: String?

    /// Opens the log for the time of the body.
    func withLog<Value>(
        _ body: (any EventLog, Configuration, [String: String]) async throws -> Value
    ) async throws -> Value {
        let (settings, environment) = try options.load(beside: dir)
        if let dir {
            let archive = try FileArchive(log: dir)
            defer { archive.close() }
            return try await body(archive, settings, environment)
        }
        let log = try KafkaLog(try settings.kafkaSettings(environment))
        do {
            let value = try await body(log, settings, environment)
            await log.close()
            return value
        } catch {
            await log.close()
            throw error
        }
    }
}

extension FileArchive {
    /// The log that a user named.
    convenience init(log directory: String) throws {
        do {
            try self.init(directory: directory)
        } catch let error where error.code == .notFound {
            throw ConfigurationError(
                where: directory, "there is no log in this directory",
                "name one that `tutela demo --dir` or `tutela simulate --dir` wrote, "
                    + "or leave --dir out to read Kafka")
        }
    }
}
