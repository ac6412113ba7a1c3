import Behaviour
import Policy
import SafetyModel
import Testing

/// A Monday at noon.
let noon = Instant(milliseconds: 1_700_000_000_000 / 86_400_000 * 86_400_000 + 43_200_000)

func id(_ n: UInt64) -> ContentID { ContentID(high: n &* 0x9e37_79b9_7f4a_7c15, low: n) }

func account(_ id: String) -> Subject { Subject(.account, id) }
func group(_ id: String) -> Subject { Subject(.group, id) }
func link(_ id: String) -> Subject { Subject(.inviteLink, id) }

func signal(
    _ kind: SignalKind, at time: Instant = noon, of subject: Subject = account("a"),
    actor: String? = nil, related: Subject? = nil, party: UInt64 = 0, amount: Int64 = 1,
    flags: EventFlags = [], category: UInt8 = 0, hops: UInt8 = 0, isLate: Bool = false,
    media: [MediaItem] = [], matches: [Match] = [], decision: ContentID? = nil,
    action: Action? = nil
) -> Signal {
    Signal(
        cause: id(1), ordinal: 0, kind: kind, time: time, subject: subject, key: id(2),
        actor: actor, related: related, party: party, amount: amount, flags: flags,
        category: category, hops: hops, isLate: isLate,
        evidence: media.isEmpty ? nil : Evidence(media: media, snapshot: nil), matches: matches,
        decision: decision, action: action)
}

func item(
    _ use: MediaUse, _ attribution: Attribution = .serverObserved, uploader: String? = nil
) -> MediaItem {
    MediaItem(
        reference: "media", use: use, attribution: attribution, uploader: uploader, digests: [])
}

func match(
    _ category: BankCategory = .csam, _ algorithm: HashAlgorithm = .sha256, media: Int = 0,
    entry: String = "e", provider: String? = nil
) -> Match {
    Match(
        bank: "listed", entry: entry, category: category, source: "source-a", listVersion: "1",
        quarantined: false, digest: MediaDigest(algorithm, [1]), distance: 0, threshold: 0,
        media: media, provider: provider)
}

/// Features that tests' rules read.
let testFeatures = """
    features:
      all:
        reports_7d: count(reported) over 7d
        reporters_7d: distinct(reported, reporter) over 7d
      account:
        groups_created_24h: sum(group_created, amount) over 24h
        groups_created_7d: sum(group_created, amount) over 7d
        contacts_24h: sum(contacts, amount) over 24h

    """

/// A pack of one rule; what is not given is plain.
func pack(_ rule: String, scores: String = "") throws -> Pack {
    try Pack.load(
        yaml: "pack: test\n" + testFeatures + scores + "rules:\n" + rule, file: "pack.yaml")
}

extension SubjectState {
    func encoded(_ layout: Layout) -> [UInt8] {
        var bytes: [UInt8] = []
        encode(layout, into: &bytes)
        return bytes
    }
}

/// The drafts as text: rule, target, actions.
func lines(_ drafts: [ProposalDraft]) -> [String] {
    drafts.map { draft in
        let actions = draft.actions.map(\.name).joined(separator: " ")
        return "\(draft.rule) \(draft.target.kind):\(draft.target.id) \(actions)"
    }
}
