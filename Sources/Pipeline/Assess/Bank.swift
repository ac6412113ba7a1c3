public import HashMatching
internal import SafetyModel

/// All that media are compared with, as it stood at one version. Immutable, shared by all lanes.
public struct Bank: Sendable {
    /// The entries.
    public internal(set) var snapshot = BankSnapshot.empty
    /// How each bank is compared, as the topic's settings records have it.
    public internal(set) var settings: MatchSettings
    /// Banks whose every match leads to review only.
    public internal(set) var quarantined: Set<String> = []

    /// A bank before anything of the topic is applied.
    /// - Parameters:
    ///   - settings: for banks that no settings record names.
    ///   - snapshot: entries that stand beside the topic's, at version 0.
    public init(settings: MatchSettings = MatchSettings(), snapshot: BankSnapshot = .empty) {
        self.settings = settings
        self.snapshot = snapshot
    }

    /// The offset of the last record of the topic applied, plus 1.
    public var version: Int64 { snapshot.version }

    /// What an event's media match.
    func matches(_ media: [MediaItem]) -> MatchResult {
        var result = match(media, in: snapshot, settings: settings)
        if !quarantined.isEmpty {
            for index in result.matches.indices
            where quarantined.contains(result.matches[index].bank) {
                result.matches[index].quarantined = true
            }
        }
        return result
    }
}
