internal import Crypto
public import SafetyModel

/// Counts what stands in the banks, in about 40 bytes an entry.
public struct BankCensus: Sendable {
    /// One bank's entries that stand.
    public struct Bank: Hashable, Sendable {
        /// All of them.
        public var entries = 0
        /// By algorithm.
        public var algorithms: [HashAlgorithm: Int] = [:]
        /// By category.
        public var categories: [BankCategory: Int] = [:]
        /// Under quarantine by their list or one by one; a quarantine of the whole bank not counted.
        public var quarantined = 0

        /// Nothing stands.
        public init() {}
    }

    private struct Key: Hashable, Sendable {
        var high: UInt64
        var low: UInt64
    }

    private struct Slot: Sendable {
        var algorithm: HashAlgorithm
        var category: BankCategory
        var isListedQuarantined: Bool
        var isHeld: Bool
        var stands: Bool
    }

    private var banks: [String: [Key: Slot]] = [:]

    /// Nothing yet.
    public init() {}

    /// Notes an entry as the topic has it, in order of offset.
    public mutating func note(_ entry: HashEntry) {
        let key = Self.key(entry.entry)
        let stands = entry.operation != .remove
        let isHeld = stands && banks[entry.bank]?[key]?.isHeld ?? false
        banks[entry.bank, default: [:]][key] = Slot(
            algorithm: entry.digest.algorithm, category: entry.category,
            isListedQuarantined: entry.quarantined, isHeld: isHeld, stands: stands)
    }

    /// Notes an entry's own quarantine.
    public mutating func note(bank: String, entry: String, isQuarantined: Bool) {
        banks[bank]?[Self.key(entry)]?.isHeld = isQuarantined
    }

    /// What stands, by bank.
    public var counts: [String: Bank] {
        banks.mapValues { slots in
            var bank = Bank()
            for slot in slots.values where slot.stands {
                bank.entries += 1
                bank.algorithms[slot.algorithm, default: 0] += 1
                bank.categories[slot.category, default: 0] += 1
                if slot.isListedQuarantined || slot.isHeld { bank.quarantined += 1 }
            }
            return bank
        }
    }

    private static func key(_ id: String) -> Key {
        let digest = SHA256.hash(data: Array(id.utf8))
        return digest.withUnsafeBytes {
            Key(
                high: $0.loadUnaligned(as: UInt64.self),
                low: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}
