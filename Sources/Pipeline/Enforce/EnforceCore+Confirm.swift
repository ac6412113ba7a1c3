internal import CyberTip
internal import EventSchemas
internal import FoundationEssentials
internal import SafetyModel

extension EnforceCore {
    mutating func confirm(
        _ ruling: Ruling, _ decision: inout DecisionRow, _ result: inout EnforceResult
    ) {
        var refused: [(target: Subject, action: Action)] = []
        for (target, actions) in wishes(ruling) {
            let allowed = actions.filter { action in
                let fits = action.targetKinds.contains(target.kind) && action != .reverse
                let isOffender =
                    action.actionClass != .irreversible || ruling.verdict.role == .offender
                if fits && isOffender { return true }
                refused.append((target, action))
                return false
            }
            carryOut(allowed, on: target, ruling, &decision, &result, &refused)
        }
        learn(ruling, &decision, &result)
        guard !refused.isEmpty else { return }
        result.alarms.append(.verdictRefused)
        // Asked once: the answer to that request considers no proposal, and is not asked again.
        guard !ruling.considered.isEmpty || ruling.message?.reviewRequestID.isEmpty ?? true
        else { return }
        result.issues.append(.review(review(ruling, refused), time: ruling.verdict.time))
    }

    /// Whoever lifts or finds nothing may still ask for help for the account.
    mutating func protect(
        _ ruling: Ruling, _ decision: inout DecisionRow, _ result: inout EnforceResult
    ) {
        for (target, actions) in wishes(ruling) {
            let allowed = actions.filter {
                $0.actionClass == .protective && $0 != .reverse
                    && $0.targetKinds.contains(target.kind)
            }
            var refused: [(target: Subject, action: Action)] = []
            carryOut(allowed, on: target, ruling, &decision, &result, &refused)
        }
    }

    /// Actions by target, targets in the order they are named, evidence preserved before a removal.
    private func wishes(_ ruling: Ruling) -> [(Subject, [Action])] {
        var targets: [Subject] = []
        var actions: [Subject: [Action]] = [:]
        for (target, action) in ruling.verdict.actions where action != .requestReview {
            if actions[target] == nil { targets.append(target) }
            actions[target, default: []].append(action)
        }
        return targets.map { target in
            var wanted = actions[target] ?? []
            if wanted.contains(where: \.destroysEvidence) { wanted.append(.preserveEvidence) }
            return (target, EnforcePlan.ordered(wanted))
        }
    }

    private mutating func carryOut(
        _ actions: [Action], on target: Subject, _ ruling: Ruling,
        _ decision: inout DecisionRow, _ result: inout EnforceResult,
        _ refused: inout [(target: Subject, action: Action)]
    ) {
        let strongest = actions.filter(\.destroysEvidence)
            .map { settings.mode(of: $0, in: ruling.region) }.max { $0.rawValue < $1.rawValue }
        for action in actions {
            var mode = settings.mode(of: action, in: ruling.region)
            if action == .preserveEvidence, let strongest, strongest.rawValue > mode.rawValue {
                mode = strongest
            }
            if mode != .enforce { result.alarms.append(.heldByMode) }
            var row = row(action, on: target, ruling, mode, expires: ruling.validUntil)
            var draft: TipDraft?
            if action == .reportCyberTip, mode == .enforce {
                let made = tip(for: target, ruling, actions, row)
                guard !made.isBlocked else {
                    result.alarms.append(.tipBlocked)
                    refused.append((target, action))
                    continue
                }
                row.tip = ContentID(bytes: made.tip.tipID)
                draft = made
            }
            decision.enforcements.append(row.enforcement.id)
            impose(row, extends: true, at: ruling.now, &result.issues)
            if let draft {
                publish(draft.tip, subject: target, byVerdict: true, &result.issues)
            }
        }
    }

    /// The row of an action that a verdict imposes; what is irreversible never expires.
    func row(
        _ action: Action, on target: Subject, _ ruling: Ruling, _ mode: Mode, expires: Instant?
    ) -> EnforcementRow {
        let verdict = ruling.verdict
        let primary = ruling.proposals.first
        let value = Enforcement(
            id: .enforcement(origin: verdict.id, target: .subject(target), action: action),
            subject: target, action: action, rule: primary?.rule ?? "", harm: verdict.harm,
            mode: mode, role: verdict.role, packDigest: primary?.packDigest ?? [],
            bankVersion: ruling.bankVersion, proposal: primary?.id, verdict: verdict.id,
            reverses: nil, expires: action.actionClass == .reversible ? expires : nil,
            time: verdict.time,
            evidence: Array(
                Set(ruling.proposals.flatMap(Self.references)).sorted().prefix(64)),
            region: ruling.region)
        // A human's word starts anew, whatever made them look: feedback alone must come to an end.
        return EnforcementRow(
            enforcement: value, incident: ruling.incident, decided: ruling.now, hops: 0,
            isConclusive: false, reasons: [], evidence: evidenceDigest(ruling.evidence))
    }

    /// A verdict's tip replaces automation's of the same incident: it tells what a human saw.
    private func tip(
        for target: Subject, _ ruling: Ruling, _ actions: [Action], _ row: EnforcementRow
    ) -> TipDraft {
        let earlier = state.tips(target, ruling.incident).last { !$0.isCorrected }
        // The proposal about the reported account comes first, others add to it.
        let own = ruling.proposals.filter { $0.target == target }
        let others = ruling.proposals.filter { $0.target != target }
        return tips.build(
            TipRequest(
                account: target.id, proposals: own + others, verdict: ruling.message,
                verdictID: ruling.verdict.id, enforcement: row.enforcement.id,
                incident: ruling.incident, harm: ruling.verdict.harm,
                knowledge: ruling.verdict.time, issued: ruling.now,
                bankVersion: ruling.bankVersion, region: ruling.region,
                measures: measures(actions, region: ruling.region),
                related: earlier.map { (.supersedes, $0.tip.id) }))
    }

    private func review(
        _ ruling: Ruling, _ refused: [(target: Subject, action: Action)]
    ) -> PBReviewRequest {
        var wire = PBReviewRequest()
        wire.reviewRequestID = Data(ContentID.review(proposal: ruling.verdict.id).bytes)
        wire.subject = PBTargetedAction(.requestReview, target: ruling.verdict.subject).target
        wire.priority = 80
        wire.harm = ruling.verdict.harm.wire
        wire.causes = [
            ruling.verdict.role == .offender ? .unknownTarget : .forcedRole
        ]
        wire.exposure = .metadata
        wire.deadlineUnixMs =
            (ruling.now + settings.deadlines.deadline(of: ruling.verdict.harm)).milliseconds
        wire.pendingActions = refused.map { PBTargetedAction($0.action, target: $0.target) }
        wire.victimSafe = ruling.verdict.role != .offender
        wire.incidentCluster = ruling.incident.description
        wire.region = ruling.region
        wire.role = ruling.verdict.role.wire
        return wire
    }
}
