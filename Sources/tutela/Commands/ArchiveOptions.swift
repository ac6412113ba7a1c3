import ArgumentParser
import FileLog
import Foundation
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
        let (settings, environment) = try load()
        if let dir {
            let log = try FileLog(directory: dir, durability: .system, clock: { 0 })
            defer { log.close() }
            return try await body(log, settings, environment)
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

    /// A directory may hold the settings its records were made with.
    private func load() throws -> (Configuration, [String: String]) {
        guard let dir, options.config == nil else { return try options.load() }
        let own = dir + "/tutela.yaml"
        guard FileManager.default.fileExists(atPath: own) else { return try options.load() }
        var inside = options
        inside.config = own
        return try inside.load()
    }
}
