import SafetyModel

/// The columns of tables and the members of JSON lines. An item has one digest.
enum ListColumn: String, CaseIterable {
    case entryID = "entry_id"
    case algorithm
    case digest
    case quality
    case category
    case source
    case listVersion = "list_version"
    case memberID = "member_id"
    case entryKey = "entry_key"
    case changed
    case removed

    static let names = allCases.map(\.rawValue).joined(separator: ", ")
}

/// One row by column; empty fields count as absent.
struct ListRow {
    let line: Int
    private var fields: [ListColumn: String] = [:]

    init(line: Int) { self.line = line }

    subscript(column: ListColumn) -> String? {
        get { fields[column] }
        set { fields[column] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// The item, or what is wrong with it.
    var record: ListRecord {
        do throws(BadField) {
            return .item(try item())
        } catch {
            return .issue(ListIssue(line, error.field, error.wanted, key: key))
        }
    }

    private var key: String? { self[.entryID] }

    private func item() throws(BadField) -> ListItem {
        let isRemoved = try read(.removed, FieldReading.flag) ?? false
        let digest = try digest(isNeeded: !isRemoved || self[.entryID] == nil)
        // A list without ids names an entry by its digest; learned entries are named so too.
        let key =
            try read(.entryID, FieldReading.id)
            ?? digest.map { "\($0.algorithm)-\($0.bytes.hex)" } ?? ""
        var item = ListItem(line: line, key: key, isGroup: false)
        item.isRemoved = isRemoved
        item.digests = digest.map { [$0] } ?? []
        item.category = try read(.category, FieldReading.category)
        item.source = try read(.source, FieldReading.token)
        item.listVersion = try read(.listVersion, FieldReading.token)
        item.memberID = try read(.memberID, FieldReading.token) ?? ""
        item.entryKey = try read(.entryKey, FieldReading.token) ?? ""
        item.changed = try read(.changed, FieldReading.time) ?? 0
        return item
    }

    private func digest(isNeeded: Bool) throws(BadField) -> MediaDigest? {
        let algorithm = try read(.algorithm, FieldReading.algorithm)
        guard let text = self[.digest] else {
            guard isNeeded else { return nil }
            throw BadField(field: ListColumn.digest.rawValue, wanted: "a digest")
        }
        guard let algorithm else {
            throw BadField(
                field: ListColumn.algorithm.rawValue, wanted: "pdq, md5, sha1, sha256 or vpdq")
        }
        // As on the wire, 0 is what lists write that do not know it.
        let quality = try read(.quality, FieldReading.quality) ?? 0
        return try FieldReading.digest(
            text, algorithm, quality: quality == 0 ? 100 : quality, ListColumn.digest.rawValue)
    }

    private func read<T>(
        _ column: ListColumn, _ reading: (String, String) throws(BadField) -> T
    ) throws(BadField) -> T? {
        guard let text = self[column] else { return nil }
        return try reading(text, column.rawValue)
    }
}
