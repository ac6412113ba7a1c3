package import EventSchemas
package import HashMatching
package import SafetyModel

/// Entries as they stand now, to check evidence again.
package protocol EntryLookup: Sendable {
    /// The offset of the last entry known, plus 1.
    var version: Int64 { get }

    /// nil where the entry was never added or is removed.
    func contains(bank: String, entry: String) -> HashEntry?

    /// The offset of the record that lifted the entry's quarantine last; nil where none did.
    func lifted(bank: String, entry: String) -> Int64?
}

extension EntryLookup {
    /// Nothing was.
    package func lifted(bank: String, entry: String) -> Int64? { nil }
}

extension BankSnapshot: EntryLookup {}

/// What a proposal's evidence is worth by Enforce's own settings (I7, I13). Says nothing of what
/// Enforce remembers.
package struct Corroboration: Sendable {
    /// How much the evidence carries.
    package enum Strength: UInt8, Sendable, Comparable {
        /// All matches of the proposal rest on entries that are gone or quarantined.
        case gone = 0
        case behaviour
        /// A match with a list that is no list of illegal material.
        case listed
        /// A near match, or an exact one that is not conclusive.
        case near
        case conclusive

        package static func < (a: Strength, b: Strength) -> Bool { a.rawValue < b.rawValue }
    }

    package var strength: Strength
    /// What stands in the way of automation, in the order of raw values.
    package var reasons: [ReviewReason]
    /// Conditions that force the role unknown and victim-safe handling, and the missing snapshot.
    package var forcing: [PBForcingCondition]
    /// Entries that the strength rests on, sorted.
    package var entries: [EntryName]
    /// Where their quarantines were lifted last, for those that were under one.
    package var lifts: [EntryName: Int64] = [:]
    /// One group for each piece of matched media: ids of its digests. Bounded by the caller.
    package var evidenceKeys: [[ContentID]]
    /// Bank version of the check.
    package var bankVersion: Int64

    /// Victim-safe handling: only removal of media, preservation, support and securing the account.
    package var isForced: Bool {
        forcing.contains { $0 != .snapshotMissing }
    }

    /// Offender only by a conclusive match with no forcing condition (I13).
    package var role: Role {
        strength == .conclusive && forcing.isEmpty ? .offender : .unknown
    }
}

