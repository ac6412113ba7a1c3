import Behaviour
import SafetyModel

/// A rule, as it was read.
struct Rule: Sendable {
    var id: String
    /// FNV-1a of the id: the rule's key in stored state.
    var key: UInt64
    var triggers: [Trigger]
    var harm: Harm
    var isShadow: Bool
    var budget: Budget
    var cooldown: TimeSpan
    var proposals: [(target: Target, actions: [Action])]
    /// By kind of subject, for features of one name differ; nil where the rule is not about the
    /// kind.
    var conditions: [Typed?] = [nil, nil, nil]

    func condition(_ kind: SubjectKind) -> Typed? { conditions[Int(kind.rawValue) - 1] }

    /// A rule about behaviour is asked when something it reads may have changed, or at the kinds of
    /// signal it names.
    func isAsked(at kind: SignalKind, about subject: SubjectKind, _ touch: Touch) -> Bool {
        guard triggers.contains(where: { $0.kind == subject }), let condition = condition(subject),
            condition.canHold(at: kind) != false
        else { return false }
        return condition.namesKind || !touch.readsTouched(condition)
            || touch.isTouched(condition, by: kind)
    }

    /// Why no signal can make the rule fire; nil where one can.
    func deafness(_ touch: Touch) -> String? {
        func hears(_ test: (SignalKind, SubjectKind) -> Bool) -> Bool {
            SubjectKind.allCases.contains { subject in
                condition(subject) != nil
                    && SignalKind.allCases.contains {
                        $0.subjects.contains(subject) && test($0, subject)
                    }
            }
        }
        guard hears({ condition($1)?.canHold(at: $0) != false }) else {
            let nouns = triggers.compactMap(\.kind?.noun)
            let about = nouns.isEmpty ? "" : " about " + nouns.joined(separator: " or ")
            return "this holds at no kind of signal\(about); "
                + "`tutela policy docs` lists the kinds and what they are about"
        }
        guard triggers == [.match] || hears({ isAsked(at: $0, about: $1, touch) }) else {
            return "no signal changes what this reads, so the rule is never asked; "
                + "name the kinds to ask it at, as signal.kind == reported"
        }
        return nil
    }
}

/// What decides at most signals that a rule does not fire, in a flat form.
struct RuleTest: Sendable {
    var key: UInt64
    var cooldown: TimeSpan
    /// Where the condition ends, by kind of subject.
    private var account: Int32 = -1
    private var group: Int32 = -1
    private var link: Int32 = -1
    /// Whether it reads anything but the signal in hand; then a signal from before everything that
    /// is held does not ask it.
    var readsHistory: Bool

    init(_ rule: Rule, readsHistory: Bool, _ program: inout Program) {
        key = rule.key
        cooldown = rule.cooldown
        self.readsHistory = readsHistory
        account = rule.condition(.account).map { program.compile($0) } ?? -1
        group = rule.condition(.group).map { program.compile($0) } ?? -1
        link = rule.condition(.inviteLink).map { program.compile($0) } ?? -1
    }

    func place(_ kind: SubjectKind) -> Int32 {
        switch kind {
        case .account: account
        case .group: group
        case .inviteLink: link
        }
    }
}

/// What makes a rule be asked.
enum Trigger: UInt8, CaseIterable {
    /// A signal that carries matches, about any subject.
    case match
    case account, group, link

    var kind: SubjectKind? {
        switch self {
        case .match: nil
        case .account: .account
        case .group: .group
        case .link: .inviteLink
        }
    }
}

/// Whom a rule's actions are for.
enum Target: UInt8, CaseIterable {
    /// The signal's subject.
    case subject
    /// Who set or sent the media that matched; one proposal for each.
    case uploader
    /// Who did what the signal tells: for a report, the reporter.
    case actor
    case creator, administrators
    /// The group itself, that of a link, or the group that an account acted on.
    case group
    /// The links of a group, or the link itself.
    case links
    /// What the signal names besides its subject.
    case related

    /// The kinds of subject it can be; nil where that depends.
    func kinds(_ triggers: [Trigger]) -> [SubjectKind] {
        switch self {
        case .subject:
            triggers.contains(.match) ? SubjectKind.allCases : triggers.compactMap(\.kind)
        case .uploader, .actor, .creator, .administrators: [.account]
        case .group: [.group]
        case .links: [.inviteLink]
        case .related: SubjectKind.allCases
        }
    }

    var meaning: String {
        switch self {
        case .subject: "the signal's subject"
        case .uploader: "who set or sent what matched, one proposal for each; never a reporter"
        case .actor: "who did it; of a report, the reporter"
        case .creator: "who created it, as far as is known"
        case .administrators: "accounts with admin rights, as far as is known"
        case .group: "the group itself, that of a link, or the one an account acted on"
        case .links: "the links of a group, or the link itself"
        case .related: "what the signal names besides its subject, as the group just created"
        }
    }
}
