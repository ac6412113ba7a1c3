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

    /// Media of several tasks' batches are looked up together; each answer is what it is alone.
    mutating func match(_ group: [DecodedBatch], in bank: Bank) -> [MatchedBatch] {
        let batches = group.filter { held[$0.batch.task]?.ranges != $0.batch.ranges }
        let media = batches.map(\.media)
        var results = bank.matches(events: media.flatMap { $0.map(\.items) })[...]
        var uncalibrated: [TaskID: [ClassifierModel: Int]] = [:]
        for (decoded, media) in zip(batches, media) {
            var unknown: [ClassifierModel: Int] = [:]
            var found = Held(
                ranges: decoded.batch.ranges, matches: [:], suppressed: Suppressions(),
                bankVersion: bank.version)
            for (index, _) in media {
                guard let result = results.popFirst() else { break }
                if !result.matches.isEmpty { found.matches[index] = result.matches }
                for model in result.uncalibrated
                where unknown[model] != nil || unknown.count < Self.maximumModels {
                    unknown[model, default: 0] += 1
                }
                let record = decoded.batch.records[index]
                for match in result.suppressed {
                    guard let benign = result.benign[match.media] else { continue }
                    found.suppressed.add(
                        LedgerSuppression(
                            match, by: benign, topic: record.source.topic, offset: record.offset))
                }
            }
            held[decoded.batch.task] = found
            uncalibrated[decoded.batch.task] = unknown
        }
        return group.compactMap { decoded in
            let task = decoded.batch.task
            return held[task].map { found in
                MatchedBatch(
                    decoded: decoded, matches: found.matches, suppressed: found.suppressed,
                    bankVersion: found.bankVersion, uncalibrated: uncalibrated[task] ?? [:])
            }
        }
    }

    /// The round was committed.
    mutating func publish() { held.removeAll(keepingCapacity: true) }

    /// The task has left.
    mutating func close(_ task: TaskID) { held[task] = nil }
}

extension DecodedBatch {
    /// Media of events that have some, by index of the record.
    fileprivate var media: [(index: Int, items: [MediaItem])] {
        items.indices.compactMap { index in
            guard case .event(let event) = items[index], let evidence = event.evidence,
                !evidence.media.isEmpty
            else { return nil }
            return (index, evidence.media)
        }
    }
}
