internal import AuditTrail
internal import HashMatching
internal import SafetyModel
internal import Streaming

/// A decoded batch with what its events' media matched.
struct MatchedBatch: Sendable {
    var decoded: DecodedBatch
    /// By index of the batch's records; nothing where nothing matched.
    var matches: [Int: [Match]]
    /// Near matches held back by benign entries.
    var suppressed: Suppressions
    /// The version that the whole batch was compared with.
    var bankVersion: Int64
    /// Scores that had no curve, by whose they are; nothing for a batch that runs again.
    var uncalibrated: [ClassifierModel: Int] = [:]
}

/// Compares a batch's media with one bank.
struct MatchCore: Sendable {
    private struct Held: Sendable {
        var ranges: [OffsetRange]
        var matches: [Int: [Match]]
        var suppressed: Suppressions
        var bankVersion: Int64
    }

    /// The most models without a curve that one batch tells of (I11).
    private static let maximumModels = 64

    /// Results of the round in hand: a batch that runs again sees the bank that it saw first.
    private var held: [TaskID: Held] = [:]

    mutating func match(_ decoded: DecodedBatch, in bank: Bank) -> MatchedBatch {
        let task = decoded.batch.task
        if let held = held[task], held.ranges == decoded.batch.ranges {
            return MatchedBatch(
                decoded: decoded, matches: held.matches, suppressed: held.suppressed,
                bankVersion: held.bankVersion)
        }
        var matches: [Int: [Match]] = [:]
        var suppressed = Suppressions()
        var uncalibrated: [ClassifierModel: Int] = [:]
        for index in decoded.items.indices {
            guard case .event(let event) = decoded.items[index], let evidence = event.evidence,
                !evidence.media.isEmpty
            else { continue }
            let result = bank.matches(evidence.media)
            if !result.matches.isEmpty { matches[index] = result.matches }
            for model in result.uncalibrated
            where uncalibrated[model] != nil || uncalibrated.count < Self.maximumModels {
                uncalibrated[model, default: 0] += 1
            }
            let record = decoded.batch.records[index]
            for match in result.suppressed {
                guard let benign = result.benign[match.media] else { continue }
                suppressed.add(
                    LedgerSuppression(
                        match, by: benign, topic: record.source.topic, offset: record.offset))
            }
        }
        held[task] = Held(
            ranges: decoded.batch.ranges, matches: matches, suppressed: suppressed,
            bankVersion: bank.version)
        return MatchedBatch(
            decoded: decoded, matches: matches, suppressed: suppressed, bankVersion: bank.version,
            uncalibrated: uncalibrated)
    }

    /// The round was committed.
    mutating func publish() { held.removeAll(keepingCapacity: true) }

    /// The task has left.
    mutating func close(_ task: TaskID) { held[task] = nil }
}
