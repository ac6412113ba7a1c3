internal import HashMatching
package import SafetyModel

/// Enforce's own view of the banks: entries as they stand, quarantine of whole banks included.
package struct EnforceBank: EntryLookup {
    private let bank: Bank

    package init(_ bank: Bank) { self.bank = bank }

    /// The offset of the last record applied, plus 1.
    package var version: Int64 { bank.version }

    /// The entry; a bank that is off or in quarantine puts it in quarantine.
    package func contains(bank name: String, entry: String) -> HashEntry? {
        guard var found = bank.snapshot.contains(bank: name, entry: entry) else { return nil }
        let isOff = !bank.settings[name].isEnabled
        let isHeld = bank.treatment.isQuarantined(EntryName(bank: name, entry: entry))
        found.quarantined = found.quarantined || isOff || isHeld
        return found
    }

    /// Where the entry's quarantine was lifted last.
    package func lifted(bank name: String, entry: String) -> Int64? {
        let flag = bank.treatment.flags[EntryName(bank: name, entry: entry)]
        guard let flag, !flag.isQuarantined else { return nil }
        return flag.offset
    }
}
