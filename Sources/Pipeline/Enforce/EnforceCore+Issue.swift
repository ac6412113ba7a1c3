internal import CyberTip
internal import EventSchemas
internal import SafetyModel

extension EnforceCore {
    /// Imposes what passes, protection first, and builds the tip.
    mutating func issue(
        _ plan: inout EnforcePlan, _ proposal: Proposal, _ evidence: Corroboration,
        at now: Instant, _ decision: inout DecisionRow, _ result: inout EnforceResult
    ) {
        var draft: TipDraft?
        if plan.passing.contains(.reportCyberTip) {
            draft = tip(for: proposal, evidence, plan, at: now)
            if draft?.isBlocked ?? true {
                result.alarms.append(.tipBlocked)
                plan.hold(.unknownTarget) { $0 == .reportCyberTip }
            }
        }
        let digest = evidenceDigest(evidence.evidenceKeys.flatMap { $0 })
        let strongest = plan.passing.filter(\.destroysEvidence)
            .map { settings.mode(of: $0, in: proposal.region) }
            .max { $0.rawValue < $1.rawValue }
        for action in plan.passing {
            var mode = settings.mode(of: action, in: proposal.region)
            // A removal must not be carried out while its evidence is only watched.
            if action == .preserveEvidence, let strongest, strongest.rawValue > mode.rawValue {
                mode = strongest
            }
            if mode != .enforce, mode == .advise || action.actionClass == .irreversible {
                plan.reasons.insert(.mode)
            }
            var row = EnforcementRow(
                enforcement: enforcement(action, proposal, evidence, mode, plan, at: now),
                incident: proposal.incident, decided: now, hops: proposal.hops,
                isConclusive: evidence.strength == .conclusive,
                reasons: plan.reasons.sorted { $0.rawValue < $1.rawValue }, evidence: digest)
            let published = action == .reportCyberTip && mode == .enforce ? draft?.tip : nil
            if let published { row.tip = ContentID(bytes: published.tipID) }
            if action == .reportCyberTip, mode == .enforce,
                isKnownTip(published, subject: proposal.target, proposal.incident)
            {
                row.tip = nil
            }
            decision.enforcements.append(row.enforcement.id)
            impose(row, extends: !plan.isFriction, at: now, &result.issues)
            if row.tip != nil, let published {
                publish(published, subject: proposal.target, byVerdict: false, &result.issues)
            }
        }
    }

    private func enforcement(
        _ action: Action, _ proposal: Proposal, _ evidence: Corroboration, _ mode: Mode,
        _ plan: EnforcePlan, at now: Instant
    ) -> Enforcement {
        let isTemporary = plan.isFriction || action.expiresByItself
        let expires =
            isTemporary && action.actionClass == .reversible ? now + settings.friction : nil
        let isOffender = evidence.role == .offender && proposal.target.kind == .account
        return Enforcement(
            id: .enforcement(
                origin: proposal.id, target: .subject(proposal.target), action: action),
            subject: proposal.target, action: action, rule: proposal.rule, harm: proposal.harm,
            mode: mode, role: isOffender ? .offender : .unknown, packDigest: proposal.packDigest,
            bankVersion: evidence.bankVersion, proposal: proposal.id, verdict: nil, reverses: nil,
            expires: expires, time: proposal.time, evidence: Self.references(proposal),
            region: proposal.region)
    }

    /// `bank/entry` of each match and media references, sorted, a bounded number.
    static func references(_ proposal: Proposal) -> [String] {
        let matches = proposal.matches.map { "\($0.bank)/\($0.entry)" }
        let media = proposal.evidence?.media.map(\.reference) ?? []
        return Array(Set(matches + media).sorted().prefix(64))
    }

    func evidenceDigest(_ keys: [ContentID]) -> ContentID {
        var hash = ContentHash("tutela.evidence.set.v1")
        for key in Set(keys).sorted() { hash.add(key) }
        return hash.finish()
    }

    private func tip(
        for proposal: Proposal, _ evidence: Corroboration, _ plan: EnforcePlan, at now: Instant
    ) -> TipDraft {
        let known = state.tips(proposal.target, proposal.incident)
        let earlier = known.last { !$0.isCorrected }
        return tips.build(
            TipRequest(
                account: proposal.target.id, proposals: [proposal],
                enforcement: .enforcement(
                    origin: proposal.id, target: .subject(proposal.target), action: .reportCyberTip),
                incident: proposal.incident, harm: proposal.harm, knowledge: now, issued: now,
                bankVersion: evidence.bankVersion, region: proposal.region,
                measures: measures(plan.passing, region: proposal.region),
                related: earlier.map { (.supplements, $0.tip.id) },
                corrections: UInt8(clamping: known.count { $0.isCorrected })))
    }

