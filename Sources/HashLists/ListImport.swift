public import SafetyModel

/// How a list becomes entries of a bank.
public struct ImportSettings: Hashable, Sendable {
    /// Where they go.
    public var bank: String
    /// What entries are that do not say it themselves.
    public var category: BankCategory?
    /// By member id, for members whose entries are of another category.
    public var memberCategories: [String: BankCategory] = [:]
    /// Who lists them, where an entry does not say.
    public var source: String
    /// The list's version, where an entry does not say.
    public var listVersion: String
    /// The source's environment, such as `production`.
    public var environment = ""
    /// Names the terms the entries may be used under.
    public var terms = ""
    /// Matches are to lead to review only.
    public var isQuarantined = false

    /// Settings with what every import needs.
    public init(bank: String, category: BankCategory?, source: String, listVersion: String) {
        self.bank = bank
        self.category = category
        self.source = source
        self.listVersion = listVersion
    }
}

/// One change of a bank to publish.
public struct EntryChange: Hashable, Sendable {
    /// The entry, with what is done to it.
    public var entry: HashEntry
    /// What the list tells beside.
    public var origin: EntryOrigin

    /// Makes a change.
    public init(entry: HashEntry, origin: EntryOrigin) {
        self.entry = entry
        self.origin = origin
    }
}

/// What an import came to.
public struct ImportCounts: Hashable, Sendable {
    /// Entries that were not there.
    public var added = 0
    /// Entries that say something else now.
    public var changed = 0
    /// Entries that were there and are gone.
    public var removed = 0
    /// Entries as they stand already.
    public var unchanged = 0
    /// States that are older than what is known.
    public var older = 0
    /// Removals of what was never there; kept, so that an older state does not add it.
    public var tombstones = 0
    /// Items without a digest that can be matched.
    public var withoutDigest = 0
    /// What could not be used.
    public var rejected = 0
    /// Rejections that do not tell which entry they are about.
    public var unnamed = 0

    /// Counts of nothing.
    public init() {}
}

/// Compares a list with what its bank holds; pure. What it gives out is to be published in order.
///
/// Of two states of an entry the one with the later time at the source wins, in whatever order they
/// come; an older state never replaces a newer one, and never brings back what was removed since. At
/// the same time, or where the list tells none, a run's word replaces what stands from before, and a
/// second word within the run is rejected: so the same lists give the same bank, and once given, give
/// nothing more. A new list version alone is no change: an entry keeps the one it came with.
public struct ListImport: Sendable {
    private let settings: ImportSettings
    /// The bank as it will stand.
    public private(set) var table: BankTable
    /// So far.
    public private(set) var counts = ImportCounts()

    /// - Parameter table: the bank as it stands.
    public init(_ settings: ImportSettings, table: BankTable) {
        self.settings = settings
        self.table = table
    }

    /// Takes the next record of a list.
    /// - Returns: what is to be published, and what is wrong.
    public mutating func take(_ record: ListRecord) -> (changes: [EntryChange], issue: ListIssue?) {
        switch record {
        case .issue(let issue):
            reject(issue)
            return ([], issue)
        case .item(let item):
            if let issue = problem(item) {
                reject(issue)
                return ([], issue)
            }
            return settle(item)
        }
    }

    /// A complete list did not name the entry: its removal. nil where it did, or is not the list's.
    public mutating func missing(_ id: String) -> EntryChange? {
        guard let slot = table[id], slot.stands, slot.isOwn, !slot.isSeen else { return nil }
        counts.removed += 1
        return apply(removal(id, EntryOrigin()))
    }

    /// A rejected entry stays as it stands.
    private mutating func reject(_ issue: ListIssue) {
        counts.rejected += 1
        guard let key = issue.key else {
            counts.unnamed += 1
            return
        }
        for id in [key] + Self.groupIDs(key) { table.see(id) }
    }

    private func problem(_ item: ListItem) -> ListIssue? {
        if !item.isRemoved, !item.digests.isEmpty, category(of: item) == nil {
            return ListIssue(
                item.line, "category", "a category, for the import names none", key: item.key)
        }
        return nil
    }

