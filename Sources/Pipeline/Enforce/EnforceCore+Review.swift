internal import EventSchemas
internal import SafetyModel

extension EnforceCore {
    /// Asks a human where something waits or must be looked at besides.
    func requestReview(
        _ plan: EnforcePlan, _ proposal: Proposal, _ evidence: Corroboration,
        _ decision: DecisionRow, at now: Instant, _ result: inout EnforceResult
    ) {
        guard !plan.reasons.isEmpty else { return }
        let request = ReviewRequest(
            id: .review(proposal: proposal.id), proposal: proposal,
            reasons: plan.reasons.sorted { $0.rawValue < $1.rawValue },
            priority: priority(proposal, evidence, plan), role: evidence.role,
            deadline: now + deadline(plan, proposal))
        var wire = PBReviewRequest(request)
        wire.pendingActions = plan.pending.map { PBTargetedAction($0, target: proposal.target) }
        wire.takenActions = plan.passing
            .filter { settings.mode(of: $0, in: proposal.region) == .enforce }
            .map { PBTargetedAction($0, target: proposal.target) }
        wire.forcing = evidence.forcing
        wire.victimSafe = evidence.isForced || plan.reasons.contains(.reporterIsSubject)
        result.issues.append(.review(wire, time: proposal.time))
    }

    private func deadline(_ plan: EnforcePlan, _ proposal: Proposal) -> TimeSpan {
        let harm = plan.reasons.contains(.imminent) ? Harm.imminent : proposal.harm
        return settings.deadlines.deadline(of: harm)
    }

    /// 100 is imminent danger and nothing else.
    private func priority(
        _ proposal: Proposal, _ evidence: Corroboration, _ plan: EnforcePlan
    ) -> UInt8 {
        if plan.reasons.contains(.imminent) { return 100 }
        var priority =
            switch proposal.harm {
            case .imminent: 100
            case .sextortion: 75
            case .csam: 65
            case .enticement, .trafficking: 60
            }
        switch evidence.strength {
        case .conclusive: priority += 15
        case .near: priority += 10
        case .listed: break
        case .behaviour: priority -= 15
        case .gone: priority -= 30
        }
        priority = leading(priority, proposal, evidence)
        if evidence.isForced { priority += 5 }
        if proposal.flags.contains(.trustedSource) { priority += 5 }
        if plan.reasons.contains(.budgetSpent) { priority -= 10 }
        return UInt8(min(max(priority, 1), 99))
    }

    /// What other services say of media that no list names has the place that it is worth, and takes
    /// nothing from what stands beside it.
    private func leading(
        _ priority: Int, _ proposal: Proposal, _ evidence: Corroboration
    ) -> Int {
        let leads = proposal.matches.compactMap { $0.lead?.priority }
        guard let best = leads.max() else { return priority }
        let isAlone = evidence.strength <= .behaviour && leads.count == proposal.matches.count
        let lead = Int(min(best, ReviewLead.highestPriority))
        return isAlone ? lead : max(priority, lead)
    }
}
