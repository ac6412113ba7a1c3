public import SafetyModel
public import Streaming

/// Checks a task's ledger record by record: the chain, the tiling of positions and the sums (I1, I4).
public struct LedgerVerifier: Sendable {
    private let task: TaskID
    private var nextSequence: UInt64 = 0
    private var previousDigest = LedgerEntry.noDigest
    private var positions: [TopicPartition: Int64] = [:]
    private var partitions: Int32?

    /// Records by outcome, over all records checked.
    public private(set) var totals: [Outcome: UInt64] = [:]

    /// Starts before the task's first record.
    public init(task: TaskID) {
        self.task = task
    }

    /// The positions after the last record checked.
    public var reached: [TopicPartition: Int64] { positions }

    /// Checks the next record of the task.
    /// - Parameter wireBytes: the record's value as the log has it.
    /// - Returns: the record.
    /// - Throws: the first thing that is wrong.
    public mutating func check(_ wireBytes: [UInt8]) throws(LedgerFault) -> LedgerEntry {
        let entry: LedgerEntry
        do throws(LedgerFormError) { entry = try LedgerEntry(wireBytes: wireBytes) } catch {
            throw fault(.malformed(error.description))
        }
        guard entry.task == task else { throw fault(.wrongTask(entry.task)) }
        guard entry.sequence == nextSequence else {
            throw fault(.sequence(found: entry.sequence, expected: nextSequence))
        }
        guard entry.previousDigest == previousDigest else { throw fault(.brokenChain) }
        try checkStart(entry)
        for input in entry.inputs { try check(input) }
        try checkSums(entry)
        for item in entry.outcomes { totals[item.outcome, default: 0] += item.count }
        nextSequence += 1
        previousDigest = ledgerDigest(wireBytes)
        return entry
    }

    private mutating func checkStart(_ entry: LedgerEntry) throws(LedgerFault) {
        if let genesis = entry.genesis {
            guard nextSequence == 0 else { throw fault(.secondGenesis) }
            for position in genesis { positions[position.source] = position.offset }
        } else if nextSequence == 0 {
            throw fault(.noGenesis)
        }
        if let partitions, partitions != entry.context.partitions {
            throw fault(.partitions(found: entry.context.partitions, expected: partitions))
        }
        partitions = entry.context.partitions
        for digest in [
            entry.outputDigest, entry.changelogDigest, entry.context.settingsDigest,
            entry.context.regimeDigest,
        ] where digest.count != LedgerEntry.digestBytes {
            throw fault(.malformed("a digest has \(digest.count) bytes"))
        }
    }

    private mutating func check(_ input: LedgerInput) throws(LedgerFault) {
        let range = input.range
        guard let expected = positions[range.source] else {
            throw fault(.unknownSource(range.source))
        }
        guard range.from == expected else {
            throw fault(.gap(range.source, found: range.from, expected: expected))
        }
        guard range.to >= range.from, range.delivered >= 0,
            range.delivered <= range.to - range.from
        else { throw fault(.badRange(range.source)) }
        var taken: [Range<Int64>] = []
        for item in input.exceptions {
            var last = range.from - 1
            for run in item.runs {
                guard run.lowerBound > last, run.upperBound <= range.to else {
                    throw fault(.badRun(range.source, item.outcome, at: run.lowerBound))
                }
                last = run.upperBound
            }
            taken += item.runs
        }
        taken.sort { $0.lowerBound < $1.lowerBound }
        for (a, b) in zip(taken, taken.dropFirst()) where b.lowerBound < a.upperBound {
            throw fault(.twoOutcomes(range.source, at: b.lowerBound))
        }
        positions[range.source] = range.to
    }

    private func checkSums(_ entry: LedgerEntry) throws(LedgerFault) {
        var listed: [Outcome: UInt64] = [:]
        var delivered: UInt64 = 0
        for input in entry.inputs {
            delivered += UInt64(input.range.delivered)
            for item in input.exceptions {
                listed[item.outcome, default: 0] += item.runs.reduce(0) { $0 + UInt64($1.count) }
            }
        }
        var counted: UInt64 = 0
        for item in entry.outcomes {
            let (sum, overflow) = counted.addingReportingOverflow(item.count)
            guard !overflow else { throw fault(.sums("outcome counts overflow")) }
            counted = sum
            if item.outcome != .assessed, listed.removeValue(forKey: item.outcome) != item.count {
                throw fault(.sums("count and runs of \(item.outcome) differ"))
            }
        }
        guard listed.isEmpty else { throw fault(.sums("runs without a count")) }
        guard counted == delivered else {
            throw fault(.sums("\(counted) outcomes for \(delivered) delivered records"))
        }
    }

    private func fault(_ kind: LedgerFault.Kind) -> LedgerFault {
        LedgerFault(task: task, sequence: nextSequence, kind: kind)
    }
}

/// The first thing wrong with a task's ledger.
public struct LedgerFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: Hashable, Sendable {
        /// The record cannot be read.
        case malformed(String)
        /// It belongs to another task.
        case wrongTask(TaskID)
        /// A record is missing or repeated.
        case sequence(found: UInt64, expected: UInt64)
        /// The former record is not the one that this one followed.
        case brokenChain
        /// The first record does not say where the task began.
        case noGenesis
        /// A later record says that the task began.
        case secondGenesis
        /// The number of partitions changed.
        case partitions(found: Int32, expected: Int32)
        /// A source that genesis does not name.
        case unknownSource(TopicPartition)
        /// `from` is not the former `to`.
        case gap(TopicPartition, found: Int64, expected: Int64)
        /// Less than nothing, or more delivered than positions.
        case badRange(TopicPartition)
        /// A run outside its range, or not rising.
        case badRun(TopicPartition, Outcome, at: Int64)
        /// An offset with two outcomes.
        case twoOutcomes(TopicPartition, at: Int64)
        /// Counts that do not add up.
        case sums(String)
    }

    /// Whose ledger.
    public var task: TaskID
    /// The sequence that the record at fault should have.
    public var sequence: UInt64
    /// What is wrong.
    public var kind: Kind

    /// Where and what, in words.
    public var description: String {
        "ledger of \(task), record \(sequence): \(what)"
    }

    private var what: String {
        switch kind {
        case .malformed(let what): what
        case .wrongTask(let task): "it belongs to \(task)"
        case .sequence(let found, let expected): "sequence \(found) where \(expected) follows"
        case .brokenChain: "the digest of the former record does not match"
        case .noGenesis: "the first record does not say where the task began"
        case .secondGenesis: "a second genesis"
        case .partitions(let found, let expected): "\(found) partitions, \(expected) before"
        case .unknownSource(let source): "\(source) is not among the sources of genesis"
        case .gap(let source, let found, let expected):
            "\(source) goes on at \(found), the former batch ended at \(expected)"
        case .badRange(let source): "the range of \(source) is impossible"
        case .badRun(let source, let outcome, let offset):
            "\(source): the run of \(outcome) at \(offset) is outside its range or out of order"
        case .twoOutcomes(let source, let offset): "\(source) offset \(offset) has two outcomes"
        case .sums(let what): what
        }
    }
}
