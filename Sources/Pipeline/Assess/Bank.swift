internal import EventSchemas
public import HashMatching
public import SafetyModel

/// All that media are compared with, as it stood at one version. Immutable, shared by all lanes.
public struct Bank: Sendable {
    /// The entries.
    public internal(set) var snapshot = BankSnapshot.empty
    /// How each bank is compared, as the topic's settings records have it.
    public internal(set) var settings: MatchSettings
    /// Banks whose every match leads to review only.
    public internal(set) var quarantined: Set<String> = []
    /// Entries with a quarantine of their own, by bank and entry.
    public internal(set) var flags: [EntryName: EntryFlag] = [:]

    /// An empty bank.
    /// - Parameter settings: for banks that no settings record names.
    public init(settings: MatchSettings = MatchSettings()) {
        self.settings = settings
    }

    /// The offset of the last record of the topic applied, plus 1.
    public var version: Int64 { snapshot.version }

    /// What an event's media match.
    public func matches(_ media: [MediaItem]) -> MatchResult {
        var result = match(media, in: snapshot, settings: settings)
        guard !quarantined.isEmpty || !flags.isEmpty else { return result }
        for index in result.matches.indices {
            let match = result.matches[index]
            if isQuarantined(EntryName(bank: match.bank, entry: match.entry)) {
                result.matches[index].quarantined = true
            }
        }
        return result
    }

    /// The entry or its whole bank leads to review only, whatever its list says.
    func isQuarantined(_ name: EntryName) -> Bool {
        quarantined.contains(name.bank) || flags[name]?.isQuarantined ?? false
    }

    /// Takes over what a record says beside the entries themselves.
    mutating func take(_ update: BankUpdate, at offset: Int64) {
        switch update {
        case .entry: break
        case .quarantine(let quarantine):
            flags[EntryName(bank: quarantine.bank, entry: quarantine.entry)] = EntryFlag(
                isQuarantined: quarantine.isQuarantined, offset: offset)
        case .settings(let name, let rules):
            settings.banks[name] = BankSettings(
                distance: rules.maximumDistance, qualityFloor: rules.qualityFloor,
                framePercentage: rules.framePercentage, isEnabled: rules.isEnabled)
            if rules.isQuarantined {
                quarantined.insert(name)
            } else {
                quarantined.remove(name)
            }
        }
    }

    /// A removed entry takes its quarantine along.
    mutating func forget(_ entry: HashEntry) {
        guard entry.operation == .remove, !flags.isEmpty else { return }
        flags[EntryName(bank: entry.bank, entry: entry.entry)] = nil
    }
}

/// What was last said of one entry's quarantine, and where on the topic.
public struct EntryFlag: Hashable, Sendable {
    /// False: it was lifted.
    public var isQuarantined: Bool
    /// The record's offset.
    public var offset: Int64
}
