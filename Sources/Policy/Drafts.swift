import Behaviour
import SafetyModel

/// What a rule that fires proposes: one draft for each target, in order of target and id.
func drafts(
    _ rule: Rule, _ reasons: [Reason], _ matches: [Match], _ state: SubjectState,
    _ signal: Signal
) -> [ProposalDraft] {
    var drafts: [ProposalDraft] = []
    func add(_ target: Subject, _ actions: [Action], _ matches: [Match]) {
        let fitting = actions.filter { $0.targetKinds.contains(target.kind) }
        guard !fitting.isEmpty else { return }
        guard let index = drafts.firstIndex(where: { $0.target == target }) else {
            drafts.append(
                ProposalDraft(
                    rule: rule.id, target: target, actions: fitting, harm: rule.harm,
                    isShadow: rule.isShadow, budget: rule.budget, reasons: reasons,
                    matches: matches))
            return
        }
        // Two targets are one subject, as where somebody reports their own upload: one proposal,
        // for its id is of signal, rule and target.
        drafts[index].actions += fitting.filter { !drafts[index].actions.contains($0) }
        let known = drafts[index].matches
        drafts[index].matches += matches.filter { !known.contains($0) }
    }
    for (target, actions) in rule.proposals {
        if target == .uploader {
            for (account, own) in uploaders(matches, signal) {
                add(Subject(.account, account), actions, own)
            }
        } else {
            for subject in target.subjects(state, signal) { add(subject, actions, matches) }
        }
    }
    // Nobody to act on is no reason for silence (I6).
    if drafts.isEmpty { add(signal.subject, [.requestReview], matches) }
    return drafts
}

/// Who set or sent the media that matched, in order of id, each with their own matches.
private func uploaders(_ matches: [Match], _ signal: Signal) -> [(String, [Match])] {
    var accounts: [(String, [Match])] = []
    for match in matches {
        guard let item = signal.item(of: match), let uploader = signal.uploader(of: item),
            item.uploader == nil || signal.speaks(of: uploader)
        else { continue }
        if let index = accounts.firstIndex(where: { $0.0 == uploader }) {
            accounts[index].1.append(match)
        } else {
            accounts.append((uploader, [match]))
        }
    }
    return accounts.sorted { $0.0 < $1.0 }
}

extension Signal {
    /// Whether proposals about an uploader rest on this signal. What an account set or sent is told
    /// to its own home too, where its own history counts (I13): this one does not repeat it. And a
    /// report never counts against the reporter.
    fileprivate func speaks(of uploader: String) -> Bool {
        switch kind {
        case .mediaSet: subject.kind == .account || uploader != actor
        case .reported: subject == Subject(.account, uploader) && uploader != actor
        default: true
        }
    }
}

extension Target {
    /// Whom it means for this signal; nobody where that is not known.
    fileprivate func subjects(_ state: SubjectState, _ signal: Signal) -> [Subject] {
        func tied(_ tie: Tie) -> [Subject] {
            state.ties.filter { $0.tie == tie }.map(\.subject)
        }
        switch self {
        case .subject: return [signal.subject]
        case .uploader: return []
        case .actor: return signal.actor.map { [Subject(.account, $0)] } ?? []
        case .creator:
            if signal.kind == .created, let actor = signal.actor {
                return [Subject(.account, actor)]
            }
            return tied(.creator)
        case .administrators: return tied(.administrator)
        case .group:
            if signal.subject.kind == .group { return [signal.subject] }
            // The group's home was told of the media itself.
            if signal.kind == .mediaSet { return [] }
            if let related = signal.related, related.kind == .group { return [related] }
            return tied(.group)
        case .links:
            return signal.subject.kind == .inviteLink ? [signal.subject] : tied(.link)
        case .related: return signal.related.map { [$0] } ?? []
        }
    }
}
