internal import CyberTip
package import EventSchemas
package import SafetyModel
package import StateStore
package import Streaming

/// Decides on proposals and verdicts, one after the other. Pure: what it does follows from its
/// settings, its rows and its arguments (I3).
package struct EnforceCore: Sendable {
    let settings: EnforceSettings
    let decoder: EventDecoder
    let tips: TipBuilder
    var state: EnforceState

    /// - Parameter sealer: seals narratives.
    package init(settings: EnforceSettings, sealer: any FieldSealer) {
        self.settings = settings
        decoder = EventDecoder(sealer: sealer)
        tips = TipBuilder(settings: settings.tips, sealer: sealer)
        state = EnforceState(limits: settings.limits)
    }

    /// Rows of the open batch, for the changelog.
    package func changes() -> ChangeSet { state.changes() }

    /// The open batch was committed.
    package mutating func publish() { state.publish() }

    /// The open batch was not committed.
    package mutating func discard() { state.discard() }

    /// Applies a record of the changelog.
    /// - Returns: false where it is no row.
    package mutating func restore(_ record: Record) throws(RowError) -> Bool {
        try state.restore(record)
    }

    /// All rows are restored.
    package mutating func finishRestoring() { state.finishRestoring() }

    /// Rows in memory.
    package var rowCount: Int { state.rowCount }

    /// All rows in the order of their keys, for tests.
    package func forEachRow(_ body: (EnforceRow) -> Void) { state.forEach(body) }

    /// Decides on a proposal.
    /// - Parameter now: the record's log time.
    package mutating func decide(
        _ proposal: Proposal, _ evidence: Corroboration, at now: Instant
    ) -> EnforceResult {
        if state.decision(proposal.id) != nil { return EnforceResult(outcome: .duplicate) }
        state.forget(at: now)
        var decision = DecisionRow(
            origin: proposal.id, isVerdict: false, sequence: 0, time: now, target: proposal.target,
            eventTime: proposal.time, incident: proposal.incident,
            evidence: bounded(evidence.evidenceKeys.flatMap { $0 }))
        var result = EnforceResult(outcome: .assessed)
        if proposal.isShadow {
            state.record(decision)
            return result
        }
        let shields = state.shields(proposal.target).filter { $0.until > now }
        if shields.contains(where: { covers($0, proposal, evidence) }) {
            state.record(decision)
            return result
        }
        var plan = EnforcePlan(
            proposal, evidence, isShielded: !shields.isEmpty, settings: settings)
        applyBudgets(&plan, proposal, evidence, at: now, &result)
        decision.entries = Array(evidence.entries.prefix(settings.limits.evidenceKeys))
        issue(&plan, proposal, evidence, at: now, &decision, &result)
        requestReview(plan, proposal, evidence, decision, at: now, &result)
        state.record(decision)
        state.hold(PBProposal(proposal).canonicalBytes(), of: proposal.id)
        return result
    }

    func bounded(_ keys: [ContentID]) -> [ContentID] {
        Array(Set(keys).sorted().prefix(settings.limits.evidenceKeys))
    }

    /// The verdict has considered all that the proposal rests on (I9).
    private func covers(
        _ shield: Shield, _ proposal: Proposal, _ evidence: Corroboration
    ) -> Bool {
        if evidence.evidenceKeys.isEmpty { return proposal.time <= shield.asOf }
        return evidence.evidenceKeys.allSatisfy { keys in
            keys.contains { shield.covered.contains($0) }
        }
    }
}
