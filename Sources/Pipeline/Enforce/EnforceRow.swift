package import CyberTip
package import SafetyModel

/// One row of Enforce's state. The changelog holds them by a hash of kind and key.
package enum EnforceRow: Sendable, Equatable {
    /// What became of a proposal or verdict; by its id.
    case decision(DecisionRow)
    /// An action imposed; by enforcement id.
    case enforcement(EnforcementRow)
    /// Who holds an action on a subject; by subject, action and mode.
    case standing(StandingRow)
    /// What automation did of late; by scope.
    case budget(BudgetRow)
    /// Standing verdicts; by subject.
    case shields(ShieldRow)
    /// Tips published; by account and incident.
    case tips(TipRow)
    /// A proposal kept whole; by its id.
    case held(HeldRow)
    /// What is known of a bank's entry; by bank and entry.
    case entry(EntryRow)
    /// The last number given to a decision.
    case counter(Int64)
}

package struct DecisionRow: Sendable, Equatable {
    /// The proposal's or verdict's id.
    package var origin: ContentID
    package var isVerdict: Bool
    /// Rises with every decision; a row that is kept beyond its turn gets a new one.
    package var sequence: Int64
    /// Log time.
    package var time: Instant
    /// Key of the subject acted on or judged.
    package var target: Subject
    /// Event time of the proposal, or the verdict's.
    package var eventTime: Instant
    package var incident: ContentID
    /// See `Corroboration.evidenceKeys`.
    package var evidence: [ContentID]
    package var enforcements: [ContentID] = []
    /// Entries that the decision rests on.
    package var entries: [EntryName] = []
    /// Entries that the verdict taught.
    package var learned: [EntryName] = []
    /// Subjects with a shield of this verdict.
    package var shielded: [Subject] = []
}

/// Names an entry of a bank.
public struct EntryName: Sendable, Hashable, Comparable {
    /// The bank.
    public var bank: String
    /// The entry's id in it.
    public var entry: String

    /// Names an entry.
    public init(bank: String, entry: String) {
        self.bank = bank
        self.entry = entry
    }

    /// By bank, then entry.
    public static func < (a: EntryName, b: EntryName) -> Bool {
        (a.bank, a.entry) < (b.bank, b.entry)
    }
}

package struct EnforcementRow: Sendable, Equatable {
    package var enforcement: Enforcement
    package var incident: ContentID
    /// Log time of the proposal or verdict.
    package var decided: Instant
    package var hops: UInt8
    package var isConclusive: Bool
    package var reasons: [ReviewReason]
    /// Which evidence, for actions that are about a piece of evidence.
    package var evidence: ContentID
    package var tip: ContentID?
    package var isPublished = false
    /// Feedback was sent.
    package var isFed = false
    package var isReversed = false

    package static func == (a: EnforcementRow, b: EnforcementRow) -> Bool {
        a.enforcement == b.enforcement && a.incident == b.incident && a.decided == b.decided
            && a.hops == b.hops && a.isConclusive == b.isConclusive && a.reasons == b.reasons
            && a.evidence == b.evidence && a.tip == b.tip && a.isPublished == b.isPublished
            && a.isFed == b.isFed && a.isReversed == b.isReversed
    }
}

package struct Holder: Sendable, Equatable {
    package var enforcement: ContentID
    /// nil for ever.
    package var expires: Instant?
    package var evidence: ContentID
    package var isPublished: Bool

    func isLive(at now: Instant) -> Bool { expires.map { $0 > now } ?? true }

    /// Whether it lasts at least as long.
    func outlasts(_ other: Instant?) -> Bool {
        guard let expires else { return true }
        return other.map { expires >= $0 } ?? false
    }

    /// Whether the other outlasts it by so much that the platform should be told: proposals that
    /// arrive together are one cause, whichever of them comes last.
    func isWellExtended(by other: Instant?) -> Bool {
        guard let expires else { return false }
        return other.map { $0 - expires >= Self.shortestExtension } ?? true
    }

    static let shortestExtension = TimeSpan.hours(1)
}

package struct StandingRow: Sendable, Equatable {
    package var subject: Subject
    package var action: Action
    package var mode: Mode
    /// In the order they came.
    package var holders: [Holder] = []
}

package struct BudgetRow: Sendable, Equatable {
    package struct Bucket: Sendable, Equatable {
        package var index: Int64
        package var count: Int64
    }

    /// Length of a quarter of the period, in milliseconds.
    package var width: Int64
    package var quarters: [Bucket] = []
    package var days: [Bucket] = []
}

package struct Shield: Sendable, Equatable {
    package var verdict: ContentID
    package var role: Role
    /// The verdict saw behaviour up to this time.
    package var asOf: Instant
    package var until: Instant
    /// Sorted.
    package var covered: [ContentID]
}

package struct ShieldRow: Sendable, Equatable {
    package var shields: [Shield] = []
}

package struct TipRow: Sendable, Equatable {
    package struct Published: Sendable, Equatable {
        package var tip: TipSummary
        package var isByVerdict: Bool
        package var isCorrected: Bool
    }

    package var tips: [Published] = []
}

package struct HeldRow: Sendable, Equatable {
    package var sequence: Int64
    package var origin: ContentID
    /// `tutela.v1.Proposal`.
    package var proposal: [UInt8]
}

package struct EntryRow: Sendable, Equatable {
    /// Verdicts that taught it, in the order they came.
    package var teachers: [ContentID] = []
    package var quarantinedUntil: Instant?
    /// The bank version then: what lifts the quarantine lies at or behind it.
    package var quarantinedAt: Int64 = 0
    /// A verdict withdrew it.
    package var isWithdrawn = false

    /// Verdicts remembered (I11); the oldest goes first.
    package static let maximumTeachers = 64

    mutating func teach(_ verdict: ContentID) {
        if teachers.count == Self.maximumTeachers { teachers.removeFirst() }
        teachers.append(verdict)
    }

    package var isEmpty: Bool { teachers.isEmpty && quarantinedUntil == nil && !isWithdrawn }
}
