/// The four families of platform events, one for each platform topic.
public enum EventFamily: UInt8, Sendable, CaseIterable {
    case account = 1
    case group, invite, report

    /// The second word of `ce_type`.
    public var name: String {
        switch self {
        case .account: "account"
        case .group: "group"
        case .invite: "invite"
        case .report: "report"
        }
    }
}

/// The `ce_type` of records that Tutela or a reviewer writes.
public enum EventType {
    /// A hash entry was added.
    public static let hashEntryAdded = "tutela.hash_entry.added.v1"
    /// A hash entry was replaced as a whole.
    public static let hashEntryChanged = "tutela.hash_entry.changed.v1"
    /// A hash entry was removed.
    public static let hashEntryRemoved = "tutela.hash_entry.removed.v1"
    /// A bank's settings were replaced.
    public static let bankSettings = "tutela.hash_entry.bank_settings.v1"
    /// An entry was put under quarantine, or is out of it.
    public static let entryQuarantined = "tutela.hash_entry.quarantined.v1"
    /// A reviewer's verdict.
    public static let verdict = "tutela.verdict.given.v1"
    /// A signal that travels, or feedback.
    public static let signal = "tutela.signal.raised.v1"
    /// A rule's proposal.
    public static let proposal = "tutela.proposal.made.v1"
    /// An action to carry out.
    public static let enforcement = "tutela.enforcement.issued.v1"
    /// An action was lifted.
    public static let reversal = "tutela.enforcement.reversed.v1"
    /// A tip.
    public static let cyberTip = "tutela.cybertip.issued.v1"
    /// Something for a human to look at.
    public static let reviewRequest = "tutela.review.requested.v1"
    /// One batch of one task.
    public static let ledger = "tutela.ledger.batch.v1"
    /// A rejected record.
    public static let deadLetter = "tutela.dead_letter.parked.v1"
    /// A policy pack in use.
    public static let pack = "tutela.pack.used.v1"
    /// A task's meta row.
    public static let metaRow = "tutela.state.meta.v1"

    /// The type of a platform event: `tutela.<family>.<change>.v1`.
    public static func platform(_ family: EventFamily, _ change: String) -> String {
        "tutela.\(family.name).\(change).v1"
    }
}

/// `tutela.<family>.<change>.v<n>`, taken apart without a copy.
struct EventTypeParts {
    let family: Substring.UTF8View
    let change: Substring.UTF8View
    /// nil where the last part is no `v` with a number.
    let version: Int?

    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].elementsEqual("tutela".utf8) else { return nil }
        family = parts[1]
        change = parts[2]
        version = Self.version(parts[3])
    }

    private static func version(_ part: Substring.UTF8View) -> Int? {
        guard part.first == UInt8(ascii: "v"), part.count <= 6 else { return nil }
        return Int(Substring(part.dropFirst()))
    }
}
