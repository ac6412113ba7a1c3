import BankStorage
import CyberTip
import Foundation
import HashMatching
import KafkaLog
import Pipeline
import Policy
import SafetyModel
import ScoreModels
import Streaming

/// What the parts of the pipeline are given, made from the settings.
extension Configuration {
    /// Variables that secrets are read from.
    var referencedVariables: [String] {
        let references =
            kafka.properties.values.compactMap { SecretReference($0) }
            + [sealing.key].compactMap { $0 }
        return references.compactMap {
            if case .environment(let name) = $0 { name } else { nil }
        }
    }

    /// Whether librdkafka's property holds something that must not be written down.
    static func isSecret(property: String) -> Bool {
        ["password", "secret", "key.pem", "token"].contains { property.contains($0) }
    }

    func checkProperties(_ file: String) throws(ConfigurationError) {
        for name in kafka.properties.keys.sorted() where Self.isSecret(property: name) {
            guard SecretReference(kafka.properties[name] ?? "") == nil else { continue }
            throw ConfigurationError(
                where: "\(file): kafka.properties", "\(name) holds a secret in clear",
                "write a reference: `\(name): env:NAME` or `\(name): file:PATH`")
        }
    }

    /// Where images of the bank are kept; nil for nowhere.
    var bankImages: BankImageFile? {
        bank.imageFolder.isEmpty
            ? nil : BankImageFile(folder: bank.imageFolder, name: pipeline.topics.hashEntries)
    }

    func kafkaSettings(
        _ environment: [String: String]
    ) throws(ConfigurationError) -> KafkaSettings {
        var properties: [String: String] = [:]
        for (name, value) in kafka.properties {
            properties[name] =
                try SecretReference(value)?.resolve(environment, for: "kafka.properties.\(name)")
                ?? value
        }
        return KafkaSettings(
            brokers: kafka.brokers, clientID: kafka.clientID,
            sessionTimeout: kafka.sessionTimeout, maximumPollInterval: kafka.maximumPollInterval,
            transactionTimeout: kafka.transactionTimeout, requestTimeout: kafka.requestTimeout,
            properties: properties)
    }

    /// The key that personal data are sealed with.
    func sealer(_ environment: [String: String]) throws(ConfigurationError) -> Sealer {
        guard let reference = sealing.key else {
            throw ConfigurationError(
                where: "sealing.key", "no sealing key is set",
                "make one with `openssl rand -hex 32` and name it: env:NAME or file:PATH")
        }
        let secret = try reference.resolve(environment, for: "sealing.key")
        let id = sealing.keyID.isEmpty ? nil : sealing.keyID
        do {
            return Sealer(try SealingKey(text: secret, id: id))
        } catch {
            throw ConfigurationError(
                where: "sealing.key (\(reference.text))", "\(error)",
                "make one with `openssl rand -hex 32`")
        }
    }

    func pack() throws(ConfigurationError) -> Pack {
        guard !policy.pack.isEmpty else { return .builtin }
        do {
            return try PackLocation(policy.pack).load()
        } catch let error as PackError {
            throw ConfigurationError(where: error.file, "\(error)")
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(where: "policy.pack", "\(error)")
        }
    }

    /// How media are compared and what classifiers' scores mean, before any entry is read.
    func emptyBank() throws(ConfigurationError) -> Bank {
        var settings = MatchSettings()
        settings.classifiers.leastProbability = classifiers.leastProbability
        settings.classifiers.uncalibratedFloor = classifiers.uncalibratedFloor
        if !classifiers.calibration.isEmpty {
            settings.classifiers.calibration = try calibration(classifiers.calibration)
        }
        return Bank(settings: settings)
    }

    private func calibration(_ file: String) throws(ConfigurationError) -> Calibration {
        guard let handle = FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: Calibration.maximumBytes + 1)
        else {
            throw ConfigurationError(
                where: "classifiers.calibration", "the file \(file) cannot be read",
                "check that it exists and that this user may read it")
        }
        do {
            return try Calibration(file: file, bytes: [UInt8](data))
        } catch {
            throw ConfigurationError(
                where: "\(error.file):\(error.line):\(error.column)", error.message)
        }
    }

    var batchLimits: BatchLimits {
        BatchLimits(records: batch.records, bytes: batch.bytes, linger: batch.linger)
    }

    var retryPolicy: RetryPolicy {
        RetryPolicy(
            limit: batch.retries, pause: batch.retryPause, longestPause: batch.longestRetryPause)
    }

    func laneSettings(stage: String, lane: Int) -> LaneSettings {
        let isAssess = stage == AssessStage.name
        return LaneSettings(
            stage: stage,
            topics: isAssess ? pipeline.topics.assessSources : pipeline.topics.enforceSources,
            group: "\(run.groupPrefix)-\(stage)",
            instance: run.instance.isEmpty ? nil : "\(run.instance)-\(stage)-\(lane)",
            maximumBufferedRecords: batch.bufferedRecords,
            maximumBufferedBytes: batch.bufferedBytes)
    }
}
