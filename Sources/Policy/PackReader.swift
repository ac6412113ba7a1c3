import SafetyModel
import Yams

/// A pack as it was read: compiled rules and their text in normal form.
struct PackDocument {
    var name: String
    var rules: [(rule: Rule, normalForm: String)]

    var normalForm: String {
        "pack: \(quoted(name))\nrules:\n" + rules.map(\.normalForm).joined()
    }
}

/// In single quotes, as YAML escapes them.
func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "''" : String($0) }.joined() + "'"
}

/// Reads a pack's YAML. Strict: whatever it does not know is an error with its place.
struct PackReader {
    let text: String
    let file: String
    private let lines: [String]

    init(text: String, file: String) {
        self.text = text
        self.file = file
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// A key of a mapping, with its value.
    struct Entry {
        var key: String
        var mark: Mark?
        var value: Node
    }

    func read() throws(PackError) -> PackDocument {
        guard text.utf8.count <= Pack.maximumBytes else {
            throw error(nil, "the pack is larger than \(Pack.maximumBytes) bytes")
        }
        guard let root = try compose() else {
            throw error(nil, "the pack is empty; expected the keys pack and rules")
        }
        let entries = try mapping(root, "a pack", keys: Vocabulary.packKeys)
        let nameNode = try required("pack", in: entries, of: "a pack", root)
        let name = try word(nameNode)
        guard name.utf8.count <= 64, name.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw error(nameNode.mark, "a pack's name is one line of at most 64 bytes")
        }
        let list = try required("rules", in: entries, of: "a pack", root)
        let nodes = try sequence(list, "rules")
        guard nodes.count <= Pack.maximumRules else {
            throw error(list.mark, "a pack has at most \(Pack.maximumRules) rules")
        }
        var document = PackDocument(name: name, rules: [])
        for node in nodes {
            let read = try RuleReader(reader: self, node: node).read()
            guard !document.rules.contains(where: { $0.rule.id == read.rule.id }) else {
                throw error(node.mark, "a rule with the id \"\(read.rule.id)\" is there already")
            }
            document.rules.append(read)
        }
        return document
    }

    private static let maximumShownBytes = 400

    /// Aliases are refused before anything follows them: a few lines of them stand for more than
    /// memory holds.
    private func refuseAliases() throws(PackError) {
        for (index, line) in lines.enumerated() {
            var before: Character = " "
            for (column, character) in line.enumerated() {
                let startsWord = before == " " || "[{,:-?".contains(before)
                if character == "#", before == " " { break }
                if character == "*", startsWord {
                    throw error(
                        line: index + 1, column: column + 1, "a pack has no aliases; write it out")
                }
                before = character == "\t" ? " " : character
            }
        }
    }

    private func compose() throws(PackError) -> Node? {
        try refuseAliases()
        do {
            return try Yams.compose(yaml: text)
        } catch let yaml as YamlError {
            throw error(from: yaml)
        } catch {
            throw self.error(nil, "not YAML")
        }
    }

    private func error(from yaml: YamlError) -> PackError {
        switch yaml {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            error(mark, "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            error(context.mark, "the key \"\(names.first ?? "")\" is there twice")
        case .reader(let problem, _, _, _):
            error(nil, "not YAML: \(problem)")
        default:
            error(nil, "not YAML")
        }
    }

    func error(_ mark: Mark?, _ message: String) -> PackError {
        error(line: mark?.line ?? 1, column: mark?.column ?? 1, message)
    }

    func error(line: Int, column: Int, _ message: String) -> PackError {
        let source = lines.indices.contains(line - 1) ? lines[line - 1] : ""
        let isShown = source.utf8.count <= Self.maximumShownBytes
        return PackError(
            file: file, line: line, column: column, message: message,
            source: isShown ? source : "")
    }

