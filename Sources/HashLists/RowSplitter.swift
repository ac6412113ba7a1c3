/// Splits comma-separated text into rows (RFC 4180: quoted fields may hold commas, line ends and
/// doubled quotes). A row that is too long, or whose quote is never closed, is one issue, and the
/// next line is a row again.
struct RowSplitter {
    struct Row {
        var line: Int
        var fields: [[UInt8]]
    }

    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var line = 1
    private var rowLine = 1
    private var rowBytes = 0
    private var isQuoted = false
    /// A quote inside a quoted field: the end, or the first of two.
    private var sawQuote = false
    /// Dropping the rest of a line.
    private var isSkipping = false

    mutating func take(_ byte: UInt8, _ row: (Row) throws -> Void, _ tooLong: (Int) throws -> Void)
        rethrows
    {
        defer { if byte == newline { line += 1 } }
        if isSkipping {
            if byte == newline { reset(at: line + 1) }
            return
        }
        rowBytes += 1
        if rowBytes > ListLimits.entryBytes {
            try tooLong(rowLine)
            if byte == newline { reset(at: line + 1) } else { isSkipping = true }
            return
        }
        if isQuoted, !sawQuote {
            if byte == quote { sawQuote = true } else { field.append(byte) }
            return
        }
        switch byte {
        case quote where sawQuote:
            field.append(quote)
            sawQuote = false
        case quote where field.isEmpty && !isQuoted: isQuoted = true
        case UInt8(ascii: ","): endField()
        case UInt8(ascii: "\r"): break
        case newline: try endRow(row)
        default: field.append(byte)
        }
    }

    mutating func finish(_ row: (Row) throws -> Void, _ unclosed: (Int) throws -> Void) rethrows {
        if isSkipping { return }
        if isQuoted, !sawQuote { return try unclosed(rowLine) }
        try endRow(row)
    }

    private mutating func endField() {
        fields.append(field)
        field = []
        isQuoted = false
        sawQuote = false
    }

    private mutating func endRow(_ row: (Row) throws -> Void) rethrows {
        let isEmpty = fields.isEmpty && field.isEmpty && !isQuoted
        endField()
        let done = Row(line: rowLine, fields: fields)
        reset(at: line + 1)
        if !isEmpty { try row(done) }
    }

    private mutating func reset(at next: Int) {
        fields = []
        field = []
        rowBytes = 0
        rowLine = next
        isQuoted = false
        sawQuote = false
        isSkipping = false
    }
}

private let newline = UInt8(ascii: "\n")
private let quote = UInt8(ascii: "\"")
