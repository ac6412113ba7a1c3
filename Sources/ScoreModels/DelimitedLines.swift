/// Lines of comma-separated fields (RFC 4180's quotes, one record a line) with their places. Blank
/// lines and lines that start with `#` are skipped.
package struct DelimitedLines {
    package struct Field {
        package var text: String
        package var column: Int
    }

    package struct Row {
        package var line: Int
        package var fields: [Field]
    }

    package let file: String
    package private(set) var rows: [Row] = []

    package init(
        file: String, bytes: [UInt8], maximumBytes: Int, maximumRows: Int
    ) throws(LoadError) {
        self.file = file
        guard bytes.count <= maximumBytes else {
            throw LoadError(
                file: file,
                message: "the file has \(bytes.count) bytes; at most \(maximumBytes) are read")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
        for (index, line) in content.split(
            separator: 0x0A, omittingEmptySubsequences: false
        ).enumerated() {
            let number = index + 1
            guard
                let text = String(
                    validating: line.last == 0x0D ? line.dropLast() : line,
                    as: UTF8.self)
            else {
                throw LoadError(
                    file: file, line: number, column: 1, message: "the line is not UTF-8")
            }
            guard let first = text.unicodeScalars.first(where: { $0 != " " && $0 != "\t" }),
                first != "#"
            else { continue }
            guard rows.count < maximumRows else {
                throw LoadError(
                    file: file, line: number, column: 1,
                    message: "more than \(maximumRows) entries; split the file")
            }
            rows.append(Row(line: number, fields: try fields(of: text, line: number)))
        }
    }

    package func error(_ row: Row, _ field: Field, _ message: String) -> LoadError {
        LoadError(file: file, line: row.line, column: field.column, message: message)
    }

    private func fields(of text: String, line: Int) throws(LoadError) -> [Field] {
        let scalars = Array(text.unicodeScalars)
        var found: [Field] = []
        var at = 0
        while true {
            while at < scalars.count, scalars[at] == " " || scalars[at] == "\t" { at += 1 }
            let column = at + 1
            var field = String.UnicodeScalarView()
            if at < scalars.count, scalars[at] == "\"" {
                try quoted(scalars, &at, &field, line)
            } else {
                while at < scalars.count, scalars[at] != "," {
                    field.append(scalars[at])
                    at += 1
                }
                while let last = field.last, last == " " || last == "\t" { field.removeLast() }
            }
            found.append(Field(text: String(field), column: column))
            if at >= scalars.count { return found }
            at += 1
        }
    }

    /// Leaves `at` on the comma behind the field, or at the end.
    private func quoted(
        _ scalars: [Unicode.Scalar], _ at: inout Int, _ field: inout String.UnicodeScalarView,
        _ line: Int
    ) throws(LoadError) {
        let opening = at + 1
        at += 1
        while true {
            guard at < scalars.count else {
                throw LoadError(
                    file: file, line: line, column: opening,
                    message: "the quote that opens here is never closed; expected \" before the end"
                )
            }
            if scalars[at] == "\"" {
                guard at + 1 < scalars.count, scalars[at + 1] == "\"" else { break }
                at += 1
            }
            field.append(scalars[at])
            at += 1
        }
        at += 1
        while at < scalars.count, scalars[at] == " " || scalars[at] == "\t" { at += 1 }
        guard at >= scalars.count || scalars[at] == "," else {
            throw LoadError(
                file: file, line: line, column: at + 1,
                message: "expected a comma or the end of the line after the closing quote")
        }
    }
}
