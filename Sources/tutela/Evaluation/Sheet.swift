/// A table with a heading, for a terminal or as Markdown.
struct Sheet {
    struct Row {
        var cells: [String]
        var style: Screen.Style?

        init(_ cells: [String], _ style: Screen.Style? = nil) {
            self.cells = cells
            self.style = style
        }
    }

    var title: String
    var about: String
    var header: [String]
    var rows: [Row] = []

    func lines(_ screen: Screen) -> [String] {
        var table = Table()
        table.add(header.map { Table.Cell($0, .dim) })
        for row in rows { table.add(row.cells.map { Table.Cell($0, row.style) }) }
        let body = rows.isEmpty ? [screen.paint("  none", .dim)] : table.lines(screen)
        return ["", screen.paint(title, .bold), screen.paint("  \(about)", .dim)] + body
    }

    /// - Parameter level: of the heading.
    func markdown(level: Int) -> String {
        var text = String(repeating: "#", count: level) + " \(title)\n\n\(about)\n\n"
        guard !rows.isEmpty else { return text + "None.\n\n" }
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        text += line(header)
        text += line(header.indices.map { $0 == 0 ? "---" : "---:" })
        for row in rows { text += line(row.cells) }
        return text + "\n"
    }
}
