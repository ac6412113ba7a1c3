import Crypto
import EventSchemas
import Foundation
import Streaming

/// Check (c): the ledger's positions tile every topic-partition and its outcomes add up to what was
/// delivered. Its own reading of the ledger, nothing of the pipeline's.
struct LedgerCheck {
    var snapshot: Snapshot
    var ledgerTopic: String
    /// What the stages read: each must be covered to its last record.
    var inputs: [TopicPartition]

    private(set) var problems: [String] = []
    private(set) var batches = 0
    private(set) var delivered: UInt64 = 0
    private(set) var outcomes: [Int: UInt64] = [:]

    init(snapshot: Snapshot, ledgerTopic: String, inputs: [TopicPartition]) {
        self.snapshot = snapshot
        self.ledgerTopic = ledgerTopic
        self.inputs = inputs
    }

    /// Where each input stands, while the tasks are walked.
    private struct Cover {
        var to: Int64
        var delivered: UInt64
    }

    mutating func run() throws {
        var covers: [TopicPartition: Cover] = [:]
        for (task, entries) in try snapshot.ledger(ledgerTopic).sorted(by: { $0.key < $1.key }) {
            checkChain(task, entries)
            for entry in entries { walk(task, entry.record, &covers) }
            batches += entries.count
        }
        for input in inputs.sorted() { checkEnd(input, covers[input]) }
    }

    /// Sequences rise by one from 0, and each record names the digest of the one before.
    private mutating func checkChain(_ task: String, _ entries: [StoredLedgerRecord]) {
        var former = Data(repeating: 0, count: 32)
        for (index, entry) in entries.enumerated() {
            if entry.record.sequence != UInt64(index) {
                problems.append("\(task): sequence \(entry.record.sequence) stands at \(index)")
                return
            }
            if entry.record.previousDigest != former {
                problems.append("\(task): the chain breaks at sequence \(index)")
                return
            }
            former = Data(SHA256.hash(data: entry.bytes))
        }
    }

    private mutating func walk(
        _ task: String, _ record: PBLedgerRecord, _ covers: inout [TopicPartition: Cover]
    ) {
        let at = "\(task) sequence \(record.sequence)"
        for low in record.lowWatermarks {
            let source = TopicPartition(low.topic, Int32(low.partition))
            covers[source] = Cover(to: low.offset, delivered: 0)
            if let bounds = snapshot.bounds[source], bounds.low != low.offset {
                problems.append("\(at): \(source) began at \(low.offset), not at \(bounds.low)")
            }
        }
        var inBatch: UInt64 = 0
        var listed: [Int: UInt64] = [:]
        for input in record.inputs {
            let source = TopicPartition(input.topic, Int32(input.partition))
            guard var cover = covers[source] else {
                problems.append("\(at): \(source) has no beginning")
                continue
            }
            if input.from != cover.to {
                problems.append("\(at): \(source) goes on at \(input.from), not at \(cover.to)")
            }
            cover.to = input.to
            cover.delivered += input.delivered
            covers[source] = cover
            inBatch += input.delivered
            for runs in input.outcomes {
                listed[runs.outcome.rawValue, default: 0] += runs.runs.reduce(0) { $0 + $1.count }
                checkRuns(at, source, input, runs)
            }
            checkDelivered(at, source, input)
        }
        checkOutcomes(at, record, inBatch, listed)
        delivered += inBatch
    }

    /// Listed offsets lie inside the range, in rising order.
    private mutating func checkRuns(
        _ at: String, _ source: TopicPartition, _ input: PBInputRange, _ runs: PBOutcomeRuns
    ) {
        var next = input.from
        for run in runs.runs {
            if run.firstOffset < next || run.firstOffset + Int64(run.count) > input.to {
                problems.append("\(at): \(source) lists offset \(run.firstOffset) out of place")
            }
            next = run.firstOffset + Int64(run.count) + 1
        }
    }

    /// What the log holds inside the range is what was delivered from it.
    private mutating func checkDelivered(
        _ at: String, _ source: TopicPartition, _ input: PBInputRange
    ) {
        guard let records = snapshot.records[source] else { return }
        let inside = records.count(in: input.from..<max(input.from, input.to))
        if inside != Int(input.delivered) {
            problems.append(
                "\(at): \(source) \(input.from)..<\(input.to) holds \(inside) records, the ledger "
                    + "says \(input.delivered)")
        }
    }

    private mutating func checkOutcomes(
        _ at: String, _ record: PBLedgerRecord, _ inBatch: UInt64, _ listed: [Int: UInt64]
    ) {
        var sum: UInt64 = 0
        for count in record.outcomes {
            sum += count.count
            outcomes[count.outcome.rawValue, default: 0] += count.count
            if count.outcome != .assessed, listed[count.outcome.rawValue, default: 0] != count.count
            {
                problems.append("\(at): \(count.outcome) is counted and listed differently")
            }
        }
        if sum != inBatch {
            problems.append("\(at): \(inBatch) delivered, \(sum) have an outcome")
        }
    }

    private mutating func checkEnd(_ input: TopicPartition, _ cover: Cover?) {
        let records = snapshot.records[input] ?? []
        guard let cover else {
            if !records.isEmpty { problems.append("\(input) is in no ledger record") }
            return
        }
        let rest = records.count(in: cover.to..<Int64.max)
        if rest > 0 { problems.append("\(input): \(rest) records after the ledger's end") }
        if Int(cover.delivered) != records.count {
            problems.append("\(input): \(records.count) records, \(cover.delivered) delivered")
        }
    }
}

extension [Snapshot.Stored] {
    /// How many have an offset in the range; offsets rise.
    func count(in range: Range<Int64>) -> Int {
        firstIndex(atOrAfter: range.upperBound) - firstIndex(atOrAfter: range.lowerBound)
    }

    private func firstIndex(atOrAfter offset: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
