import HashLists
import SafetyModel

/// Digests are made up: one byte again and again.
func digits(_ byte: UInt8, _ count: Int) -> String {
    Array(repeating: byte, count: count).hex
}

struct Parsed: Equatable {
    var items: [ListItem] = []
    var issues: [String] = []
    var endsFile = false
}

/// Parses a text in parts of `step` bytes.
func parse(_ format: ListFormat, _ text: String, step: Int = .max) throws -> Parsed {
    try parse(format, Array(text.utf8), step: step)
}

func parse(_ format: ListFormat, _ bytes: [UInt8], step: Int = .max) throws -> Parsed {
    var parser = format.parser()
    var parsed = Parsed()
    func add(_ record: ListRecord) {
        switch record {
        case .item(let item): parsed.items.append(item)
        case .issue(let issue):
            parsed.issues.append("\(issue)")
            parsed.endsFile = parsed.endsFile || issue.endsFile
        }
    }
    var rest = bytes[...]
    while !rest.isEmpty {
        let part = rest.prefix(step)
        rest = rest.dropFirst(part.count)
        try parser.feed(Array(part), add)
    }
    try parser.finish(add)
    return parsed
}

/// Takes all records of a list into an import.
@discardableResult
func take(
    _ format: ListFormat, _ text: String, into list: inout ListImport
) throws -> (changes: [EntryChange], issues: [String]) {
    var parser = format.parser()
    var (changes, issues): ([EntryChange], [String]) = ([], [])
    func add(_ record: ListRecord) {
        let found = list.take(record)
        changes += found.changes
        if let issue = found.issue { issues.append("\(issue)") }
    }
    try parser.feed(Array(text.utf8), add)
    try parser.finish(add)
    return (changes, issues)
}

extension EntryChange {
    /// Such as `add 1/a/md5`.
    var line: String {
        let verb =
            switch entry.operation {
            case .add: "add"
            case .change: "change"
            case .remove: "remove"
            }
        return "\(verb) \(entry.entry)"
    }
}

/// One `image` of a page.
func image(_ id: String, at time: String, md5: UInt8? = nil, pdq: UInt8? = nil) -> String {
    let md5 = md5.map { "<md5>\(digits($0, 16))</md5>" } ?? ""
    let pdq = pdq.map { "<pdq>\(digits($0, 32))</pdq>" } ?? ""
    return """
        <image><member id="7">Invented Member</member><timestamp>\(time)</timestamp>
        <id>\(id)</id><classification>A1</classification>
        <fingerprints>\(md5)\(pdq)<pdna>0011</pdna></fingerprints></image>
        """
}

func deleted(_ id: String, at time: String) -> String {
    """
    <deletedImage><member id="7">Invented Member</member><id>\(id)</id>
    <timestamp>\(time)</timestamp></deletedImage>
    """
}

func page(_ entries: String...) -> String {
    """
    <?xml version="1.0" encoding="UTF-8" standalone="yes"?>
    <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">
    <images count="\(entries.count)" maxTimestamp="2026-02-01T00:00:00Z">
    \(entries.joined(separator: "\n"))
    </images>
    </queryResult>
    """
}
