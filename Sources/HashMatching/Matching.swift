public import SafetyModel

/// What an event's media matched.
public struct MatchResult: Hashable, Sendable {
    /// In order of media, bank, entry, algorithm.
    public var matches: [Match]
    /// Near matches that a `known_benign` entry held back, for the record; in the same order.
    public var suppressed: [Match]

    public init(matches: [Match] = [], suppressed: [Match] = []) {
        self.matches = matches
        self.suppressed = suppressed
    }
}

/// Compares media with all banks. The same arguments give the same answer, in the same order (I3).
public func match(
    _ media: [MediaItem], in snapshot: BankSnapshot, settings: MatchSettings = MatchSettings()
) -> MatchResult {
    MatchResult()
}
