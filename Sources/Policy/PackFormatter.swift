import SafetyModel
import Yams

extension Pack {
    /// The text with each expression that stands on one line in its fixed form, and without white
    /// space at the ends of lines. Comments, order and everything else stay as they are.
    /// - Throws: the first mistake; a wrong pack is not formatted.
    public static func formatted(
        yaml: String, file: String, models: PackModels = PackModels()
    ) throws(PackError) -> String {
        var reader = PackReader(text: yaml, file: file, models: models)
        let document = try reader.read()
        if let first = reader.errors.first { throw first }
        return try PackFormatter(source: reader.source, document: document).formatted()
    }
}

private struct PackFormatter {
    let source: PackSource
    let document: PackDocument

    func formatted() throws(PackError) -> String {
        var lines = source.lines
        // From the last to the first, so that columns before them stay right.
        let edits = try edits().sorted { ($0.line, $0.column) > ($1.line, $1.column) }
        for edit in edits {
            let line = Array(lines[edit.line - 1])
            let start = edit.column - 1
            guard start + edit.old.count <= line.count,
                String(line[start..<start + edit.old.count]) == edit.old
            else { continue }
            lines[edit.line - 1] =
                String(line[..<start]) + edit.new + String(line[(start + edit.old.count)...])
        }
        for index in lines.indices {
            while lines[index].last == " " || lines[index].last == "\t" || lines[index].last == "\r"
            {
                lines[index].removeLast()
            }
        }
        while lines.count > 1, lines[lines.count - 1].isEmpty, lines[lines.count - 2].isEmpty {
            lines.removeLast()
        }
        if lines.last?.isEmpty == false { lines.append("") }
        return lines.joined(separator: "\n")
    }

    private struct Edit {
        var line: Int
        var column: Int
        var old: String
        var new: String
    }

    private func edits() throws(PackError) -> [Edit] {
        guard let root = try source.compose(), case .mapping(let pack) = root else { return [] }
        var edits: [Edit] = []
        let normal = document.normal
        for (section, features) in pack["features"]?.mapping ?? [:] {
            for (name, node) in features.mapping ?? [:] {
                let kinds = Vocabulary.sections.first { $0.0 == section.string }?.1 ?? []
                let definition = document.features.first {
                    $0.name == name.string && kinds.contains($0.kind)
                }
                add(node, definition.map { normal.text($0.typed) }, &edits)
            }
        }
        for (node, rule) in zip(pack["rules"]?.sequence ?? [], document.rules) {
            let condition = rule.conditions.compactMap { $0 }.first
            if let when = node["when"] { add(when, condition.map { normal.text($0) }, &edits) }
        }
        return edits
    }

    private func add(_ node: Node, _ text: String?, _ edits: inout [Edit]) {
        guard let text, case .scalar(let scalar) = node, let mark = scalar.mark,
            scalar.style == .plain, scalar.string != text,
            !text.contains(": "), !text.contains(" #"), text.first != "\""
        else { return }
        edits.append(
            Edit(line: mark.line, column: mark.column, old: scalar.string, new: text))
    }
}
