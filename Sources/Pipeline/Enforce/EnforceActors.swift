internal import SafetyModel
internal import Streaming

/// Records to proposals and verdicts, weighed against Enforce's own bank.
actor CorroborateActor {
    private let core: CorroborateCore
    private let bank: BankFeed
    /// Nobody else keeps the bank up to date.
    private let ownsBank: Bool
    private let next: BudgetActor

    init(core: CorroborateCore, bank: BankFeed, ownsBank: Bool, next: BudgetActor) {
        self.core = core
        self.bank = bank
        self.ownsBank = ownsBank
        self.next = next
    }

    func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        var weighed: [WeighedBatch] = []
        if ownsBank { try await bank.catchUp() }
        for batch in round {
            let records = core.decode(batch)
            // A match that Assess saw must not seem gone because this reader is behind.
            try await bank.ready(for: batch.task, version: Self.bankVersion(records))
            let bank = EnforceBank(bank.current)
            weighed.append(
                WeighedBatch(
                    batch: batch, inputs: core.weigh(records, in: bank), bankVersion: bank.version))
        }
        return try await next.process(weighed)
    }

    private static func bankVersion(_ records: [EnforceRecord]) -> Int64 {
        records.reduce(0) { version, record in
            guard case .proposal(let proposal) = record else { return version }
            return max(version, proposal.bankVersion)
        }
    }
}

/// A batch with its evidence weighed.
struct WeighedBatch: Sendable {
    var batch: TaskBatch
    var inputs: [EnforceInput]
    var bankVersion: Int64
}

/// Inputs to decisions; holds what Enforce remembers.
actor BudgetActor {
    private var tasks: [TaskID: EnforceTask] = [:]
    private let next: IssueActor

    init(next: IssueActor) { self.next = next }

    func open(_ task: TaskID, _ state: EnforceTask) { tasks[task] = state }
    func close(_ task: TaskID) { tasks[task] = nil }

    func process(_ round: [WeighedBatch]) async throws -> OutputBatch {
        var decided: [DecidedBatch] = []
        for weighed in round {
            guard let batch = tasks[weighed.batch.task]?.process(weighed) else {
                throw PipelineError.notOpen(weighed.batch.task)
            }
            decided.append(batch)
        }
        return try await next.process(decided)
    }

    func publish() {
        for task in tasks.keys { tasks[task]?.publish() }
    }

    func discard() {
        for task in tasks.keys { tasks[task]?.discard() }
    }
}

/// Decisions to records of the public topics.
actor IssueActor {
    private let core: IssueCore
    private let next: WriteActor

    init(core: IssueCore, next: WriteActor) {
        self.core = core
        self.next = next
    }

    func process(_ round: [DecidedBatch]) async throws -> OutputBatch {
        for decided in round {
            let (result, counts) = core.issue(decided)
            try await next.process(result, counts)
        }
        return await next.takeOutput()
    }
}
