internal import FoundationEssentials
public import SafetyModel

/// One record of the hash entries' topic.
public enum BankUpdate: Hashable, Sendable {
    /// An entry was added, changed or removed.
    case entry(HashEntry)
    /// The bank's settings, replacing the former ones as a whole.
    case settings(bank: String, BankRules)
    /// An entry was put under quarantine, or is out of it.
    case quarantine(EntryQuarantine)
}

/// Whether an entry may be relied on, beside what its list says of it.
public struct EntryQuarantine: Hashable, Sendable {
    /// Why: a short code of the wire.
    public enum Reason: String, Hashable, Sendable {
        /// The entry used up its budget (I8).
        case flood
        /// Somebody who runs the pipeline said so.
        case operation = "operator"
        case verdict
    }

    /// The bank.
    public var bank: String
    /// The entry.
    public var entry: String
    /// False lifts it.
    public var isQuarantined: Bool
    /// Why; nil for a code that is not known here.
    public var reason: Reason?

    /// Names the entry and what is said of it.
    public init(bank: String, entry: String, isQuarantined: Bool, reason: Reason?) {
        self.bank = bank
        self.entry = entry
        self.isQuarantined = isQuarantined
        self.reason = reason
    }

    /// The key of its record: the entry's.
    public var recordKey: String { "\(bank)/\(entry)" }
}

/// How a bank's entries are compared.
public struct BankRules: Hashable, Sendable {
    /// Off: its entries do not match.
    public var isEnabled: Bool
    /// All its entries lead to review only.
    public var isQuarantined: Bool
    /// Largest Hamming distance that still matches, 0 to 31.
    public var maximumDistance: UInt16
    /// Smallest PDQ quality that is compared, 0 to 100.
    public var qualityFloor: UInt8
    /// Percentage of a video's frames that must match, 1 to 100.
    public var framePercentage: UInt8
    /// Percentage of a listed video's frames that must be near the media's, 0 to 100.
    public var listedFramePercentage: UInt8
    /// Names the terms under which the list is held.
    public var terms: String
    /// The terms allow entries and digests to be handed on.
    public var isShareable: Bool
    /// What the bank's entries are when they do not say; kept for whoever wrote it.
    public var defaultCategory: BankCategory?
    /// Who lists it; likewise.
    public var source = ""

    /// The defaults are those of a bank without settings.
    public init(
        isEnabled: Bool = true, isQuarantined: Bool = false, maximumDistance: UInt16 = 31,
        qualityFloor: UInt8 = 50, framePercentage: UInt8 = 80,
        listedFramePercentage: UInt8 = 0, terms: String = "", isShareable: Bool = false
    ) {
        self.terms = terms
        self.isShareable = isShareable
        self.isEnabled = isEnabled
        self.isQuarantined = isQuarantined
        self.maximumDistance = maximumDistance
        self.qualityFloor = qualityFloor
        self.framePercentage = framePercentage
        self.listedFramePercentage = listedFramePercentage
    }
}

extension HashEntry {
    /// The key of its record.
    public var recordKey: String { "\(bank)/\(entry)" }

    /// A removal; it names the entry only, so category and digest mean nothing.
    public static func removal(bank: String, entry: String, listVersion: String = "") -> HashEntry {
        HashEntry(
            operation: .remove, bank: bank, entry: entry, category: .lead,
            digest: MediaDigest(.sha256, []), source: "", listVersion: listVersion)
    }

    /// The `ce_type` of its record.
    public var eventType: String {
        switch operation {
        case .add: EventType.hashEntryAdded
        case .change: EventType.hashEntryChanged
        case .remove: EventType.hashEntryRemoved
        }
    }
}

extension PBHashEntryEvent {
    /// - Parameters:
    ///   - verdict: the verdict that taught or withdrew the entry, if one did.
    ///   - source: what its list tells beside.
    public init(
        _ entry: HashEntry, verdict: ContentID? = nil, origin source: EntryOrigin = EntryOrigin()
    ) {
        self.init()
        bank = entry.bank
        let origin = verdict.map { Data($0.bytes) } ?? Data()
        switch entry.operation {
        case .remove:
            var removed = PBHashEntryRemoved()
            removed.entryID = entry.entry
            removed.listVersion = entry.listVersion
            removed.withdrawnByVerdictID = origin
            removed.sourceChangedUnixMs = source.changed
            self.removed = removed
        case .add, .change:
            var wire = PBHashEntry()
            wire.entryID = entry.entry
            wire.algorithm = entry.digest.algorithm.wire()
            wire.digest = Data(entry.digest.bytes)
            wire.quality = UInt32(entry.digest.quality)
            wire.category = entry.category.wire()
            wire.source = entry.source
            wire.listVersion = entry.listVersion
            wire.quarantined = entry.quarantined
            wire.entryKey = entry.entryKey
            wire.learnedFromVerdictID = origin
            wire.memberID = source.memberID
            wire.environment = source.environment
            wire.terms = source.terms
            wire.sourceChangedUnixMs = source.changed
            if entry.operation == .add { added = wire } else { changed = wire }
        }
    }
}

extension PBHashEntryEvent {
    /// - Parameter verdict: the verdict that lifted it, if one did.
    public init(_ quarantine: EntryQuarantine, verdict: ContentID? = nil) {
        self.init()
        bank = quarantine.bank
        self.quarantine.entryID = quarantine.entry
        self.quarantine.quarantined = quarantine.isQuarantined
        self.quarantine.reasonCode = quarantine.reason?.rawValue ?? ""
        self.quarantine.verdictID = verdict.map { Data($0.bytes) } ?? Data()
    }

