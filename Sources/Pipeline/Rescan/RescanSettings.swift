internal import SafetyModel

/// Which entries a rescan is about, and how much it may do.
public struct RescanSettings: Hashable, Sendable {
    /// Entries that came or changed at this bank version or later.
    public var after: Int64 = 0
    /// Only this bank's; nil for all.
    public var bank: String?
    /// Only these entries; nil for all.
    public var entries: Set<EntryName>?
    /// The most signals that one run publishes; then it stops, and the next goes on.
    public var runLimit = 10_000
    /// The most signals about one entry, of all runs; past it the entry is named as flooding.
    public var entryLimit = 100

    /// All entries, within the standing limits.
    public init() {}

    /// The most entries that are compared in one run (I11).
    public static let maximumEntries = 1_000_000
    /// The most signals of all runs that are kept in mind, so that none is written twice (I11).
    public static let maximumPublished = 8_000_000

    func isAbout(_ entry: HashEntry, at offset: Int64) -> Bool {
        guard offset >= after, bank.map({ $0 == entry.bank }) ?? true else { return false }
        return entries?.contains(EntryName(bank: entry.bank, entry: entry.entry)) ?? true
    }
}

/// What a rescan came to.
public struct RescanReport: Hashable, Sendable {
    /// Entries compared.
    public var entries = 0
    /// Events read, and those among them with media.
    public var events = 0
    /// Events with media.
    public var eventsWithMedia = 0
    /// Events that could not be read, as when they came.
    public var unreadable = 0
    /// Events that a legal regime forbids to process.
    public var withheld = 0
    /// Matches of earlier media with the entries.
    public var matches = 0
    /// Near matches that entries known to be benign held back.
    public var suppressed = 0
    /// Matches that Assess had found itself, for its bank held the entry.
    public var alreadyCompared = 0
    /// Events with such a match that Assess has not come to: it will compare them itself, unless its
    /// bank lacks the entry then.
    public var notAssessedYet = 0
    /// Signals published now; what would be, in a dry run.
    public var published = 0
    /// Signals that an earlier run published, or this one of the same event.
    public var alreadyPublished = 0
    /// Signals held back by the limit of an entry.
    public var heldBack = 0
    /// Entries that reached their limit, sorted.
    public var floods: [EntryName] = []
    /// The run's limit was reached before the end.
    public var isCutShort = false

    /// Nothing yet.
    public init() {}
}
