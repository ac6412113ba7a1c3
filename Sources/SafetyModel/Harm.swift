/// What a rule, proposal or tip is about.
public enum Harm: UInt8, Sendable, CaseIterable {
    case csam = 1
    case enticement = 2
    case sextortion = 3
    case trafficking = 4
    case imminent = 5
}

/// Who the account is in the incident (I13).
public enum Role: UInt8, Sendable, CaseIterable {
    case unknown = 0
    case offender = 1
    case victim = 2
    case minorSelfGenerated = 3
    case compromised = 4
    case bystander = 5
    case reporter = 6
}

/// What Enforce may publish. The raw values are the wire's.
public enum Action: UInt8, Hashable, Sendable, CaseIterable {
    case banAccount = 1
    case removeGroup = 2
    case reportCyberTip = 3
    case suspendAccount = 10
    case disableGroup = 11
    case removeProfileMedia = 12
    case removeGroupMedia = 13
    case revokeInviteLink = 14
    case delistInviteLink = 15
    case limitGroupAdds = 16
    case limitInvites = 17
    case limitForwarding = 18
    case preserveEvidence = 30
    case secureAccount = 31
    case offerSupport = 32
    case requestReview = 33
    case reverse = 34

    public enum Class: Sendable { case irreversible, reversible, protective }

    public var actionClass: Class {
        switch rawValue {
        case ..<10: .irreversible
        case ..<30: .reversible
        default: .protective
        }
    }

    /// The kinds of subject the action can be done to.
    public var targetKinds: [SubjectKind] {
        switch self {
        case .banAccount, .reportCyberTip, .suspendAccount, .removeProfileMedia, .limitGroupAdds,
            .limitForwarding, .secureAccount, .offerSupport:
            [.account]
        case .removeGroup, .disableGroup, .removeGroupMedia: [.group]
        case .revokeInviteLink, .delistInviteLink: [.inviteLink]
        case .limitInvites: [.account, .group]
        case .preserveEvidence, .requestReview, .reverse: SubjectKind.allCases
        }
    }

    /// The name in packs, logs and docs, such as `ban_account`.
    public var name: String {
        switch self {
        case .banAccount: "ban_account"
        case .removeGroup: "remove_group"
        case .reportCyberTip: "report_cybertip"
        case .suspendAccount: "suspend_account"
        case .disableGroup: "disable_group"
        case .removeProfileMedia: "remove_profile_media"
        case .removeGroupMedia: "remove_group_media"
        case .revokeInviteLink: "revoke_invite_link"
        case .delistInviteLink: "delist_invite_link"
        case .limitGroupAdds: "limit_group_adds"
        case .limitInvites: "limit_invites"
        case .limitForwarding: "limit_forwarding"
        case .preserveEvidence: "preserve_evidence"
        case .secureAccount: "secure_account"
        case .offerSupport: "offer_support"
        case .requestReview: "request_review"
        case .reverse: "reverse"
        }
    }
}
