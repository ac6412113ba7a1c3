/// A word of an expression.
struct Token: Equatable {
    enum Kind: Equatable { case name, number, duration, text, symbol, end }

    var kind: Kind
    /// As it is written; of a text, what stands between the quotes.
    var text: String
    /// Bytes from the expression's start.
    var offset: Int
    /// Of a number; of a duration, milliseconds.
    var value = 0.0
}

/// An expression that does not read, or does not fit.
struct ExpressionError: Error {
    /// Bytes from the expression's start.
    var offset: Int
    var message: String
}

/// Splits an expression into words.
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0

    /// The most words of an expression (I11).
    static let maximumTokens = 512

    static let units: [(String, Int64)] = [
        ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    private static let symbols = [
        "==", "!=", ">=", "<=", ">", "<", "+", "-", "*", "/", "(", ")", "[", "]", ",", "=",
    ]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// All words, and one that stands for the end.
    static func tokens(_ text: String) throws(ExpressionError) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
            guard tokens.count <= maximumTokens else {
                throw ExpressionError(
                    offset: token.offset,
                    message: "an expression has at most \(maximumTokens) words; define features")
            }
        }
    }

    private mutating func next() throws(ExpressionError) -> Token {
        while position < bytes.count, [0x20, 0x0a, 0x09, 0x0d].contains(bytes[position]) {
            position += 1
        }
        let start = position
        guard start < bytes.count else { return Token(kind: .end, text: "", offset: start) }
        let first = bytes[start]
        if first == 0x22 { return try quoted(from: start) }
        if isDigit(first) { return try number(from: start) }
        if isLetter(first) { return name(from: start) }
        for symbol in Self.symbols where bytes[start...].starts(with: symbol.utf8) {
            position += symbol.utf8.count
            return Token(kind: .symbol, text: symbol, offset: start)
        }
        let shown = text(start, bytes.count).prefix(1)
        throw ExpressionError(offset: start, message: "an expression has no \"\(shown)\"")
    }

    private mutating func name(from start: Int) -> Token {
        skip { isLetter($0) || isDigit($0) || $0 == 0x2e }
        // The one word with a hyphen.
        if text(start, position) == "half", bytes[position...].starts(with: "-life".utf8) {
            position += 5
        }
        return Token(kind: .name, text: text(start, position), offset: start)
    }

    private mutating func number(from start: Int) throws(ExpressionError) -> Token {
        skip { isDigit($0) || $0 == 0x2e }
        skipExponent()
        let end = position
        skip { isLetter($0) || isDigit($0) || $0 == 0x2e }
        let word = text(start, position)
        guard let value = Double(text(start, end)), value.isFinite else {
            throw ExpressionError(offset: start, message: "\"\(shown(word))\" is no number")
        }
        guard end < position else {
            return Token(kind: .number, text: word, offset: start, value: value)
        }
        let suffix = text(end, position)
        guard let unit = Self.units.first(where: { $0.0 == suffix })?.1,
            let count = Int64(text(start, end)), count <= 36_500
        else {
            throw ExpressionError(
                offset: start,
                message: "\"\(shown(word))\" is no duration; "
                    + "expected a whole number with s, m, h or d, as 24h")
        }
        return Token(kind: .duration, text: word, offset: start, value: Double(count * unit))
    }

    /// As in 1e-05.
    private mutating func skipExponent() {
        guard position + 1 < bytes.count, bytes[position] == 0x65 else { return }
        let sign = bytes[position + 1] == 0x2d || bytes[position + 1] == 0x2b ? 1 : 0
        guard position + 1 + sign < bytes.count, isDigit(bytes[position + 1 + sign]) else { return }
        position += 1 + sign
        skip(isDigit)
    }

    private mutating func quoted(from start: Int) throws(ExpressionError) -> Token {
        guard let end = bytes[(start + 1)...].firstIndex(of: 0x22) else {
            throw ExpressionError(offset: start, message: "the text has no closing \"")
        }
        if let control = bytes[start...end].firstIndex(where: { $0 < 0x20 }) {
            throw ExpressionError(offset: control, message: "a text stands on one line")
        }
        position = end + 1
        return Token(kind: .text, text: text(start + 1, end), offset: start)
    }

    private mutating func skip(_ belongs: (UInt8) -> Bool) {
        while position < bytes.count, belongs(bytes[position]) { position += 1 }
    }

    private func text(_ from: Int, _ to: Int) -> String {
        String(decoding: bytes[from..<to], as: UTF8.self)
    }
}

/// A word as an error shows it: long ones are cut.
func shown(_ word: String) -> String {
    word.utf8.count <= maximumNameBytes ? word : "\(word.prefix(24))…"
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || byte == 0x5f
}
