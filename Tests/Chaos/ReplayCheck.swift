import AuditTrail
import Pipeline
import Streaming

/// Check (a): the batches that the ledger records, through the same actors, give the same digests.
struct ReplayCheck {
    let plan: Plan
    let snapshot: Snapshot
    let log: any EventLog

    func run() async throws -> Finding {
        let topics = plan.topics(of: .wild)
        var problems: [String] = []
        var batches = 0
        var records = 0
        let ledger = try snapshot.ledger(topics.ledger)
        for (_, entries) in ledger.sorted(by: { $0.key < $1.key }) {
            let result: ReplayReport
            do {
                result = try await replay(entries.map(\.bytes))
            } catch let fault as LedgerFault {
                problems.append("\(fault)")
                continue
            }
            batches += result.batches
            records += result.records
            if let difference = result.difference {
                problems.append("\(result.task): \(difference)")
            }
        }
        if batches == 0 { problems.append("there is nothing to replay") }
        return Finding(
            check: "a", title: "replay gives the same output digests",
            detail: "\(ledger.count) tasks, \(batches) batches, \(records) records",
            problems: problems)
    }

    private func replay(_ ledger: [[UInt8]]) async throws -> ReplayReport {
        guard let first = ledger.first else { throw ChaosError("a task without a ledger") }
        let task = try LedgerEntry(wireBytes: first).task
        let topics = plan.topics(of: .wild)
        let past = ReplayLog(log, hiding: [topics.assessState, topics.enforceState])
        let rig = Rig(plan: plan, run: .wild, log: past)
        let bank = try rig.makeBank()
        let replay = LedgerReplay(
            log: past, ledgerTopic: topics.ledger, eventTime: Rig.eventTime)
        return try await replay.run(
            task, ledger: ledger, through: try rig.makeStage(task.stage, bank: bank)
        ) { entry in
            if task.stage == AssessStage.name {
                try await bank.move(to: entry.context.bankVersion, for: task)
            }
        }
    }
}
