import Yams

extension PackSource {
    /// Where a byte of a scalar's content stands in the file: behind its quotes, escapes, folded
    /// lines and indentation.
    func position(of offset: Int, in node: Node) -> (line: Int, column: Int) {
        guard let mark = node.mark, case .scalar(let scalar) = node else { return (1, 1) }
        var (line, column) = (mark.line, mark.column)
        switch scalar.style {
        case .doubleQuoted, .singleQuoted: column += 1
        case .literal, .folded:
            // The mark is at the indicator; the content begins on the next line.
            line += 1
            column = 1
        default: break
        }
        var wanted = Array(scalar.string.prefix(utf8Count: offset + 1))
        guard !wanted.isEmpty else { return (line, column) }
        while line <= lines.count {
            let source = Array(lines[line - 1])
            while column <= source.count {
                let found = source[column - 1]
                if wanted[0] == found || found == "\t" && wanted[0] == " " {
                    if wanted.count == 1 { return (line, column) }
                    wanted.removeFirst()
                    // A quote in single quotes is written twice.
                    if found == "'", scalar.style == .singleQuoted { column += 1 }
                }
                column += 1
            }
            // A line's end is white space in the content, or nothing.
            while wanted.count > 1, wanted[0] == " " || wanted[0] == "\n" { wanted.removeFirst() }
            (line, column) = (line + 1, 1)
        }
        return (mark.line, mark.column)
    }

    /// Reads an expression, with errors at their place in the file.
    func expression<Value>(
        _ node: Node, _ read: (String) throws(ExpressionError) -> Value
    ) throws(PackError) -> Value {
        let text = try word(node)
        do throws(ExpressionError) {
            return try read(text)
        } catch {
            let place = position(of: error.offset, in: node)
            throw self.error(line: place.line, column: place.column, error.message)
        }
    }
}

extension String {
    /// The characters that begin before a byte offset.
    fileprivate func prefix(utf8Count: Int) -> Substring {
        let end = utf8.index(utf8.startIndex, offsetBy: utf8Count, limitedBy: utf8.endIndex)
        return self[..<(end ?? endIndex)]
    }
}
