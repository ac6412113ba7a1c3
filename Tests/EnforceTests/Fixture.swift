import CyberTip
import EventSchemas
import FoundationEssentials
import Pipeline
import SafetyModel

/// Invented traffic for Enforce's core.
struct Fixture {
    static let start = Instant(milliseconds: 1_790_000_000_000)
    static let listed = Array(repeating: 7 as UInt8, count: 32)

    var settings = EnforceSettings()
    var bank = StubBank()

    init() {
        settings.modes = ModeTable(standard: .enforce)
        settings.evidence.conclusiveBanks = ["list-a"]
        settings.tips.service = "messenger"
        bank.add(entry("list-a", "e1", .csam))
        bank.add(entry("list-b", "x1", .exploitative))
        bank.add(entry("list-m", "m1", .minorSubmitted))
        bank.add(entry("near", "n1", .csam, MediaDigest(.pdq, Self.listed)))
    }

    func entry(
        _ bank: String, _ id: String, _ category: BankCategory,
        _ digest: MediaDigest = MediaDigest(.sha256, listed)
    ) -> HashEntry {
        HashEntry(
            operation: .add, bank: bank, entry: id, category: category, digest: digest,
            source: "list", listVersion: "1")
    }

    static var sealer: Sealer {
        get throws { Sealer(try SealingKey(bytes: Array(1...32), id: "test")) }
    }

    func core() throws -> EnforceCore {
        EnforceCore(settings: settings, sealer: try Self.sealer)
    }

    /// What a proposal is made of; everything else is fixed.
    struct Draft {
        var number: UInt64 = 1
        var rule = "known-media"
        var target = Subject(.account, "acc-1")
        var subject: Subject?
        var actions: [Action] = [
            .removeProfileMedia, .suspendAccount, .banAccount, .reportCyberTip,
        ]
        var harm: Harm = .csam
        var matches: [(bank: String, entry: String, algorithm: HashAlgorithm)] = [
            ("list-a", "e1", .sha256)
        ]
        var category: BankCategory = .csam
        var attribution: Attribution = .serverObserved
        var uploader: String? = "acc-1"
        var reference = "media-1"
        var digest = Fixture.listed
        var provider: String?
        var isShadow = false
        var facts: ActorFacts? = ActorFacts(account: "acc-1")
        var flags: EventFlags = []
        var region = "US"
        var time = Fixture.start
        var budget = Budget(period: .days(1), limit: 1_000_000)
        var hops: UInt8 = 0
        var incident = ContentID(high: 9, low: 9)

        static func behaviour(_ number: UInt64, _ account: String = "acc-1") -> Draft {
            var draft = Draft(number: number, rule: "spreading")
            draft.target = Subject(.account, account)
            draft.actions = [.limitInvites, .suspendAccount, .banAccount, .requestReview]
            draft.matches = []
            draft.facts = ActorFacts(account: account)
            draft.uploader = nil
            return draft
        }

        static func known(_ number: UInt64, _ account: String = "acc-1") -> Draft {
            var draft = Draft(number: number)
            draft.target = Subject(.account, account)
            draft.uploader = account
            draft.facts = ActorFacts(account: account)
            return draft
        }
    }

