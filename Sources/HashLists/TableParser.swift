import SafetyModel

/// Comma-separated lists with the columns' names in the first row.
struct TableParser: ListParser {
    /// How a table's columns are read.
    enum Columns {
        case own
        case threatExchange
    }

    private enum Place {
        case header
        case rows([String])
        case nowhere
    }

    private let columns: Columns
    private var splitter: RowSplitter
    private var place = Place.header

    /// Only ThreatExchange's fields of free text may hold line ends.
    init(columns: Columns) {
        self.columns = columns
        splitter = RowSplitter(mostLines: columns == .own ? 1 : ListLimits.rowLines)
    }

    mutating func feed(
        _ bytes: [UInt8], _ body: (ListRecord) throws -> Void
    ) throws {
        for byte in bytes {
            var (found, flaw): (RowSplitter.Row?, RowSplitter.Flaw?)
            splitter.take(byte, { found = $0 }, { flaw = $0 })
            if let flaw { try take(flaw, body) }
            if let found { try take(found, body) }
        }
    }

    mutating func finish(_ body: (ListRecord) throws -> Void) throws {
        var (found, unclosed): (RowSplitter.Row?, RowSplitter.Flaw?)
        splitter.finish({ found = $0 }, { unclosed = $0 })
        if let unclosed { try take(unclosed, endsFile: true, body) }
        if let found { try take(found, body) }
        if case .header = place {
            try body(
                .issue(ListIssue(1, "file", "a first row with columns' names", endsFile: true)))
        }
    }

    /// Without columns' names no later row can be read.
    private mutating func take(
        _ flaw: RowSplitter.Flaw, endsFile: Bool = false, _ body: (ListRecord) throws -> Void
    ) throws {
        if case .nowhere = place { return }
        var endsFile = endsFile
        if case .header = place {
            endsFile = true
            place = .nowhere
        }
        let (first, last) = (flaw.lines.lowerBound, flaw.lines.upperBound)
        let lost = first == last ? "" : "; lines \(first) to \(last) are left out"
        try body(.issue(ListIssue(first, "row", flaw.wanted + lost, endsFile: endsFile)))
    }

    private mutating func take(
        _ row: RowSplitter.Row, _ body: (ListRecord) throws -> Void
    ) throws {
        switch place {
        case .nowhere: return
        case .header:
            let names = row.fields.map { field in
                String(decoding: field, as: UTF8.self).filter { $0 != "\u{feff}" }
            }
            if let issue = problem(with: names) {
                place = .nowhere
                try body(.issue(ListIssue(row.line, "columns", issue, endsFile: true)))
            } else {
                place = .rows(names)
            }
        case .rows(let names): try body(record(row, names))
        }
    }

    /// A misspelt column would be data that nobody reads, so our own form allows none.
    private func problem(with names: [String]) -> String? {
        if Set(names).count != names.count { return "each column once" }
        switch columns {
        case .own:
            guard names.allSatisfy({ ListColumn(rawValue: $0) != nil }) else {
                return "only \(ListColumn.names)"
            }
            return names.contains("digest") && names.contains("algorithm")
                ? nil : "at least algorithm and digest"
        case .threatExchange:
            return names.contains("type") && names.contains("indicator")
                ? nil : "at least type and indicator"
        }
    }

    private func record(_ row: RowSplitter.Row, _ names: [String]) -> ListRecord {
        guard row.fields.count == names.count else {
            return .issue(
                ListIssue(row.line, "row", "\(names.count) fields, as the first row has"))
        }
        var fields: [String: String] = [:]
        for (name, field) in zip(names, row.fields) {
            guard let text = String(validating: field, as: UTF8.self) else {
                return .issue(ListIssue(row.line, name, "UTF-8 text"))
            }
            fields[name] = text
        }
        switch columns {
        case .own:
            var item = ListRow(line: row.line)
            for (name, text) in fields {
                if let column = ListColumn(rawValue: name) { item[column] = text }
            }
            return item.record
        case .threatExchange: return ThreatExchangeRow(line: row.line, fields: fields).record
        }
    }
}

/// The fields of ThreatExchange's `threat_updates`: `id`, `type`, `indicator`, `last_updated` (Unix
/// seconds), `should_delete`, `status`. Others are not read.
struct ThreatExchangeRow {
    let line: Int
    let fields: [String: String]

    var record: ListRecord {
        let key = fields["id"].flatMap { $0.isEmpty ? nil : $0 }
        do throws(BadField) {
            return .item(try item(key))
        } catch {
            return .issue(ListIssue(line, error.field, error.wanted, key: key))
        }
    }

    private func item(_ key: String?) throws(BadField) -> ListItem {
        let text = fields["indicator"] ?? ""
        let isRemoved = try isRemoved()
        let algorithm = try algorithm()
        let digest =
            try isRemoved && text.isEmpty
            ? nil : FieldReading.digest(text, algorithm, "indicator")
        guard let name = key ?? digest.map({ "\($0.algorithm)-\($0.bytes.hex)" }) else {
            throw BadField(field: "id", wanted: "an id, or the indicator")
        }
        var item = ListItem(line: line, key: try FieldReading.id(name, "id"), isGroup: false)
        item.isRemoved = isRemoved
        item.digests = digest.map { [$0] } ?? []
        if let text = fields["last_updated"], !text.isEmpty {
            guard let seconds = Int64(text), (1..<100_000_000_000).contains(seconds) else {
                throw BadField(field: "last_updated", wanted: "Unix seconds")
            }
            item.changed = seconds * 1_000
        }
        return item
    }

    private func algorithm() throws(BadField) -> HashAlgorithm {
        switch fields["type"] ?? "" {
        case "HASH_PDQ", "pdq": return .pdq
        case "HASH_MD5", "HASH_VIDEO_MD5", "md5", "video_md5": return .md5
        case "HASH_SHA1", "sha1": return .sha1
        case "HASH_SHA256", "sha256": return .sha256
        default:
            throw BadField(
                field: "type",
                wanted: "HASH_PDQ, HASH_MD5, HASH_VIDEO_MD5, HASH_SHA1 or HASH_SHA256")
        }
    }

    /// What reviewers there found not to be malicious is no entry either.
    private func isRemoved() throws(BadField) -> Bool {
        if let text = fields["should_delete"], !text.isEmpty,
            try FieldReading.flag(text, "should_delete")
        {
            return true
        }
        return fields["status"] == "NON_MALICIOUS"
    }
}
