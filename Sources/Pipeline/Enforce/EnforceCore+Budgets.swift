internal import EventSchemas
internal import SafetyModel

extension EnforceCore {
    /// Budgets bound automation that is more than protection (I8).
    mutating func applyBudgets(
        _ plan: inout EnforcePlan, _ proposal: Proposal, _ evidence: Corroboration,
        at now: Instant, _ result: inout EnforceResult
    ) {
        func isBounded(_ action: Action) -> Bool { action.actionClass != .protective }
        for name in evidence.entries { lift(name, evidence) }
        for name in evidence.entries where isQuarantined(name, at: now) {
            plan.hold(.entryQuarantined, where: isBounded)
        }
        guard plan.passing.contains(where: isBounded) else { return }
        if !state.hasRoom {
            result.alarms.append(.memoryFull)
            plan.hold(.budgetSpent, where: isBounded)
            return
        }
        if isSpent(.rule(proposal.rule), proposal.budget, at: now) {
            result.alarms.append(.budgetSpent)
            plan.hold(.budgetSpent, where: isBounded)
        }
        for name in evidence.entries where plan.passing.contains(where: isBounded) {
            guard isSpent(.entry(name), settings.budgets.entry, at: now) else { continue }
            result.alarms.append(.entryQuarantined)
            quarantine(name, evidence, proposal, at: now, &result)
            plan.hold(.entryQuarantined, where: isBounded)
        }
        for action in plan.passing where isBounded(action) {
            let budget = settings.budgets.budget(of: action)
            guard isSpent(.action(action), budget, at: now) else { continue }
            result.alarms.append(.budgetSpent)
            plan.hold(.budgetSpent) { $0 == action }
        }
        guard plan.passing.contains(where: isBounded) else { return }
        spend(.rule(proposal.rule), proposal.budget, at: now)
        for name in evidence.entries { spend(.entry(name), settings.budgets.entry, at: now) }
        for action in plan.passing where isBounded(action) {
            spend(.action(action), settings.budgets.budget(of: action), at: now)
        }
    }

    private func isQuarantined(_ name: EntryName, at now: Instant) -> Bool {
        let row = state.entry(name)
        return row.isWithdrawn || row.quarantinedUntil.map { $0 > now } ?? false
    }

    /// Enforce holds the entry back at once; the record tells all others, and stands until it is
    /// lifted.
    private mutating func quarantine(
        _ name: EntryName, _ evidence: Corroboration, _ proposal: Proposal, at now: Instant,
        _ result: inout EnforceResult
    ) {
        var row = state.entry(name)
        row.quarantinedUntil = now + settings.quarantine
        row.quarantinedAt = evidence.bankVersion
        state.set(row, for: name)
        result.issues.append(
            .quarantine(
                EntryQuarantine(
                    bank: name.bank, entry: name.entry, isQuarantined: true, reason: .flood),
                origin: proposal.id, verdict: nil, time: proposal.time))
    }

    /// Whoever lifted it on the topic since has looked: counting begins anew.
    private mutating func lift(_ name: EntryName, _ evidence: Corroboration) {
        var row = state.entry(name)
        guard row.quarantinedUntil != nil, let offset = evidence.lifts[name],
            offset >= row.quarantinedAt
        else { return }
        row.quarantinedUntil = nil
        row.quarantinedAt = 0
        state.set(row, for: name)
        state.reset(.entry(name))
    }

    private func isSpent(_ scope: BudgetScope, _ budget: Budget, at now: Instant) -> Bool {
        let row = state.budget(scope) ?? BudgetRow(period: budget.period)
        return row.spent(budget, at: now) >= row.allowance(budget, at: now)
    }

    private mutating func spend(_ scope: BudgetScope, _ budget: Budget, at now: Instant) {
        var row = state.budget(scope) ?? BudgetRow(period: budget.period)
        row.count(budget, at: now)
        state.set(row, for: scope)
    }
}
