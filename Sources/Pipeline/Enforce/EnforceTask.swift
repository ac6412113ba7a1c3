internal import SafetyModel
internal import StateStore
internal import Streaming

/// One task's decisions over a batch; a thin sequence round the core.
struct EnforceTask: Sendable {
    private var core: EnforceCore
    private var watermarks: Watermarks
    private var committedWatermarks: Watermarks

    init(core: EnforceCore, watermarks: [TopicPartition: Int64]) {
        self.core = core
        self.watermarks = Watermarks(watermarks)
        committedWatermarks = self.watermarks
    }

    mutating func process(_ weighed: WeighedBatch) -> DecidedBatch {
        var decided = DecidedBatch(weighed: weighed)
        for (index, input) in weighed.inputs.enumerated() {
            let record = weighed.batch.records[index]
            let now = Instant(milliseconds: record.timestamp)
            switch input {
            case .proposal(let proposal, let evidence):
                _ = watermarks.advance(record.source, to: proposal.time.milliseconds)
                if proposal.isShadow { decided.counts.shadows += 1 }
                decided.append(core.decide(proposal, evidence, at: now))
            case .verdict(let verdict):
                _ = watermarks.advance(record.source, to: verdict.time.milliseconds)
                decided.append(
                    core.decide(verdict, bankVersion: weighed.bankVersion, at: now))
            case .rejected(let rejection):
                decided.rejections[index] = rejection
                decided.outcomes.append(.deadLetter)
            }
        }
        decided.changes = core.changes()
        decided.watermarks = watermarks.times
        return decided
    }

    mutating func publish() {
        core.publish()
        committedWatermarks = watermarks
    }

    mutating func discard() {
        core.discard()
        watermarks = committedWatermarks
    }
}

/// What was decided on a batch, before it is records.
struct DecidedBatch: Sendable {
    let weighed: WeighedBatch
    var outcomes: [Outcome] = []
    var rejections: [Int: Rejection] = [:]
    var issues: [EnforceIssue] = []
    var counts = EnforceCounts()
    var changes = ChangeSet()
    var watermarks: [TopicPartition: Int64] = [:]

    init(weighed: WeighedBatch) { self.weighed = weighed }

    fileprivate mutating func append(_ result: EnforceResult) {
        outcomes.append(result.outcome)
        issues += result.issues
        for alarm in result.alarms { counts.alarms[alarm, default: 0] += 1 }
    }
}

extension IssueCore {
    /// The task's result, with everything for downstream in records.
    func issue(_ decided: DecidedBatch) -> (result: TaskResult, counts: BatchCounts) {
        var output = OutputBatch()
        var counts = decided.counts
        for issue in decided.issues { append(issue, to: &output, &counts) }
        var batch = BatchCounts()
        for outcome in decided.outcomes { batch.outcomes[outcome, default: 0] += 1 }
        for rejection in decided.rejections.values {
            batch.rejections[rejection.reason, default: 0] += 1
        }
        batch.enforce = counts
        let result = TaskResult(
            batch: decided.weighed.batch, outcomes: decided.outcomes,
            rejections: decided.rejections, outputs: output, changes: decided.changes,
            watermarks: decided.watermarks, bankVersion: decided.weighed.bankVersion,
            packDigest: [])
        return (result, batch)
    }
}
