internal import EventSchemas
internal import SafetyModel

/// Turns an event into signals: what it tells about its own subject first, then about others. Pure.
///
/// Only voluntary ties make signals for other subjects: creating, administering, joining by link,
/// adding others, being named as a sender. Being added or contacted makes none.
struct Normaliser {
    private let event: Event
    private let key: SubjectKey
    private let matches: [Match]
    private let isLate: Bool
    private(set) var signals: [Signal] = []

    /// - Parameters:
    ///   - key: of the event's subject.
    ///   - isLate: see `Signal.isLate`.
    init(_ event: Event, key: SubjectKey, matches: [Match], isLate: Bool) {
        self.event = event
        self.key = key
        self.matches = matches
        self.isLate = isLate
        signals.reserveCapacity(3)
        switch event.kind {
        case .accountRegistered, .accountNumberChanged, .accountNumberRecycled,
            .accountDeviceLinked, .accountDeviceUnlinked, .accountPhotoChanged,
            .accountNameChanged, .accountAboutChanged, .accountSelfDeleted, .accountReinstated,
            .accountContactSummary:
            account()
        case .groupCreated, .groupSettingsChanged, .groupIconChanged, .groupNameChanged,
            .groupDescriptionChanged, .groupMemberAdded, .groupMemberJoined,
            .groupMemberRefused, .groupMemberLeft, .groupMemberRemoved, .groupAdminChanged,
            .groupDissolved:
            group()
        case .linkCreated, .linkReset, .linkJoined, .linkSighted, .linkGone:
            link()
        case .reportFiled, .reportWithdrawn, .accountBlocked, .accountUnblocked:
            report()
        }
    }

    private mutating func account() {
        switch event.kind {
        case .accountRegistered: own(.registered)
        case .accountNumberChanged, .accountNumberRecycled: own(.numberChanged)
        case .accountDeviceLinked, .accountDeviceUnlinked: own(.deviceChanged)
        case .accountSelfDeleted: own(.selfDeleted)
        case .accountReinstated: own(.reinstated)
        case .accountContactSummary: contacts()
        default:
            own(.profileChanged)
            media()
            text()
        }
    }

    /// How many, and how many of them are young where any is.
    private mutating func contacts() {
        own(.contacts)
        guard event.youngAmount > 0 else { return }
        own(.youngContacts)
        signals[signals.count - 1].amount = event.youngAmount
    }

    private mutating func group() {
        switch event.kind {
        case .groupCreated:
            own(.created, related: event.related)
            media()
            text()
            actor(.groupCreated, related: event.subject)
        case .groupMemberAdded:
            own(.memberAdded, party: event.related?.id)
            actor(.addedMember, related: event.subject)
        case .groupMemberJoined:
            own(.memberJoined, related: event.related, party: event.actor)
            if event.related != nil { actor(.joinedByLink, related: event.subject) }
        case .groupMemberRefused: own(.memberRefused, party: event.related?.id)
        case .groupMemberLeft: own(.memberLeft, party: event.related?.id)
        case .groupMemberRemoved:
            own(.memberRemoved, related: event.related, party: event.related?.id)
        case .groupAdminChanged:
            own(.adminChanged, related: event.related)
            if let member = event.related {
                other(.administers, member, related: event.subject, evidence: nil)
            }
        case .groupDissolved: own(.dissolved)
        default:
            own(.settingsChanged)
            media()
            text()
        }
    }

    private mutating func link() {
        let group = event.related
        switch event.kind {
        case .linkCreated:
            own(.created, related: group)
            if let group { other(.linkCreated, group, related: event.subject, evidence: nil) }
            actor(.linkCreated, related: event.subject)
        case .linkReset: own(.reset, related: group)
        case .linkJoined:
            own(.memberJoined, related: group, party: event.actor)
            if let group { actor(.joinedByLink, related: group) }
        case .linkSighted: sighting(.sighted)
        default: sighting(.sightingGone)
        }
    }

    private mutating func sighting(_ kind: SignalKind) {
        own(kind, related: event.related, party: event.sourceToken)
        if let group = event.related {
            other(
                kind, group, related: event.subject, party: event.sourceToken, evidence: nil)
        }
    }

    private mutating func report() {
        let party = event.sourceToken ?? event.actor
        switch event.kind {
        case .reportFiled:
            own(.reported, related: event.related, party: party, matches: ownMatches())
            let named = senders()
            for account in named {
                other(
                    .reported, Subject(.account, account), related: event.subject, party: party,
                    evidence: event.evidence, matches: matchesOf(account))
            }
            weigh(named, party: party)
        case .reportWithdrawn: own(.reportWithdrawn, related: event.related, party: party)
        case .accountBlocked: own(.blocked, party: event.actor)
        default: own(.unblocked, party: event.actor)
        }
    }

