/// What a list entry says about the media it describes.
public enum BankCategory: UInt8, Hashable, Sendable, CaseIterable {
    case csam = 1
    /// Never conclusive.
    case exploitative = 2
    /// Raises review.
    case lead = 3
    /// Victim-safe path.
    case minorSubmitted = 4
    /// Never a tip.
    case adultNCII = 5
    /// Suppresses near matches, never an exact one.
    case knownBenign = 6
}

/// An entry of a bank, as `safety.hash-entries.v1` carries it.
public struct HashEntry: Hashable, Sendable {
    public enum Operation: UInt8, Sendable { case add = 1, change = 2, remove = 3 }

    public var operation: Operation
    public var bank: String
    public var entry: String
    public var category: BankCategory
    public var digest: MediaDigest
    public var source: String
    public var listVersion: String
    public var quarantined: Bool
    /// The source's own key, the same for all entries of one file; empty when it gave none.
    public var entryKey: String

    public init(
        operation: Operation, bank: String, entry: String, category: BankCategory,
        digest: MediaDigest, source: String, listVersion: String, quarantined: Bool = false,
        entryKey: String = ""
    ) {
        self.operation = operation
        self.bank = bank
        self.entry = entry
        self.category = category
        self.digest = digest
        self.source = source
        self.listVersion = listVersion
        self.quarantined = quarantined
        self.entryKey = entryKey
    }
}

/// What a list tells about an entry beside what matching needs: kept on the topic for whoever has to
/// account for it.
public struct EntryOrigin: Hashable, Sendable {
    /// The organisation that listed it; empty for none.
    public var memberID: String
    /// The source's environment, such as `production`.
    public var environment: String
    /// Names the terms the entry may be used under.
    public var terms: String
    /// Last change at the source, Unix milliseconds; 0 where the list does not tell.
    public var changed: Int64

    public init(
        memberID: String = "", environment: String = "", terms: String = "", changed: Int64 = 0
    ) {
        self.memberID = memberID
        self.environment = environment
        self.terms = terms
        self.changed = changed
    }
}

/// Where another service's word about media that no list names stands in the reviewers' queue. It
/// never concludes, whatever its probability (I7).
public struct ReviewLead: Hashable, Sendable {
    /// Below what imminent danger or a match with a list of illegal material has.
    public static let highestPriority: UInt8 = 70
    /// Of a word without a calibrated probability.
    public static let uncalibratedPriority: UInt8 = 10

    /// Calibrated for the version of the model; nil where that has no curve.
    public var probability: Double?
    /// 0 lowest, `highestPriority` highest.
    public var priority: UInt8

    public init(probability: Double?, priority: UInt8) {
        self.probability = probability
        self.priority = priority
    }

    /// - Parameter probability: from 0 to 1.
    public init(probability: Double?) {
        let share = probability.map { ($0 * Double(Self.highestPriority)).rounded(.down) }
        self.init(
            probability: probability,
            priority: share.map { UInt8(min(max($0, 0), Double(Self.highestPriority))) }
                ?? Self.uncalibratedPriority)
    }
}

/// One digest of one item of media that is equal or near to one entry, with its evidence.
public struct Match: Hashable, Sendable {
    public var bank: String
    public var entry: String
    public var category: BankCategory
    public var source: String
    public var listVersion: String
    public var quarantined: Bool
    /// The media's digest that matched.
    public var digest: MediaDigest
    /// Hamming distance; 0 for exact algorithms.
    public var distance: UInt16
    /// The largest distance that would have counted.
    public var threshold: UInt16
    /// Which item of the event: an index into its media.
    public var media: Int
    /// Where somebody else matched it: the provider.
    public var provider: String?
    /// The entry's `entryKey`.
    public var entryKey: String
    /// Where a provider names no list: what its word is worth.
    public var lead: ReviewLead?

    public init(
        bank: String, entry: String, category: BankCategory, source: String, listVersion: String,
        quarantined: Bool, digest: MediaDigest, distance: UInt16, threshold: UInt16, media: Int,
        provider: String? = nil, entryKey: String = "", lead: ReviewLead? = nil
    ) {
        self.bank = bank
        self.entry = entry
        self.category = category
        self.source = source
        self.listVersion = listVersion
        self.quarantined = quarantined
        self.digest = digest
        self.distance = distance
        self.threshold = threshold
        self.media = media
        self.provider = provider
        self.entryKey = entryKey
        self.lead = lead
    }

    /// An exact digest of equal bytes; PDQ at distance 0 is near (I7).
    public var isExact: Bool { digest.algorithm.isExact && provider == nil }
}
