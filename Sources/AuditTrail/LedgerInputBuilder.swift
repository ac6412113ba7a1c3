public import SafetyModel
public import Streaming

/// Turns a batch and its outcomes into the ledger's inputs and counts.
/// - Parameters:
///   - outcomes: one for each record of the batch.
///   - watermarksBefore: Unix milliseconds, as they stood before the batch.
public func ledgerInputs(
    _ batch: TaskBatch, outcomes: [Outcome], watermarksBefore: [TopicPartition: Int64]
) -> (inputs: [LedgerInput], counts: [OutcomeCount]) {
    precondition(outcomes.count == batch.records.count, "every record has one outcome (I1)")
    var totals = [UInt64](repeating: 0, count: Outcome.allCases.count)
    var runs: [TopicPartition: [Outcome: [Range<Int64>]]] = [:]
    for (record, outcome) in zip(batch.records, outcomes) {
        totals[Int(outcome.rawValue) - 1] += 1
        if outcome == .assessed { continue }
        var list = runs[record.source, default: [:]].removeValue(forKey: outcome) ?? []
        if let last = list.last, last.upperBound == record.offset {
            list[list.count - 1] = last.lowerBound..<record.offset + 1
        } else {
            list.append(record.offset..<record.offset + 1)
        }
        runs[record.source, default: [:]][outcome] = list
    }
    let inputs = batch.ranges.map { range in
        LedgerInput(
            range: range,
            exceptions: Outcome.allCases.compactMap { outcome in
                runs[range.source]?[outcome].map { OutcomeRuns(outcome: outcome, runs: $0) }
            },
            watermarkBefore: watermarksBefore[range.source])
    }
    let counts = Outcome.allCases.compactMap { outcome in
        let count = totals[Int(outcome.rawValue) - 1]
        return count == 0 ? nil : OutcomeCount(outcome: outcome, count: count)
    }
    return (inputs, counts)
}