/// Weighs proposals; pure.
package struct Corroborator: Sendable {
    let settings: EnforceSettings

    package init(settings: EnforceSettings) { self.settings = settings }

    /// - Parameter bank: Enforce's own snapshot.
    package func corroborate(_ proposal: Proposal, in bank: some EntryLookup) -> Corroboration {
        var reasons: Set<ReviewReason> = []
        var weighed: [(strength: Corroboration.Strength, name: EntryName)] = []
        for match in proposal.matches {
            if let strength = weigh(match, of: proposal, in: bank, &reasons) {
                weighed.append((strength, EntryName(bank: match.bank, entry: match.entry)))
            }
        }
        let best = weighed.map(\.strength).max()
        let strength = best ?? (proposal.matches.isEmpty ? .behaviour : .gone)
        let entries = Set(weighed.filter { $0.strength == strength }.map(\.name)).sorted()
        let forcing = forcing(proposal)
        if strength == .near { reasons.insert(.nearMatch) }
        // Protection alone touches nobody and needs no human for these.
        let isMore = proposal.actions.contains { $0.actionClass != .protective }
        if isMore, forcing.contains(where: { $0 != .snapshotMissing }) {
            reasons.insert(.forcedRole)
        }
        if proposal.harm == .imminent || proposal.flags.contains(.imminent) {
            reasons.insert(.imminent)
        }
        if isMore, isReporter(proposal) { reasons.insert(.reporterIsSubject) }
        var lifts: [EntryName: Int64] = [:]
        for name in entries { lifts[name] = bank.lifted(bank: name.bank, entry: name.entry) }
        return Corroboration(
            strength: strength, reasons: reasons.sorted { $0.rawValue < $1.rawValue },
            forcing: forcing, entries: strength > .behaviour ? entries : [], lifts: lifts,
            evidenceKeys: Self.evidenceKeys(proposal), bankVersion: bank.version)
    }

    /// - Returns: nil where the match carries nothing any more.
    private func weigh(
        _ match: Match, of proposal: Proposal, in bank: some EntryLookup,
        _ reasons: inout Set<ReviewReason>
    ) -> Corroboration.Strength? {
        guard let media = proposal.evidence?.media, media.indices.contains(match.media) else {
            reasons.insert(.notConclusive)
            return nil
        }
        let item = media[match.media]
        var category = match.category
        if match.provider == nil {
            guard let entry = bank.contains(bank: match.bank, entry: match.entry),
                !match.digest.algorithm.isExact || entry.digest.bytes == match.digest.bytes
            else {
                reasons.insert(.evidenceGone)
                return nil
            }
            guard !entry.quarantined, !match.quarantined else {
                reasons.insert(.entryQuarantined)
                return nil
            }
            category = entry.category
        }
        if category == .minorSubmitted { reasons.insert(.minorSubmitted) }
        // A claim by whoever reports carries no more than the report itself (I7).
        guard item.attribution != .reporterClaimed, isTied(item, to: proposal) else {
            reasons.insert(.notConclusive)
            return .behaviour
        }
        switch category {
        case .knownBenign: return .behaviour
        case .lead:
            reasons.insert(.notConclusive)
            return .behaviour
        case .exploitative, .adultNCII, .minorSubmitted:
            reasons.insert(.notConclusive)
            return .listed
        case .csam:
            let isExact =
                match.isExact
                && item.digests.contains {
                    $0.algorithm == match.digest.algorithm && $0.bytes == match.digest.bytes
                }
            let isConclusive =
                isExact && settings.evidence.conclusiveBanks.contains(match.bank)
                && proposal.target.kind != .inviteLink
            return isConclusive ? .conclusive : .near
        }
    }

    /// The media are the target's own: uploaded or set by the account, or the group's icon.
    private func isTied(_ item: MediaItem, to proposal: Proposal) -> Bool {
        switch proposal.target.kind {
        case .account: item.uploader == proposal.target.id
        case .group: item.use == .groupIcon && proposal.subject == proposal.target
        case .inviteLink: false
        }
    }

    private func isReporter(_ proposal: Proposal) -> Bool {
        guard proposal.target.kind == .account, let evidence = proposal.evidence,
            !evidence.reportWire.isEmpty
        else { return false }
        return evidence.context?.actorAccountID == proposal.target.id
    }

    /// For a group or link nobody's role is at stake; for an account the facts of its snapshot.
    private func forcing(_ proposal: Proposal) -> [PBForcingCondition] {
        var found: [PBForcingCondition] = []
        if proposal.matches.contains(where: { $0.category == .minorSubmitted }) {
            found.append(.minorSubmittedMatch)
        }
        guard proposal.target.kind == .account else { return found }
        let isOwn = proposal.subject == proposal.target
        if isOwn, proposal.flags.contains(.minor) { found.append(.minor) }
        guard let facts = facts(proposal) else { return found + [.snapshotMissing] }
        if facts.isMinor, !found.contains(.minor) { found.append(.minor) }
        if isRecent(facts.lastDeviceChange, proposal.time, settings.recentChange) {
            found.append(.recentDeviceChange)
        }
        if isRecent(facts.lastNumberChange, proposal.time, settings.recentChange) {
            found.append(.recentNumberChange)
        }
        let saysThreatened = proposal.flags.contains(.threatened) && isReporter(proposal)
        if saysThreatened || isRecent(facts.reportedThreat, proposal.time, settings.recentThreat) {
            found.append(.reportedThreatened)
        }
        return found.sorted { $0.rawValue < $1.rawValue }
    }

    private func facts(_ proposal: Proposal) -> ActorFacts? {
        proposal.evidence?.facts(about: proposal.target.id, at: proposal.time)
    }

    /// A change after the event counts too, for it may hide who was in control.
    private func isRecent(_ change: Instant?, _ time: Instant, _ window: TimeSpan) -> Bool {
        change.map { $0 + window > time } ?? false
    }

    /// A verdict covers media by any of its digests, whatever entry they matched.
    static func evidenceKeys(_ proposal: Proposal) -> [[ContentID]] {
        guard let media = proposal.evidence?.media else { return [] }
        let matched = Set(proposal.matches.map(\.media)).filter(media.indices.contains).sorted()
        return matched.map { index in
            let item = media[index]
            let keys = item.digests.filter { $0.algorithm != .vpdq }.map(evidenceKey)
            return keys.isEmpty ? [evidenceKey(reference: item.reference)] : keys
        }
    }

    static func evidenceKey(_ digest: MediaDigest) -> ContentID {
        var hash = ContentHash("tutela.evidence.digest.v1")
        hash.add(Int64(digest.algorithm.rawValue))
        hash.add(digest.bytes)
        return hash.finish()
    }

    private static func evidenceKey(reference: String) -> ContentID {
        var hash = ContentHash("tutela.evidence.reference.v1")
        hash.add(reference)
        return hash.finish()
    }
}
