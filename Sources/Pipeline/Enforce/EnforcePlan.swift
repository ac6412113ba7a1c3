internal import SafetyModel

/// What of a proposal passes, and what waits for a human, before budgets and modes.
struct EnforcePlan {
    /// In the order of publication.
    var passing: [Action] = []
    var pending: [Action] = []
    var reasons: Set<ReviewReason>
    /// Behaviour alone: what passes expires, and does not extend what stands.
    let isFriction: Bool

    /// - Parameter isShielded: a verdict stands on the subject, and this evidence is newer.
    init(
        _ proposal: Proposal, _ evidence: Corroboration, isShielded: Bool,
        settings: EnforceSettings
    ) {
        reasons = Set(evidence.reasons)
        isFriction = evidence.strength <= .behaviour
        if isShielded { reasons.insert(.shielded) }
        let isVictimSafe =
            isShielded || evidence.isForced || reasons.contains(.reporterIsSubject)
        for action in Self.ordered(proposal.actions) {
            if action == .requestReview {
                reasons.insert(.proposed)
            } else if action == .reverse || !action.targetKinds.contains(proposal.target.kind) {
                reasons.insert(.unknownTarget)
                pending.append(action)
            } else if let reason = Self.obstacle(action, evidence, isVictimSafe, settings) {
                reasons.insert(reason)
                pending.append(action)
            } else {
                passing.append(action)
            }
        }
        preserveFirst()
    }

    /// Takes actions out of what passes.
    mutating func hold(_ reason: ReviewReason, where condition: (Action) -> Bool) {
        let held = passing.filter(condition)
        if held.isEmpty { return }
        reasons.insert(reason)
        passing.removeAll(where: condition)
        pending = Self.ordered(pending + held)
        preserveFirst()
    }

    /// Evidence is preserved before anything is removed; what waits for a human may be removed later,
    /// so its evidence is preserved too.
    private mutating func preserveFirst() {
        guard !passing.contains(.preserveEvidence), passing.contains(where: \.destroysEvidence)
        else { return }
        passing.insert(.preserveEvidence, at: 0)
    }

    /// Why an action may not pass; nil where it may.
    private static func obstacle(
        _ action: Action, _ evidence: Corroboration, _ isVictimSafe: Bool,
        _ settings: EnforceSettings
    ) -> ReviewReason? {
        if action.actionClass == .protective { return nil }
        let removesMedia = action == .removeProfileMedia || action == .removeGroupMedia
        if isVictimSafe, !removesMedia { return .forcedRole }
        switch action.actionClass {
        case .protective: return nil
        case .irreversible:
            if action == .removeGroup { return .notConclusive }
            if evidence.role == .offender { return nil }
            return evidence.strength == .conclusive ? .unknownTarget : .notConclusive
        case .reversible:
            let needed: Corroboration.Strength =
                if removesMedia {
                    .listed
                } else if settings.frictionActions.contains(action) {
                    .behaviour
                } else {
                    .near
                }
            return evidence.strength >= needed ? nil : .notConclusive
        }
    }

    /// Without repeats, in the order of publication: protection, removal of media, friction,
    /// suspension, what is irreversible.
    static func ordered(_ actions: [Action]) -> [Action] {
        Set(actions).sorted { $0.publicationRank < $1.publicationRank }
    }
}

extension Action {
    /// Place in the order of publication.
    var publicationRank: Int {
        switch self {
        case .preserveEvidence: 0
        case .secureAccount: 1
        case .offerSupport: 2
        case .removeProfileMedia: 3
        case .removeGroupMedia: 4
        case .delistInviteLink: 5
        case .revokeInviteLink: 6
        case .limitForwarding: 7
        case .limitGroupAdds: 8
        case .limitInvites: 9
        case .disableGroup: 10
        case .suspendAccount: 11
        case .banAccount: 12
        case .removeGroup: 13
        case .reportCyberTip: 14
        case .requestReview: 15
        case .reverse: 16
        }
    }

    /// The platform may delete something when it carries it out.
    var destroysEvidence: Bool {
        switch self {
        case .banAccount, .removeGroup, .removeProfileMedia, .removeGroupMedia,
            .revokeInviteLink, .disableGroup, .suspendAccount:
            true
        case .reportCyberTip, .delistInviteLink, .limitGroupAdds, .limitInvites, .limitForwarding,
            .preserveEvidence, .secureAccount, .offerSupport, .requestReview, .reverse:
            false
        }
    }

    /// It is about one piece of evidence, so that the same action on other evidence is another.
    var isAboutEvidence: Bool {
        switch self {
        case .removeProfileMedia, .removeGroupMedia, .reportCyberTip, .preserveEvidence: true
        default: false
        }
    }

    /// Automation imposes it for a time only.
    var expiresByItself: Bool {
        switch self {
        case .suspendAccount, .disableGroup, .limitGroupAdds, .limitInvites, .limitForwarding:
            true
        default: false
        }
    }
}
