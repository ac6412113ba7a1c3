internal import CyberTip
internal import EventSchemas
internal import FoundationEssentials
internal import SafetyModel

extension EnforceCore {
    /// Lifts the named enforcements; without names, all of the proposals considered.
    mutating func overturn(_ ruling: Ruling, _ result: inout EnforceResult) {
        var ids = ruling.verdict.overturned
        if ids.isEmpty { ids = ruling.considered.flatMap(\.enforcements) }
        for id in ids {
            guard let row = state.enforcement(id) else {
                result.alarms.append(.unknownEnforcement)
                continue
            }
            if !row.isReversed { reverse(row, ruling, &result) }
        }
    }

    private mutating func reverse(
        _ before: EnforcementRow, _ ruling: Ruling, _ result: inout EnforceResult
    ) {
        var row = before
        row.isReversed = true
        state.set(row)
        let holders = removeHolder(row, at: ruling.now)
        let peers = peers(of: row, in: holders)
        let isInherited = inheritTip(of: row, by: longest(peers))
        if row.isPublished {
            // Who still holds the action takes its place on the record before it is lifted.
            if let heir = longest(peers), !heir.isPublished { promote(heir, &result) }
            let lifted = reversal(of: row, ruling, isStillHeld: !peers.isEmpty)
            result.issues.append(.enforcement(lifted))
            if row.isFed {
                result.issues.append(
                    .feedback(
                        feedback(
                            row, .reversed, cause: lifted.enforcement.id, time: ruling.verdict.time)
                    ))
            }
        }
        if row.tip != nil, !isInherited { correct(row, ruling, &result) }
        unlearn(row, ruling, &result)
    }

    private mutating func removeHolder(_ row: EnforcementRow, at now: Instant) -> [Holder] {
        guard row.enforcement.action.actionClass != .protective else { return [] }
        return state.removeHolder(row).filter { $0.isLive(at: now) }
    }

    /// A tip stands while another decision rests on the same evidence.
    private mutating func inheritTip(of row: EnforcementRow, by holder: Holder?) -> Bool {
        guard let tip = row.tip, let holder, var heir = state.enforcement(holder.enforcement),
            heir.tip == nil
        else { return false }
        heir.tip = tip
        state.set(heir)
        let subject = row.enforcement.subject
        var known = state.tips(subject, row.incident)
        for place in known.indices where known[place].tip.id == tip {
            known[place].tip.enforcement = heir.enforcement.id
        }
        state.set(known, for: subject, row.incident)
        return true
    }

    private mutating func promote(_ heir: Holder, _ result: inout EnforceResult) {
        guard var row = state.enforcement(heir.enforcement) else { return }
        publish(&row, &result.issues)
        state.set(row)
        let value = row.enforcement
        var standing = state.standing(value.subject, value.action, value.mode)
        for place in standing.holders.indices
        where standing.holders[place].enforcement == heir.enforcement {
            standing.holders[place].isPublished = true
        }
        state.set(standing)
    }

    private func reversal(
        of row: EnforcementRow, _ ruling: Ruling, isStillHeld: Bool
    ) -> IssuedAction {
        var value = row.enforcement
        value.id = .reversal(of: row.enforcement.id, verdict: ruling.verdict.id)
        value.action = .reverse
        value.verdict = ruling.verdict.id
        value.reverses = row.enforcement.id
        value.role = ruling.verdict.role
        value.expires = nil
        value.time = ruling.verdict.time
        return IssuedAction(
            enforcement: value, incident: row.incident, decided: ruling.now,
            isConclusive: false, reasons: [], tip: row.tip,
            reversedAction: row.enforcement.action, isStillHeld: isStillHeld)
    }

    /// A filed tip cannot be undone: a correction follows it.
    private mutating func correct(
        _ row: EnforcementRow, _ ruling: Ruling, _ result: inout EnforceResult
    ) {
        let subject = row.enforcement.subject
        var known = state.tips(subject, row.incident)
        for place in known.indices
        where known[place].tip.enforcement == row.enforcement.id && !known[place].isCorrected {
            known[place].isCorrected = true
            let tip = tips.correction(
                of: known[place].tip, verdict: ruling.verdict.id, role: ruling.verdict.role,
                issued: ruling.now)
            result.issues.append(.tip(tip, time: ruling.verdict.time))
        }
        state.set(known, for: subject, row.incident)
    }

    /// What the lifted decision taught is withdrawn, unless another decision taught it too.
    private mutating func unlearn(
        _ row: EnforcementRow, _ ruling: Ruling, _ result: inout EnforceResult
    ) {
        guard let origin = row.enforcement.verdict, var decision = state.decision(origin),
            !decision.learned.isEmpty
        else { return }
        for name in decision.learned {
            var entry = state.entry(name)
            guard entry.teachers.contains(origin) else { continue }
            entry.teachers.removeAll { $0 == origin }
            if entry.teachers.isEmpty { removeEntry(name, ruling, &result) }
            state.set(entry, for: name)
        }
        decision.learned = []
        state.amend(decision)
    }
}

extension EnforceCore {
    /// Extends reversible actions; without names, those of the proposals considered.
    mutating func renew(
        _ ruling: Ruling, _ decision: inout DecisionRow, _ result: inout EnforceResult
    ) {
        var wanted = ruling.verdict.actions
        if wanted.isEmpty {
            let rows = ruling.considered.flatMap(\.enforcements).compactMap(state.enforcement)
            wanted = rows.filter { !$0.isReversed && $0.enforcement.expires != nil }
                .map { ($0.enforcement.subject, $0.enforcement.action) }
        }
        let end = ruling.validUntil ?? ruling.now + settings.friction
        for (target, action) in wanted {
            guard action.actionClass == .reversible, action.targetKinds.contains(target.kind) else {
                result.alarms.append(.verdictRefused)
                continue
            }
            let mode = settings.mode(of: action, in: ruling.region)
            let row = row(action, on: target, ruling, mode, expires: end)
            guard !decision.enforcements.contains(row.enforcement.id) else { continue }
            decision.enforcements.append(row.enforcement.id)
            impose(row, extends: true, at: ruling.now, &result.issues)
        }
    }
}
