internal import Crypto
public import SafetyModel

/// What a bank holds, by entry: enough to tell whether a list says anything new, in about 70 bytes an
/// entry whatever the entry holds. Entries that are gone stay, with their time.
public struct BankTable: Sendable {
    struct Slot: Sendable {
        /// Of everything in the entry but list version and time.
        var fingerprint: UInt64
        /// Last change at the source, Unix milliseconds; 0 where it is not known.
        var changed: Int64
        var stands: Bool
        /// The list that is being imported is its source.
        var isOwn: Bool
        /// The list that is being imported named it.
        var isSeen = false
    }

    private struct Key: Hashable, Sendable {
        var high: UInt64
        var low: UInt64
    }

    /// The bank's name.
    public let bank: String
    private let source: String
    private var slots: [Key: Slot] = [:]

    /// - Parameters:
    ///   - source: whose entries a complete list may take away.
    public init(bank: String, source: String) {
        self.bank = bank
        self.source = source
    }

    /// Notes an entry as the topic has it, in order of offset. Those of other banks are passed over.
    public mutating func note(_ entry: HashEntry, _ origin: EntryOrigin) {
        guard entry.bank == bank else { return }
        set(entry, origin, isSeen: false)
    }

    subscript(id: String) -> Slot? { slots[Self.key(id)] }

    /// Takes over a change.
    mutating func set(_ entry: HashEntry, _ origin: EntryOrigin, isSeen: Bool) {
        let key = Self.key(entry.entry)
        let stands = entry.operation != .remove
        slots[key] = Slot(
            fingerprint: stands ? Self.mark(of: entry, origin) : 0,
            changed: max(origin.changed, slots[key]?.changed ?? 0), stands: stands,
            isOwn: stands && entry.source == source, isSeen: isSeen)
    }

    /// The list named the entry; its time, where it is known, becomes the entry's.
    mutating func see(_ id: String, changed: Int64 = 0) {
        let key = Self.key(id)
        guard var slot = slots[key] else { return }
        slot.isSeen = true
        slot.changed = max(slot.changed, changed)
        slots[key] = slot
    }

    /// Entries of the list's own source that stand.
    public var ownCount: Int { slots.values.count { $0.stands && $0.isOwn } }

    /// Those among them that the list did not name.
    public var missingCount: Int {
        slots.values.count { $0.stands && $0.isOwn && !$0.isSeen }
    }

    static func mark(of entry: HashEntry, _ origin: EntryOrigin) -> UInt64 {
        var hash = SHA256()
        func add(_ text: String) {
            var text = text
            text.withUTF8 {
                withUnsafeBytes(of: UInt32(truncatingIfNeeded: $0.count)) {
                    hash.update(bufferPointer: $0)
                }
                hash.update(bufferPointer: UnsafeRawBufferPointer($0))
            }
        }
        let numbers: [UInt8] = [
            entry.digest.algorithm.rawValue, entry.digest.quality, entry.category.rawValue,
            entry.quarantined ? 1 : 0,
        ]
        hash.update(data: numbers + entry.digest.bytes)
        for text in [
            entry.source, entry.entryKey, origin.memberID, origin.environment, origin.terms,
        ] { add(text) }
        return word(hash.finalize(), 0)
    }

    private static func key(_ id: String) -> Key {
        let digest = SHA256.hash(data: Array(id.utf8))
        return Key(high: word(digest, 0), low: word(digest, 8))
    }

    private static func word(_ digest: SHA256.Digest, _ offset: Int) -> UInt64 {
        digest.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }
}
