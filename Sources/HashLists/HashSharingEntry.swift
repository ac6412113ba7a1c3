import Foundation
import SafetyModel

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// One entry of a page, read from its element.
struct HashSharingEntry {
    private let line: Int
    private let isDeleted: Bool
    private let values: [String: String]?

    init(_ name: String, _ bytes: [UInt8], line: Int) {
        self.line = line
        isDeleted = name.hasPrefix("deleted")
        values = ElementReader.values(of: bytes)
    }

    var record: ListRecord {
        guard let values else {
            return .issue(ListIssue(line, "entry", "well-formed XML"))
        }
        let member = values["member@id"] ?? ""
        let id = values["id"] ?? ""
        let key = "\(member)/\(id)"
        if member.isEmpty { return .issue(ListIssue(line, "member", "an id attribute")) }
        if id.isEmpty { return .issue(ListIssue(line, "id", "the entry's id")) }
        // Room for "/sha256" after it.
        guard key.utf8.count <= ListLimits.idBytes - 8 else {
            return .issue(ListIssue(line, "id", "a shorter id"))
        }
        do throws(BadField) {
            return .item(try item(values, key: key, member: member))
        } catch {
            return .issue(ListIssue(line, error.field, error.wanted, key: key))
        }
    }

    private func item(
        _ values: [String: String], key: String, member: String
    ) throws(BadField) -> ListItem {
        var item = ListItem(line: line, key: key, isGroup: true)
        item.memberID = member
        item.entryKey = key
        item.isRemoved = isDeleted
        // The entry's own time decides which of two states is the newer, so it must have one.
        item.changed = try FieldReading.time(values["timestamp"] ?? "", "timestamp")
        if isDeleted { return item }
        for algorithm in [HashAlgorithm.sha256, .sha1, .md5, .pdq] {
            let path = "fingerprints/\(algorithm)"
            guard let text = values[path], !text.isEmpty else { continue }
            item.digests.append(try FieldReading.digest(text, algorithm, path))
        }
        return item
    }
}

/// The texts of an element's children and grandchildren by path, `a/b`, and attributes as `a@b`.
private final class ElementReader: NSObject, XMLParserDelegate {
    private var path: [String] = []
    private var values: [String: String] = [:]
    private var text = ""

    static func values(of bytes: [UInt8]) -> [String: String]? {
        // Foundation's parser traps on a name that is not.
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        let reader = ElementReader()
        let parser = XMLParser(data: Data(bytes))
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        return parser.parse() ? reader.values : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        path.append(name)
        text = ""
        guard path.count == 2 else { return }
        for (attribute, value) in attributes { values["\(name)@\(attribute)"] = value }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        text += String(decoding: block, as: UTF8.self)
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        if (2...3).contains(path.count) {
            let name = path.dropFirst().joined(separator: "/")
            values[name] = text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        path.removeLast()
        text = ""
    }
}