    /// An unknown name, with the nearest known one, or with all of a few.
    func unknown(_ what: String, _ name: String, _ known: [String]) -> String {
        guard name.utf8.count <= maximumNameBytes else { return "unknown \(what)" }
        if let near = nearest(name, among: known) {
            return "unknown \(what) \"\(name)\"; did you mean \"\(near)\"?"
        }
        guard known.count <= 20 else { return "unknown \(what) \"\(name)\"" }
        return "unknown \(what) \"\(name)\"; expected one of \(known.joined(separator: ", "))"
    }

    func mapping(_ node: Node, _ what: String, keys: [String]) throws(PackError) -> [Entry] {
        guard case .mapping(let pairs) = node else {
            throw error(
                node.mark, "expected \(what) with the keys \(keys.joined(separator: ", "))")
        }
        var entries: [Entry] = []
        for (keyNode, value) in pairs {
            guard case .scalar(let key) = keyNode, keys.contains(key.string) else {
                let name = keyNode.scalar?.string ?? "?"
                throw error(keyNode.mark, unknown("key", name, keys))
            }
            entries.append(Entry(key: key.string, mark: keyNode.mark, value: value))
        }
        return entries
    }

    func required(
        _ key: String, in entries: [Entry], of what: String, _ node: Node
    ) throws(PackError) -> Node {
        guard let entry = entries.first(where: { $0.key == key }) else {
            throw error(node.mark, "\(what) needs the key \"\(key)\"")
        }
        return entry.value
    }

    func sequence(_ node: Node, _ what: String) throws(PackError) -> [Node] {
        guard case .sequence(let nodes) = node else {
            throw error(node.mark, "expected a list of \(what)")
        }
        return Array(nodes)
    }

    func word(_ node: Node) throws(PackError) -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            throw error(node.mark, "expected a word")
        }
        return scalar.string
    }

    /// One of a closed set of names.
    func choice<Value>(
        _ node: Node, _ what: String, _ known: [(String, Value)]
    ) throws(PackError) -> Value {
        let name = try word(node)
        guard let found = known.first(where: { $0.0 == name }) else {
            throw error(node.mark, unknown(what, name, known.map(\.0)))
        }
        return found.1
    }

    /// A whole number with a unit, such as `72h`.
    func duration(_ node: Node) throws(PackError) -> TimeSpan {
        let word = try word(node)
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let last = word.last, let unit = units[last], let count = Int64(word.dropLast()),
            count >= 0, count <= 36_500
        else {
            throw error(
                node.mark,
                "\"\(word)\" is not a duration; expected a number with s, m, h or d, as 72h")
        }
        return TimeSpan(milliseconds: count * unit)
    }

    func integer(_ node: Node) throws(PackError) -> Int64 {
        let word = try word(node)
        guard let value = Int64(word), value >= 0 else {
            throw error(node.mark, "\"\(word)\" is not a whole number")
        }
        return value
    }

    func flag(_ node: Node) throws(PackError) -> Bool {
        try choice(node, "value", [("true", true), ("false", false)])
    }

    /// Where a byte of a scalar's content stands in the file.
    func position(of offset: Int, in node: Node) -> (line: Int, column: Int) {
        guard let mark = node.mark, let content = node.scalar?.string else { return (1, 1) }
        var (line, column) = (mark.line, mark.column)
        var wanted = Array(content.prefix(utf8Count: offset + 1))
        while line <= lines.count {
            let source = Array(lines[line - 1])
            while column <= source.count {
                // Quotes, block marks and folded white space are not in the content.
                if let next = wanted.first, source[column - 1] == next {
                    if wanted.count == 1 { return (line, column) }
                    wanted.removeFirst()
                }
                column += 1
            }
            if wanted.count > 1, wanted.first == " " || wanted.first == "\n" {
                wanted.removeFirst()
            }
            (line, column) = (line + 1, 1)
        }
        return (mark.line, mark.column)
    }
}

extension String {
    /// The characters that begin before a byte offset.
    fileprivate func prefix(utf8Count: Int) -> Substring {
        let end = utf8.index(utf8.startIndex, offsetBy: utf8Count, limitedBy: utf8.endIndex)
        return self[..<(end ?? endIndex)]
    }
}
