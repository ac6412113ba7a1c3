/// Splits comma-separated text into rows (RFC 4180: quoted fields may hold commas, doubled quotes
/// and, where the form has them, line ends). A row that is too long, whose quote is not closed in
/// time, or that goes on after a closing quote is one flaw, and the next line is a row again.
struct RowSplitter {
    struct Row {
        var line: Int
        var fields: [[UInt8]]
    }

    /// Lines that are no row.
    struct Flaw {
        var lines: ClosedRange<Int>
        var wanted: String
    }

    /// The most lines of one row.
    private let mostLines: Int
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

    /// - Parameter mostLines: 1 where quoted fields hold no line ends. It bounds what a stray quote
    ///   takes along.
    init(mostLines: Int) { self.mostLines = mostLines }

    mutating func take(_ byte: UInt8, _ row: (Row) throws -> Void, _ flaw: (Flaw) throws -> Void)
        rethrows
    {
        defer { if byte == newline { line += 1 } }
        if isSkipping {
            if byte == newline { reset(at: line + 1) }
            return
        }
        rowBytes += 1
        if rowBytes > ListLimits.entryBytes {
            let wanted = "at most \(ListLimits.entryBytes) bytes with quotes closed"
            return try giveUp(at: byte, wanted, flaw)
        }
        if isQuoted, !sawQuote {
            if byte == quote {
                sawQuote = true
            } else if byte == newline, line - rowLine + 1 >= mostLines {
                try giveUp(at: byte, closingQuote, flaw)
            } else {
                field.append(byte)
            }
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
        default:
            if sawQuote { return try giveUp(at: byte, "a comma after a closing quote", flaw) }
            field.append(byte)
        }
    }

    mutating func finish(_ row: (Row) throws -> Void, _ unclosed: (Flaw) throws -> Void) rethrows {
        if isSkipping { return }
        if isQuoted, !sawQuote {
            return try unclosed(Flaw(lines: rowLine...line, wanted: "a closing quote"))
        }
        try endRow(row)
    }

    private var closingQuote: String {
        mostLines == 1
            ? "a closing quote on the same line" : "a closing quote within \(mostLines) lines"
    }

    /// The rest of the line is passed over.
    private mutating func giveUp(
        at byte: UInt8, _ wanted: String, _ flaw: (Flaw) throws -> Void
    ) rethrows {
        let found = Flaw(lines: rowLine...line, wanted: wanted)
        if byte == newline { reset(at: line + 1) } else { isSkipping = true }
        try flaw(found)
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
