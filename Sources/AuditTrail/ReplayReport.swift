public import SafetyModel
public import Streaming

/// What a replay found.
public struct ReplayReport: Hashable, Sendable {
    /// Whose ledger.
    public var task: TaskID
    /// Batches that ran, the differing one included.
    public var batches = 0
    /// Their records.
    public var records = 0
    /// The first batch that came out otherwise; nil where all came out as recorded.
    public var difference: ReplayDifference?

    init(task: TaskID) {
        self.task = task
    }
}

/// A batch that did not come out as recorded.
public struct ReplayDifference: Hashable, Sendable, CustomStringConvertible {
    /// One thing that is not as recorded.
    public enum Aspect: Hashable, Sendable {
        /// The log does not hold as many records of the range any more.
        case delivered(OffsetRange, found: Int64)
        /// A setting, pack, key or version that decisions depend on is another.
        case context(String)
        /// The first record of a source with another outcome.
        case outcome(TopicPartition, offset: Int64, recorded: Outcome, replayed: Outcome)
        /// A source's watermark before the batch.
        case watermark(TopicPartition)
        /// Another number of records was written to a topic.
        case outputs(topic: String, recorded: UInt64, replayed: UInt64)
        /// The same numbers, other bytes.
        case outputDigest
        /// Other rows of state.
        case changelog
        /// Other near matches were held back, or by other entries.
        case suppressed
    }

    /// Whose batch.
    public var task: TaskID
    /// Its place in the ledger.
    public var sequence: UInt64
    /// What it read.
    public var ranges: [OffsetRange]
    /// What differs, causes before consequences.
    public var aspects: [Aspect]

    init(_ entry: LedgerEntry, _ aspects: [Aspect]) {
        task = entry.task
        sequence = entry.sequence
        ranges = entry.inputs.map(\.range)
        self.aspects = aspects
    }

    /// Where and what, in words.
    public var description: String {
        let place = ranges.filter { $0.to > $0.from }
            .map { "\($0.source) \($0.from)..<\($0.to)" }.joined(separator: ", ")
        return "\(task) record \(sequence) (\(place)): "
            + aspects.map { "\($0)" }.joined(separator: "; ")
    }
}

extension ReplayDifference {
    static func aspects(recorded: LedgerEntry, replayed: LedgerEntry) -> [Aspect] {
        var aspects = contexts(recorded.context, replayed.context).map { Aspect.context($0) }
        for (a, b) in zip(recorded.inputs, replayed.inputs) {
            if a.watermarkBefore != b.watermarkBefore {
                aspects.append(.watermark(a.range.source))
            }
            if let outcome = firstOutcome(a, b) { aspects.append(outcome) }
        }
        aspects += outputs(recorded, replayed)
        if recorded.outputDigest != replayed.outputDigest { aspects.append(.outputDigest) }
        if recorded.changelogDigest != replayed.changelogDigest
            || recorded.changelogRows != replayed.changelogRows
        {
            aspects.append(.changelog)
        }
        if recorded.suppressedCount != replayed.suppressedCount
            || recorded.suppressions != replayed.suppressions
        {
            aspects.append(.suppressed)
        }
        return aspects
    }

    private static func contexts(_ a: LedgerContext, _ b: LedgerContext) -> [String] {
        let pairs: [(String, Bool)] = [
            ("pack", a.packDigest == b.packDigest),
            ("bank version", a.bankVersion == b.bankVersion),
            ("regimes", a.regimeDigest == b.regimeDigest),
            ("settings", a.settingsDigest == b.settingsDigest),
            ("models", a.modelDigests == b.modelDigests),
            ("sealing key", a.sealingKeyID == b.sealingKeyID),
            ("engine version", a.engineVersion == b.engineVersion),
            ("partitions", a.partitions == b.partitions),
        ]
        let texts = Set(a.textDigests).symmetricDifference(b.textDigests).map(\.name)
        return pairs.filter { !$0.1 }.map(\.0) + Set(texts).sorted()
    }

    private static func outputs(_ a: LedgerEntry, _ b: LedgerEntry) -> [Aspect] {
        func count(_ entry: LedgerEntry, _ topic: String) -> UInt64 {
            entry.outputs.first { $0.topic == topic }?.count ?? 0
        }
        let topics = Set((a.outputs + b.outputs).map(\.topic)).sorted()
        return topics.compactMap { topic in
            let (recorded, replayed) = (count(a, topic), count(b, topic))
            return recorded == replayed
                ? nil : .outputs(topic: topic, recorded: recorded, replayed: replayed)
        }
    }

    /// The lowest offset whose outcome is not the same on both sides.
    private static func firstOutcome(_ a: LedgerInput, _ b: LedgerInput) -> Aspect? {
        guard a.exceptions != b.exceptions else { return nil }
        func outcome(_ input: LedgerInput, _ offset: Int64) -> Outcome {
            input.exceptions.first { $0.runs.contains { $0.contains(offset) } }?.outcome
                ?? .assessed
        }
        // Outcomes change only where a run begins or ends.
        let edges = (a.exceptions + b.exceptions)
            .flatMap { $0.runs.flatMap { [$0.lowerBound, $0.upperBound] } }
        for offset in Set(edges).sorted() {
            let (recorded, replayed) = (outcome(a, offset), outcome(b, offset))
            if recorded != replayed {
                return .outcome(
                    a.range.source, offset: offset, recorded: recorded, replayed: replayed)
            }
        }
        return nil
    }
}
