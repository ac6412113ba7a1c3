public import SafetyModel

/// The forms of lists that are read.
public enum ListFormat: String, Sendable, CaseIterable {
    /// Our own columns, named in the first line; RFC 4180.
    case csv
    /// The same names as members of one JSON object a line.
    case jsonLines = "jsonl"
    /// Pages of NCMEC's hash-sharing API, version 2: `queryResult` documents.
    case hashSharing = "ncmec"
    /// Columns named as the fields of ThreatExchange's `threat_updates`.
    case threatExchange = "threatexchange"

    /// What the ending of a file's name says; nil where it says nothing.
    public init?(fileName: String) {
        switch fileName.lowercased().split(separator: ".").last {
        case "csv": self = .csv
        case "jsonl", "ndjson": self = .jsonLines
        case "xml": self = .hashSharing
        default: return nil
        }
    }
}

/// What a list says about one file: all its digests, or that it is gone.
public struct ListItem: Hashable, Sendable {
    /// Where it begins in its file, from 1.
    public var line: Int
    /// The list's own key, unique in it.
    public var key: String
    /// Several digests may share the key: an entry is named `key/algorithm`.
    public var isGroup: Bool
    /// The organisation that listed it; empty where the list does not tell.
    public var memberID = ""
    /// Those that can be matched.
    public var digests: [MediaDigest] = []
    /// What only this item says of category and the rest; nil for what holds for the whole list.
    public var category: BankCategory?
    /// Who lists it.
    public var source: String?
    /// The list's version or checkpoint.
    public var listVersion: String?
    /// What ties entries of one file together; empty for none.
    public var entryKey = ""
    /// Last change at the source, Unix milliseconds; 0 where the list does not tell.
    public var changed: Int64 = 0
    /// The list withdraws it.
    public var isRemoved = false

    /// An item with a key and nothing else.
    public init(line: Int, key: String, isGroup: Bool) {
        self.line = line
        self.key = key
        self.isGroup = isGroup
    }
}

/// Something in a list that cannot be used. It never repeats what was written there.
public struct ListIssue: Hashable, Sendable, CustomStringConvertible {
    /// Where the entry begins, from 1.
    public var line: Int
    /// The column, member or element.
    public var field: String
    /// What was wanted there.
    public var wanted: String
    /// The item's key, where it could be read.
    public var key: String?
    /// The rest of the file cannot be read either.
    public var endsFile = false

    init(_ line: Int, _ field: String, _ wanted: String, key: String? = nil, endsFile: Bool = false)
    {
        self.line = line
        self.field = field
        self.wanted = wanted
        self.key = key
        self.endsFile = endsFile
    }

    /// `line 7, digest: wanted 64 hexadecimal digits for pdq`.
    public var description: String { "line \(line), \(field): wanted \(wanted)" }
}

/// One thing found in a list.
public enum ListRecord: Hashable, Sendable {
    case item(ListItem)
    case issue(ListIssue)
}

/// Reads a list from its bytes as they come, in parts of any size, and never keeps more than one
/// entry. A malformed entry is an issue, and the rest goes on.
public protocol ListParser {
    /// Takes the next bytes.
    mutating func feed(_ bytes: [UInt8], _ body: (ListRecord) throws -> Void) throws

    /// There are no more bytes.
    mutating func finish(_ body: (ListRecord) throws -> Void) throws
}

extension ListFormat {
    /// A parser for one file.
    public func parser() -> any ListParser {
        switch self {
        case .csv: TableParser(columns: .own)
        case .threatExchange: TableParser(columns: .threatExchange)
        case .jsonLines: JSONLinesParser()
        case .hashSharing: HashSharingParser()
        }
    }
}

/// Limits of what one entry may hold (I11).
enum ListLimits {
    /// Bytes of a line, row or element; what is longer is rejected.
    static let entryBytes = 256 << 10
    /// Lines of one row of a table whose fields may hold line ends.
    static let rowLines = 32
    static let idBytes = 128
    static let tokenBytes = 255
}
