import Foundation

/// Where text for people goes: colours and a moving line only on a terminal.
package struct Screen: Sendable {
    package enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    let isTerminal: Bool
    private let hasColour: Bool

    /// Standard output. `NO_COLOR` is honoured.
    init() {
        isTerminal = isatty(1) == 1
        let environment = ProcessInfo.processInfo.environment
        hasColour = isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    package init(isTerminal: Bool, hasColour: Bool) {
        self.isTerminal = isTerminal
        self.hasColour = hasColour
    }

    package func paint(_ text: String, _ style: Style?) -> String {
        guard hasColour, let style, !text.isEmpty else { return text }
        return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
    }

    func line(_ text: String = "") { write(text + "\n") }

    /// Replaces the line in hand; on anything but a terminal nothing is shown.
    func progress(_ text: String) {
        if isTerminal { write("\r\u{1b}[2K" + text) }
    }

    private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}

/// Text in columns: the first flush left, all others flush right.
package struct Table {
    package struct Cell {
        var text: String
        var style: Screen.Style?

        package init(_ text: String, _ style: Screen.Style? = nil) {
            self.text = text
            self.style = style
        }
    }

    private var rows: [[Cell]] = []
    private let indent: String

    package init(indent: Int = 2) { self.indent = String(repeating: " ", count: indent) }

    package mutating func add(_ cells: Cell...) { rows.append(cells) }
    package mutating func add(_ cells: [Cell]) { rows.append(cells) }

    package func lines(_ screen: Screen) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].text.count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = indent
            for (column, cell) in row.enumerated() {
                let fill = String(repeating: " ", count: widths[column] - cell.text.count)
                let painted = screen.paint(cell.text, cell.style)
                if column == 0 {
                    line += painted + (row.count > 1 ? fill : "")
                } else {
                    line += "  " + fill + painted
                }
            }
            return line
        }
    }
}

/// A count with thousands apart: `12,345`.
package func grouped(_ count: Int) -> String {
    let digits = Array(String(abs(count)))
    var text = count < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return text
}
