import SafetyModel
import Yams

extension Pack {
    /// The text with each feature and condition in its fixed form, and without white space at the ends
    /// of lines: on one line where it fits into 100 columns, else broken before `where`, `and`, `or`
    /// and the like, with the lines that follow indented by two. Quotes go where YAML needs none.
    /// Comments, order and everything else stay as they are; so does the digest.
    /// - Throws: the first mistake; a wrong pack is not formatted.
    public static func formatted(
        yaml: String, file: String, models: PackModels = PackModels()
    ) throws(PackError) -> String {
        var reader = PackReader(text: yaml, file: file, models: models)
        let document = try reader.read()
        if let first = reader.errors.first { throw first }
        let text = try PackFormatter(source: reader.source, document: document).formatted()
        var again = PackReader(text: text, file: file, models: models)
        guard let found = try? again.read(), again.errors.isEmpty,
            found.normalForm == document.normalForm
        else {
            throw reader.source.error(
                nil, "the pack is right, but cannot be formatted without changing what it means")
        }
        return text
    }
}

private struct PackFormatter {
    let source: PackSource
    let document: PackDocument

    func formatted() throws(PackError) -> String {
        var lines = source.lines
        // From the last to the first, so that places before them stay right.
        for edit in try edits().sorted(by: { $0.region.start > $1.region.start }) {
            let (start, end) = (edit.region.start, edit.region.end)
            let head = lines[start.line - 1].unicodeScalars.prefix(start.column - 1)
            let tail = lines[end.line - 1].unicodeScalars.dropFirst(end.column - 1)
            var new = edit.new
            new[0] = String(head) + new[0]
            new[new.count - 1] += edit.region.comment + String(tail)
            lines.replaceSubrange(start.line - 1..<end.line, with: new)
        }
        for index in lines.indices {
            while lines[index].last == " " || lines[index].last == "\t" {
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
        var region: ScalarRegion
        var new: [String]
    }

    private func edits() throws(PackError) -> [Edit] {
        guard let root = try source.compose(), case .mapping(let pack) = root else { return [] }
        var edits: [Edit] = []
        let normal = document.normal
        for (section, features) in pack["features"]?.mapping ?? [:] {
            let kinds = Vocabulary.sections.first { $0.0 == section.string }?.1 ?? []
            for (name, node) in features.mapping ?? [:] {
                let definition = document.features.first {
                    $0.name == name.string && kinds.contains($0.kind)
                }
                guard let text = definition.map({ normal.text($0.typed) }) else { continue }
                if let edit = edit(node, of: name, in: features, text) { edits.append(edit) }
            }
        }
        for (node, rule) in zip(pack["rules"]?.sequence ?? [], document.rules) {
            guard let condition = rule.conditions.compactMap({ $0 }).first else { continue }
            for (key, value) in node.mapping ?? [:] where key.string == "when" {
                let text = normal.text(condition)
                if let edit = edit(value, of: key, in: node, text) { edits.append(edit) }
            }
        }
        return edits
    }

    private func edit(_ node: Node, of key: Node, in parent: Node, _ text: String) -> Edit? {
        guard let column = key.mark?.column,
            let region = source.region(of: node, under: column)
        else { return nil }
        // What Yams says of a mapping's style is not what stands there.
        let isFlow = parent.mark.map { source.scalars($0.line, from: $0.column).first == "{" }
        guard let scalar = PlainScalar.text(text, isFlow: isFlow ?? true) else { return nil }
        let layout = ExpressionLayout(column: region.start.column, indent: column + 1)
        return Edit(region: region, new: layout.lines(scalar))
    }
}
