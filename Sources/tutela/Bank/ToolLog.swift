import ArgumentParser
import EventSchemas
import FileLog
import Foundation
import KafkaLog
import Pipeline
import SafetyModel
import Streaming

/// Which log a tool works on: Kafka as the settings say, or a directory.
struct LogChoice: ParsableArguments {
    @OptionGroup var options: ConfigOptions

    @Option(help: "A log in a directory, such as `tutela demo --dir` leaves, instead of Kafka.")
    var dir: String?

    /// - Parameter creates: makes the directory and the topics in it where they are missing.
    func with<R>(creates: Bool = false, _ body: (ToolLog) async throws -> R) async throws -> R {
        let log = try open(creates: creates)
        do {
            let result = try await body(log)
            await log.close()
            return result
        } catch {
            await log.close()
            throw error
        }
    }

    private func open(creates: Bool) throws -> ToolLog {
        guard let dir else {
            let (settings, environment) = try options.load()
            let kafka = try KafkaLog(try settings.kafkaSettings(environment))
            return ToolLog(settings: settings, environment: environment, place: .kafka(kafka))
        }
        guard creates || FileManager.default.fileExists(atPath: dir + "/journal") else {
            throw ConfigurationError(
                where: dir, "there is no log in this directory",
                "`tutela bank import --dir` or `tutela demo --dir` makes one")
        }
        let (settings, environment) = try load(dir)
        let files = try FileLog(
            directory: dir, durability: .eachCommit,
            clock: { Int64(Date().timeIntervalSince1970 * 1_000) })
        if creates {
            do {
                let topic = settings.pipeline.topics.hashEntries
                try files.createTopic(topic, partitions: 1)
            } catch {
                files.close()
                throw error
            }
        }
        return ToolLog(settings: settings, environment: environment, place: .directory(files))
    }

    /// A directory may hold the settings its records were made with.
    private func load(_ dir: String) throws -> (Configuration, [String: String]) {
        let own = dir + "/tutela.yaml"
        guard options.config == nil, FileManager.default.fileExists(atPath: own) else {
            return try options.load()
        }
        var inside = options
        inside.config = own
        return try inside.load()
    }
}

/// A log with the settings that belong to it.
struct ToolLog {
    enum Place {
        case kafka(KafkaLog)
        case directory(FileLog)
    }

    let settings: Configuration
    let environment: [String: String]
    let place: Place

    var log: any EventLog {
        switch place {
        case .kafka(let log): log
        case .directory(let log): log
        }
    }

    /// A writer that settles what an earlier one of the same name left open when it was killed.
    func writer(named name: String) async throws -> any LogWriter {
        switch place {
        case .kafka(let log):
            try await log.openWriter(named: "\(settings.run.groupPrefix)-\(name)")
        case .directory(let log): try await log.openWriter()
        }
    }

    func close() async {
        switch place {
        case .kafka(let log): await log.close()
        case .directory(let log): log.close()
        }
    }
}

/// For topics that hold nothing personal.
struct NothingToSeal: FieldSealer {
    var keyID: String { "none" }
    var sketchKey: [UInt8] { [UInt8](repeating: 0, count: 16) }

    func seal(_ plaintext: [UInt8], record: ContentID, field: String) -> SealedBytes {
        preconditionFailure("hash entries hold no personal data")
    }
}
