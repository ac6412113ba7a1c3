package import EventSchemas
public import HashMatching
public import SafetyModel

/// All that media are compared with, as it stood at one version. Immutable, shared by all lanes.
public struct Bank: Sendable {
    /// The entries.
    public internal(set) var snapshot = BankSnapshot.empty
    /// How they are compared, and which of them are not relied on.
    public internal(set) var treatment: BankTreatment

    /// A bank before anything of the topic is applied.
    /// - Parameters:
    ///   - settings: for banks that no settings record names.
    ///   - snapshot: entries that stand beside the topic's, at version 0.
    public init(settings: MatchSettings = MatchSettings(), snapshot: BankSnapshot = .empty) {
        treatment = BankTreatment(settings: settings)
        self.snapshot = snapshot
    }

    /// The offset of the last record of the topic applied, plus 1.
    public var version: Int64 { snapshot.version }
    /// How each bank is compared.
    public var settings: MatchSettings { treatment.settings }

    /// What an event's media match.
    public func matches(_ media: [MediaItem]) -> MatchResult {
        marked(match(media, in: snapshot, settings: treatment.settings))
    }

    /// The same for each of many events, which is cheaper together.
    func matches(events: [[MediaItem]]) -> [MatchResult] {
        match(events: events, in: snapshot, settings: treatment.settings).map { marked($0) }
    }

    private func marked(_ result: MatchResult) -> MatchResult {
        guard treatment.hasQuarantines else { return result }
        var result = result
        for index in result.matches.indices {
            let match = result.matches[index]
            if treatment.isQuarantined(EntryName(bank: match.bank, entry: match.entry)) {
                result.matches[index].quarantined = true
            }
        }
        return result
    }
}

/// What the topic says beside the entries themselves.
public struct BankTreatment: Hashable, Sendable {
    /// How each bank is compared, as the topic's settings records have it.
    public internal(set) var settings: MatchSettings
    /// Banks whose every match leads to review only.
    public internal(set) var quarantined: Set<String> = []
    /// Entries with a quarantine of their own, by bank and entry; at most `maximumFlags`.
    public internal(set) var flags: [EntryName: EntryFlag] = [:]

    /// The most entries whose quarantine, or its end, is kept by itself. Past it a quarantine holds
    /// for the entry's whole bank, until somebody lifts that in the bank's settings.
    public static let maximumFlags = 65_536

    init(settings: MatchSettings) { self.settings = settings }

    var hasQuarantines: Bool { !quarantined.isEmpty || !flags.isEmpty }

    /// The entry or its whole bank leads to review only, whatever its list says.
    func isQuarantined(_ name: EntryName) -> Bool {
        quarantined.contains(name.bank) || flags[name]?.isQuarantined ?? false
    }

    /// Takes over what a record says; a removed entry takes its quarantine along.
    /// - Returns: the bank that is put under quarantine as a whole, for there is no room for one
    ///   more entry's; nil where there is.
    @discardableResult
    package mutating func take(_ update: BankUpdate, at offset: Int64) -> String? {
        switch update {
        case .entry(let entry):
            guard entry.operation == .remove, !flags.isEmpty else { return nil }
            flags[EntryName(bank: entry.bank, entry: entry.entry)] = nil
        case .quarantine(let quarantine):
            let name = EntryName(bank: quarantine.bank, entry: quarantine.entry)
            guard flags.count < Self.maximumFlags || flags[name] != nil else {
                // An end that is not kept leaves Enforce's own quarantine standing.
                guard quarantine.isQuarantined else { return nil }
                return quarantined.insert(name.bank).inserted ? name.bank : nil
            }
            flags[name] = EntryFlag(isQuarantined: quarantine.isQuarantined, offset: offset)
        case .settings(let name, let rules):
            settings.banks[name] = BankSettings(
                distance: rules.maximumDistance, qualityFloor: rules.qualityFloor,
                framePercentage: rules.framePercentage,
                listedFramePercentage: rules.listedFramePercentage, isEnabled: rules.isEnabled)
            if rules.isQuarantined {
                quarantined.insert(name)
            } else {
                quarantined.remove(name)
            }
        }
        return nil
    }
}

/// What was last said of one entry's quarantine, and where on the topic.
public struct EntryFlag: Hashable, Sendable {
    /// False: it was lifted.
    public var isQuarantined: Bool
    /// The record's offset.
    public var offset: Int64
}