    /// What automation counts comes by way of the reporter's home, which knows the reporter; whom no
    /// account stands for, as a hotline, is taken as it is.
    private mutating func weigh(_ named: [String], party: String?) {
        var reported = [event.subject] + named.map { Subject(.account, $0) }
        reported = Array(reported.prefix(Self.maximumWeighed))
        guard let reporter = event.actor, !reporter.isEmpty else {
            for subject in reported {
                other(.reportWeighed, subject, related: event.subject, party: party, evidence: nil)
            }
            return
        }
        for (ordinal, subject) in reported.enumerated()
        where subject != Subject(.account, reporter) {
            other(
                .filedReport, Subject(.account, reporter), related: subject, party: party,
                evidence: nil)
            signals[signals.count - 1].ordinal = UInt16(ordinal)
        }
    }

    /// Of the subjects that one report is about, those that automation may count it for (I11).
    private static let maximumWeighed = 4

    /// Accounts that a report names as senders of its media, or of the reported message.
    private func senders() -> [String] {
        var named: [String] = []
        func add(_ account: String?) {
            guard let account, !account.isEmpty, account != event.actor,
                Subject(.account, account) != event.subject, !named.contains(account)
            else { return }
            named.append(account)
        }
        if let related = event.related, related.kind == .account { add(related.id) }
        for item in event.evidence?.media ?? [] { add(item.uploader) }
        return named
    }

    /// Media set on the subject. A match on something that an account set for others to see is told to
    /// that account's home too, for its own history decides what may be done to it (I13).
    private mutating func media() {
        guard let evidence = event.evidence, !evidence.media.isEmpty else { return }
        own(.mediaSet, matches: matches)
        guard event.subject.kind != .account, !matches.isEmpty, let actor = event.actor else {
            return
        }
        let mine = matchesOf(actor)
        if !mine.isEmpty {
            other(
                .mediaSet, Subject(.account, actor), related: event.subject, evidence: evidence,
                matches: mine)
        }
    }

    /// A text set on the subject. Of a group's, the account that set it is told too where it holds
    /// what somebody looks for, for that account's other groups count.
    private mutating func text() {
        guard let text = event.text else { return }
        own(.textSet)
        signals[signals.count - 1].text = text
        guard event.subject.kind != .account, text.isNotable, let actor = event.actor,
            !actor.isEmpty
        else { return }
        other(.textSet, Subject(.account, actor), related: event.subject, evidence: withoutMedia())
        signals[signals.count - 1].text = text
    }

    private func matchesOf(_ account: String) -> [Match] {
        guard let media = event.evidence?.media else { return [] }
        return matches.filter { match in
            media.indices.contains(match.media) && media[match.media].uploader == account
        }
    }

    /// What a report's own subject is shown: an account only what it sent itself.
    private func ownMatches() -> [Match] {
        guard event.subject.kind == .account, let media = event.evidence?.media else {
            return matches
        }
        return matches.filter { match in
            guard media.indices.contains(match.media) else { return false }
            let uploader = media[match.media].uploader
            return uploader == nil || uploader == event.subject.id
        }
    }
}

extension Normaliser {
    private mutating func own(
        _ kind: SignalKind, related: Subject? = nil, party: String? = nil, matches: [Match] = []
    ) {
        append(
            kind, event.subject, key, related: related, party: party, evidence: event.evidence,
            matches: matches)
    }

    /// The account that did it, about what it did.
    private mutating func actor(_ kind: SignalKind, related: Subject) {
        guard let actor = event.actor, !actor.isEmpty else { return }
        other(kind, Subject(.account, actor), related: related, evidence: withoutMedia())
    }

    private mutating func other(
        _ kind: SignalKind, _ subject: Subject, related: Subject, party: String? = nil,
        evidence: Evidence?, matches: [Match] = []
    ) {
        append(
            kind, subject, .subject(subject), related: related, party: party, evidence: evidence,
            matches: matches)
    }

    private func withoutMedia() -> Evidence? {
        guard let evidence = event.evidence, evidence.snapshot?.account == event.actor else {
            return nil
        }
        if evidence.media.isEmpty { return evidence }
        return Evidence(
            media: [], snapshot: evidence.snapshot, contextWire: evidence.contextWire)
    }

    private mutating func append(
        _ kind: SignalKind, _ subject: Subject, _ key: SubjectKey, related: Subject?,
        party: String?, evidence: Evidence?, matches: [Match]
    ) {
        signals.append(
            Signal(
                cause: event.identity, ordinal: 0, kind: kind, time: event.time, subject: subject,
                key: key, actor: event.actor, related: related,
                party: party.map { ContentID.party($0) } ?? 0, amount: event.amount,
                flags: event.flags, region: event.region, category: event.category, hops: 0,
                isLate: isLate, evidence: evidence, matches: matches,
                device: kind.isReport ? event.deviceToken.map { ContentID.party($0) } ?? 0 : 0))
    }
}

extension SignalKind {
    /// Reports alone tell of the device that they came from: the rest would only cost a hash.
    fileprivate var isReport: Bool { self == .filedReport || self == .reportWeighed }
}