    /// Only what is carried out counts as done (CT-16).
    func measures(_ actions: [Action], region: String) -> Set<Action> {
        Set(actions.filter { settings.mode(of: $0, in: region) == .enforce })
    }

    /// Automation tells the same evidence of one incident once (CT-18).
    private func isKnownTip(
        _ tip: PBCyberTip?, subject: Subject, _ incident: ContentID
    ) -> Bool {
        guard let tip else { return false }
        let evidence = [UInt8](tip.evidenceSetDigest)
        return state.tips(subject, incident).contains {
            $0.tip.evidence == evidence && !$0.isCorrected
        }
    }

    mutating func publish(
        _ tip: PBCyberTip, subject: Subject, byVerdict: Bool, _ issues: inout [EnforceIssue]
    ) {
        guard let summary = TipSummary(tip) else { return }
        var known = state.tips(subject, summary.incident)
        known.append(
            TipRow.Published(tip: summary, isByVerdict: byVerdict, isCorrected: false))
        if known.count > Self.tipsPerIncident { known.removeFirst() }
        state.set(known, for: subject, summary.incident)
        issues.append(.tip(tip, time: Instant(milliseconds: tip.detectedUnixMs)))
    }

    /// Tips remembered for one account and incident.
    static let tipsPerIncident = 32
}

extension EnforceCore {
    /// Makes a decision hold an action. It is published unless another holds the same for as long.
    /// - Parameter extends: false for friction, which only a human makes last longer.
    mutating func impose(
        _ row: EnforcementRow, extends: Bool, at now: Instant, _ issues: inout [EnforceIssue]
    ) {
        var row = row
        let value = row.enforcement
        guard value.action.actionClass != .protective else {
            publish(&row, &issues)
            state.set(row)
            return
        }
        var standing = state.standing(value.subject, value.action, value.mode)
        standing.holders.removeAll { !$0.isLive(at: now) }
        let peers = peers(of: row, in: standing.holders)
        if let longest = longest(peers), !extends || !longest.isWellExtended(by: value.expires) {
            row.enforcement.expires = longest.expires
        }
        let isHeld = peers.contains { $0.outlasts(row.enforcement.expires) }
        if !isHeld || row.tip != nil { publish(&row, &issues) }
        standing.holders.append(
            Holder(
                enforcement: value.id, expires: row.enforcement.expires, evidence: row.evidence,
                isPublished: row.isPublished))
        if standing.holders.count > settings.limits.holders { standing.holders.removeFirst() }
        state.set(standing)
        state.set(row)
    }

    /// Holders of the same: for actions about evidence, of the same evidence.
    func peers(of row: EnforcementRow, in holders: [Holder]) -> [Holder] {
        guard row.enforcement.action.isAboutEvidence else { return holders }
        return holders.filter { $0.evidence == row.evidence }
    }

    /// The holder that lasts longest; the earliest of equals.
    func longest(_ holders: [Holder]) -> Holder? {
        holders.reduce(nil) { best, next in
            guard let best else { return next }
            return best.outlasts(next.expires) ? best : next
        }
    }

    /// Publishes an enforcement with its feedback.
    func publish(_ row: inout EnforcementRow, _ issues: inout [EnforceIssue]) {
        row.isPublished = true
        issues.append(
            .enforcement(
                IssuedAction(
                    enforcement: row.enforcement, incident: row.incident, decided: row.decided,
                    isConclusive: row.isConclusive, reasons: row.reasons, tip: row.tip)))
        let value = row.enforcement
        guard value.mode == .enforce, value.action.actionClass != .protective,
            row.hops < Signal.maximumHops
        else { return }
        row.isFed = true
        issues.append(.feedback(feedback(row, .enforced, cause: value.id, time: value.time)))
    }

    /// What Assess learns of an enforcement or its reversal.
    func feedback(
        _ row: EnforcementRow, _ kind: SignalKind, cause: ContentID, time: Instant
    ) -> Signal {
        let value = row.enforcement
        return Signal(
            cause: cause, ordinal: 0, kind: kind, time: time, subject: value.subject,
            key: .subject(value.subject), region: value.region, hops: row.hops + 1,
            decision: value.id, action: value.action)
    }
}