    private func category(of item: ListItem) -> BankCategory? {
        item.category ?? settings.memberCategories[item.memberID] ?? settings.category
    }
}

extension ListImport {
    private mutating func settle(_ item: ListItem) -> (changes: [EntryChange], issue: ListIssue?) {
        let ids = item.isGroup ? Self.groupIDs(item.key) : [item.key]
        let known = ids.compactMap { id in table[id].map { (id, $0) } }
        let newest = known.map(\.1.changed).max() ?? 0
        if item.changed > 0, item.changed < newest {
            counts.older += 1
            for id in ids { table.see(id) }
            return ([], nil)
        }
        let origin = EntryOrigin(
            memberID: item.memberID, environment: settings.environment, terms: settings.terms,
            changed: item.changed)
        let wanted = item.isRemoved ? [] : entries(of: item)
        let changes = changes(to: wanted, known, origin)
        if changes.isEmpty { return (unchanged(item, ids, wanted.count, origin), nil) }
        if known.contains(where: { $0.1.isSeen }), item.changed <= newest {
            let issue = ListIssue(
                item.line, "entry", "one state of an entry, or a later time than its other one",
                key: item.key)
            reject(issue)
            return ([], issue)
        }
        for change in changes {
            switch change.entry.operation {
            case .add: counts.added += 1
            case .change: counts.changed += 1
            case .remove: counts.removed += 1
            }
        }
        counts.unchanged += wanted.count - changes.count { $0.entry.operation != .remove }
        for id in ids { table.see(id, changed: item.changed) }
        return (changes.map { apply($0) }, nil)
    }

    /// What would have to be published for exactly these entries to stand.
    private func changes(
        to wanted: [HashEntry], _ known: [(String, BankTable.Slot)], _ origin: EntryOrigin
    ) -> [EntryChange] {
        var changes: [EntryChange] = []
        for entry in wanted {
            let slot = table[entry.entry]
            if let slot, slot.stands {
                guard slot.fingerprint != BankTable.mark(of: entry, origin) else { continue }
                var changed = entry
                changed.operation = .change
                changes.append(EntryChange(entry: changed, origin: origin))
            } else {
                changes.append(EntryChange(entry: entry, origin: origin))
            }
        }
        for (id, slot) in known where slot.stands && !wanted.contains(where: { $0.entry == id }) {
            changes.append(removal(id, origin))
        }
        return changes
    }

    private mutating func unchanged(
        _ item: ListItem, _ ids: [String], _ count: Int, _ origin: EntryOrigin
    ) -> [EntryChange] {
        let isKnown = ids.contains { table[$0] != nil }
        for id in ids { table.see(id, changed: item.changed) }
        if item.isRemoved, !isKnown, item.changed > 0 {
            counts.tombstones += 1
            return [apply(removal(ids[0], origin))]
        }
        if !item.isRemoved, count == 0 { counts.withoutDigest += 1 }
        counts.unchanged += item.isRemoved ? 1 : count
        return []
    }

    private func entries(of item: ListItem) -> [HashEntry] {
        guard let category = category(of: item) else { return [] }
        return item.digests.map { digest in
            HashEntry(
                operation: .add, bank: settings.bank,
                entry: item.isGroup ? "\(item.key)/\(digest.algorithm)" : item.key,
                category: category, digest: digest, source: item.source ?? settings.source,
                listVersion: item.listVersion ?? settings.listVersion,
                quarantined: settings.isQuarantined, entryKey: item.entryKey)
        }
    }

    private func removal(_ id: String, _ origin: EntryOrigin) -> EntryChange {
        let entry = HashEntry(
            operation: .remove, bank: settings.bank, entry: id, category: .lead,
            digest: MediaDigest(.sha256, []), source: "", listVersion: settings.listVersion)
        return EntryChange(entry: entry, origin: origin)
    }

    private mutating func apply(_ change: EntryChange) -> EntryChange {
        table.set(change.entry, change.origin, isSeen: true)
        return change
    }

    /// The names that the digests of one file have.
    private static func groupIDs(_ key: String) -> [String] {
        [HashAlgorithm.md5, .sha1, .sha256, .pdq].map { "\(key)/\($0)" }
    }
}