    func proposal(_ draft: Draft) -> Proposal {
        let signal = ContentID(high: 1, low: draft.number)
        let media = MediaItem(
            reference: draft.reference, use: .profilePhoto, attribution: draft.attribution,
            uploader: draft.uploader,
            digests: Set(draft.matches.map(\.algorithm)).sorted { $0.rawValue < $1.rawValue }
                .map { MediaDigest($0, Array(draft.digest.prefix($0.digestBytes))) })
        let hasEvidence = !draft.matches.isEmpty || draft.facts != nil
        return Proposal(
            id: .proposal(signal: signal, rule: draft.rule, target: .subject(draft.target)),
            signal: signal, rule: draft.rule, subject: draft.subject ?? draft.target,
            target: draft.target, actions: draft.actions, harm: draft.harm,
            isShadow: draft.isShadow, budget: draft.budget,
            packDigest: Array(repeating: 5, count: 32), bankVersion: 1, time: draft.time,
            region: draft.region,
            matches: draft.matches.map { match in
                Match(
                    bank: match.bank, entry: match.entry, category: draft.category,
                    source: "list", listVersion: "1", quarantined: false,
                    digest: MediaDigest(
                        match.algorithm, Array(draft.digest.prefix(match.algorithm.digestBytes))),
                    distance: 0, threshold: match.algorithm.isExact ? 0 : 31, media: 0,
                    provider: draft.provider)
            },
            evidence: hasEvidence
                ? Evidence(media: draft.matches.isEmpty ? [] : [media], snapshot: draft.facts)
                : nil,
            reasons: [], incident: draft.incident, category: 0, flags: draft.flags,
            hops: draft.hops)
    }

    func weigh(_ proposal: Proposal) -> Corroboration {
        Corroborator(settings: settings).corroborate(proposal, in: bank)
    }

    /// Decides and commits.
    func decide(
        _ core: inout EnforceCore, _ draft: Draft, at now: Instant = start
    ) -> EnforceResult {
        let proposal = proposal(draft)
        defer { core.publish() }
        return core.decide(proposal, weigh(proposal), at: now)
    }

    static func verdict(
        _ number: UInt64, _ outcome: Verdict.Outcome, role: Role = .offender,
        subject: Subject = Subject(.account, "acc-1"),
        actions: [(target: Subject, action: Action)] = [], proposals: [ContentID] = [],
        overturned: [ContentID] = [], entries: [HashEntry] = [], time: Instant = start,
        message: (inout PBVerdict) -> Void = { _ in }
    ) -> Verdict {
        var wire = PBVerdict()
        wire.verdictID = Data(ContentID(high: 2, low: number).bytes)
        wire.incidentType = .childPornography
        wire.reviewerID = "rev-1"
        message(&wire)
        return Verdict(
            id: ContentID(high: 2, low: number), subject: subject, reviewer: "rev-1",
            outcome: outcome, role: role, harm: .csam, time: time, actions: actions,
            proposals: proposals, overturned: overturned, entries: entries,
            wire: wire.canonicalBytes())
    }
}

/// Entries by name.
struct StubBank: EntryLookup {
    var version: Int64 = 1
    private var entries: [String: HashEntry] = [:]

    mutating func add(_ entry: HashEntry) { entries["\(entry.bank)/\(entry.entry)"] = entry }
    mutating func remove(_ bank: String, _ entry: String) { entries["\(bank)/\(entry)"] = nil }

    func contains(bank: String, entry: String) -> HashEntry? { entries["\(bank)/\(entry)"] }

    /// Offsets of records that lifted a quarantine.
    var lifts: [String: Int64] = [:]
    func lifted(bank: String, entry: String) -> Int64? { lifts["\(bank)/\(entry)"] }
}

extension EnforceResult {
    /// Enforcements in the order of publication.
    var actions: [IssuedAction] {
        issues.compactMap { if case .enforcement(let action) = $0 { action } else { nil } }
    }

    var names: [Action] { actions.map(\.enforcement.action) }

    var tips: [PBCyberTip] {
        issues.compactMap { if case .tip(let tip, _) = $0 { tip } else { nil } }
    }

    var reviews: [PBReviewRequest] {
        issues.compactMap { if case .review(let request, _) = $0 { request } else { nil } }
    }

    var feedback: [Signal] {
        issues.compactMap { if case .feedback(let signal) = $0 { signal } else { nil } }
    }

    var quarantines: [EntryQuarantine] {
        issues.compactMap { if case .quarantine(let word, _, _, _) = $0 { word } else { nil } }
    }

    var entries: [HashEntry] {
        issues.compactMap { if case .entry(let entry, _, _) = $0 { entry } else { nil } }
    }
}