    /// A bank's settings.
    public init(bank: String, _ rules: BankRules) {
        self.init()
        self.bank = bank
        settings.enabled = rules.isEnabled
        settings.quarantined = rules.isQuarantined
        settings.maxDistance = UInt32(rules.maximumDistance)
        settings.qualityFloor = UInt32(rules.qualityFloor)
        settings.framePercentage = UInt32(rules.framePercentage)
        settings.listedFramePercentage = UInt32(rules.listedFramePercentage)
        settings.terms = rules.terms
        settings.shareable = rules.isShareable
        settings.defaultCategory = rules.defaultCategory.map { $0.wire() } ?? .unspecified
        settings.source = rules.source
    }

    /// What the record's list tells beside its entry; nothing for what is no entry.
    fileprivate var origin: EntryOrigin {
        switch change {
        case .added(let entry), .changed(let entry):
            EntryOrigin(
                memberID: entry.memberID, environment: entry.environment, terms: entry.terms,
                changed: entry.sourceChangedUnixMs)
        case .removed(let removed): EntryOrigin(changed: removed.sourceChangedUnixMs)
        case .settings, .quarantine, nil: EntryOrigin()
        }
    }
}

extension BankUpdate {
    init(_ wire: PBHashEntryEvent, change: String) throws(Rejection) {
        try Check.id(wire.bank, "bank")
        func expect(_ name: String) throws(Rejection) {
            if change != name { throw Rejection(.unknownType, field: "ce_type") }
        }
        switch wire.change {
        case .added(let entry):
            try expect("added")
            self = .entry(try HashEntry(.add, wire.bank, entry, "added"))
        case .changed(let entry):
            try expect("changed")
            self = .entry(try HashEntry(.change, wire.bank, entry, "changed"))
        case .removed(let removed):
            try expect("removed")
            try Check.id(removed.entryID, "removed.entry_id")
            self = .entry(
                .removal(
                    bank: wire.bank, entry: removed.entryID, listVersion: removed.listVersion))
        case .settings(let settings):
            try expect("bank_settings")
            self = .settings(bank: wire.bank, try BankRules(settings))
        case .quarantine(let quarantine):
            try expect("quarantined")
            try Check.id(quarantine.entryID, "quarantine.entry_id")
            self = .quarantine(
                EntryQuarantine(
                    bank: wire.bank, entry: quarantine.entryID,
                    isQuarantined: quarantine.quarantined,
                    reason: EntryQuarantine.Reason(rawValue: quarantine.reasonCode)))
        case nil: throw Rejection(.missingField, field: "change")
        }
    }
}

extension BankRules {
    init(_ wire: PBBankSettings) throws(Rejection) {
        let distance = wire.hasMaxDistance ? wire.maxDistance : 31
        if distance > 31 { throw Rejection(.outOfRange, field: "settings.max_distance") }
        let floor = wire.hasQualityFloor ? wire.qualityFloor : 50
        try Check.percentage(floor, "settings.quality_floor")
        let frames = wire.hasFramePercentage ? wire.framePercentage : 80
        if frames == 0 { throw Rejection(.outOfRange, field: "settings.frame_percentage") }
        try Check.percentage(frames, "settings.frame_percentage")
        try Check.percentage(
            wire.listedFramePercentage, "settings.listed_frame_percentage")
        try Check.token(wire.terms, "settings.terms")
        self.init(
            isEnabled: wire.enabled, isQuarantined: wire.quarantined,
            maximumDistance: UInt16(clamping: distance), qualityFloor: UInt8(clamping: floor),
            framePercentage: UInt8(clamping: frames),
            listedFramePercentage: UInt8(clamping: wire.listedFramePercentage), terms: wire.terms,
            isShareable: wire.shareable)
        try Check.token(wire.source, "settings.source")
        defaultCategory = BankCategory(wire: wire.defaultCategory)
        source = wire.source
    }
}

extension HashEntry {
    fileprivate init(
        _ operation: Operation, _ bank: String, _ wire: PBHashEntry, _ field: String
    ) throws(Rejection) {
        try Check.id(wire.entryID, "\(field).entry_id")
        try Check.required(wire.algorithm, "\(field).algorithm")
        try Check.required(wire.category, "\(field).category")
        guard let algorithm = HashAlgorithm(wire: wire.algorithm) else {
            throw Rejection(.unknownEnum, field: "\(field).algorithm")
        }
        guard let category = BankCategory(wire: wire.category) else {
            throw Rejection(.unknownEnum, field: "\(field).category")
        }
        try Check.token(wire.entryKey, "\(field).entry_key")
        try Check.digest(wire.digest, count: algorithm.digestBytes, "\(field).digest")
        try Check.percentage(wire.quality, "\(field).quality")
        try Check.id(wire.source, "\(field).source")
        try Check.id(wire.listVersion, "\(field).list_version")
        // Lists that do not tell a quality leave it at the wire's default.
        let quality = wire.quality == 0 ? 100 : UInt8(clamping: wire.quality)
        self.init(
            operation: operation, bank: bank, entry: wire.entryID, category: category,
            digest: MediaDigest(algorithm, [UInt8](wire.digest), quality: quality),
            source: wire.source, listVersion: wire.listVersion, quarantined: wire.quarantined,
            entryKey: wire.entryKey)
    }
}

extension EventDecoder {
    /// Decodes a record of the hash entries' topic.
    public func bankUpdate(_ record: RecordView) throws(Rejection) -> BankUpdate {
        try bankRecord(record).update
    }

    /// Decodes a record of the hash entries' topic with all that it tells.
    public func bankRecord(
        _ record: RecordView
    ) throws(Rejection) -> (update: BankUpdate, origin: EntryOrigin) {
        let change = try checkType(record, family: "hash_entry")
        let wire: PBHashEntryEvent = try parse(record)
        return (try BankUpdate(wire, change: change), wire.origin)
    }
}
