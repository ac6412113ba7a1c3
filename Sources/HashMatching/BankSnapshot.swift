public import SafetyModel

/// All banks as they stood at one version. Immutable, so that any number of lanes may share it.
public struct BankSnapshot: Sendable {
    /// No entries, version 0.
    public static let empty = BankSnapshot()

    /// The offset of the last entry applied, plus 1.
    public let version: Int64

    init() { version = 0 }

    /// The snapshot after more of the entries' topic.
    /// - Parameters:
    ///   - entries: in order of offset; nil for a record that held no usable entry.
    ///   - version: the last delivered offset plus 1.
    public func applying(
        _ entries: [(offset: Int64, entry: HashEntry?)], version: Int64
    ) -> BankSnapshot { self }

    /// The entry as it stands, nil where it was never added or is removed.
    public func contains(bank: String, entry: String) -> HashEntry? { nil }

    /// Entries that stand.
    public var entryCount: Int { 0 }
}
