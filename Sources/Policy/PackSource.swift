import SafetyModel
import Yams

/// A pack's YAML, and errors that name their place in it. Strict: whatever is not known is an
/// error.
struct PackSource {
    let text: String
    let file: String
    let lines: [String]

    init(text: String, file: String) {
        self.text = text
        self.file = file
        // What ends a line in YAML, so that lines have the numbers of its marks.
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map(String.init)
    }

    /// A key of a mapping, with its value.
    struct Entry {
        var key: String
        var node: Node
        var value: Node

        var mark: Mark? { node.mark }
    }

    private static let maximumShownBytes = 400

    /// Aliases are refused before anything follows them: a few lines of them stand for more than
    /// memory holds.
    private func refuseAliases() throws(PackError) {
        for (index, line) in lines.enumerated() {
            let characters = Array(line)
            // What stands before, white space left out; a product has something there.
            var before: Character?
            for (column, character) in characters.enumerated() {
                let isAfterSpace = column == 0 || characters[column - 1] == " "
                if character == "#", isAfterSpace { break }
                let isName = column + 1 < characters.count && characters[column + 1] != " "
                if character == "*", isName, before.map({ "[{,:-?".contains($0) }) ?? true {
                    throw error(
                        line: index + 1, column: column + 1, "a pack has no aliases; write it out")
                }
                if character != " ", character != "\t" { before = character }
            }
        }
    }

    func compose() throws(PackError) -> Node? {
        guard text.utf8.count <= Pack.maximumBytes else {
            throw error(nil, "the file is larger than \(Pack.maximumBytes) bytes")
        }
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

    /// - Parameters:
    ///   - what: what the mapping is, as an error calls it.
    ///   - keys: all that it may have.
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
            entries.append(Entry(key: key.string, node: keyNode, value: value))
        }
        return entries
    }

    /// A mapping whose keys the pack chooses.
    func named(_ node: Node, _ what: String) throws(PackError) -> [Entry] {
        guard case .mapping(let pairs) = node else {
            throw error(node.mark, "expected \(what)")
        }
        var entries: [Entry] = []
        for (keyNode, value) in pairs {
            guard case .scalar(let key) = keyNode else {
                throw error(keyNode.mark, "expected a name")
            }
            entries.append(Entry(key: key.string, node: keyNode, value: value))
        }
        return entries
    }

    func number(_ node: Node) throws(PackError) -> Double {
        let word = try word(node)
        let isPlain = word.utf8.allSatisfy {
            (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0)
        }
        guard isPlain, let value = Double(word), value.isFinite else {
            throw error(node.mark, "\"\(shown(word))\" is not a number")
        }
        return value
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
                "\"\(shown(word))\" is not a duration; expected a number with s, m, h or d, as 72h")
        }
        return TimeSpan(milliseconds: count * unit)
    }

    func integer(_ node: Node) throws(PackError) -> Int64 {
        let word = try word(node)
        guard let value = Int64(word), value >= 0 else {
            throw error(node.mark, "\"\(shown(word))\" is not a whole number")
        }
        return value
    }

    func flag(_ node: Node) throws(PackError) -> Bool {
        try choice(node, "value", [("true", true), ("false", false)])
    }
}
