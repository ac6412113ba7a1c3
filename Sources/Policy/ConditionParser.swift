/// A word of a condition.
struct Token: Equatable {
    enum Kind: Equatable { case name, number, text, symbol }

    var kind: Kind
    var text: String
    /// Bytes from the condition's start.
    var offset: Int
}

/// A condition that does not read.
struct ConditionError: Error {
    var offset: Int
    var message: String
}

/// condition = term { "and" term };
/// term = [ "not" ] name | name operator literal | name "in" "[" literal { "," literal } "]".
struct ConditionParser {
    private let bytes: [UInt8]
    private var position = 0
    private var token: Token?

    init(text: String) { bytes = Array(text.utf8) }

    mutating func parse() throws(ConditionError) -> [Term] {
        try advance()
        var terms = [try term()]
        while let next = token {
            guard next.text == "and", next.kind == .name else {
                throw unexpected("\"and\" or the end of the condition")
            }
            try advance()
            terms.append(try term())
        }
        return terms
    }

    private mutating func term() throws(ConditionError) -> Term {
        if token?.text == "not" {
            try advance()
            return Term(name: try take(.name, "a name"), operation: .isTrue(false))
        }
        let name = try take(.name, "a name")
        guard let next = token else { return Term(name: name, operation: .isTrue(true)) }
        if next.text == "in", next.kind == .name {
            try advance()
            return Term(name: name, operation: .isIn, literals: try list())
        }
        guard next.kind == .symbol, let comparison = Comparison(rawValue: next.text) else {
            if next.text == "=" {
                throw ConditionError(offset: next.offset, message: "write == to compare")
            }
            return Term(name: name, operation: .isTrue(true))
        }
        try advance()
        return Term(name: name, operation: .compare(comparison), literals: [try literal()])
    }

    private mutating func list() throws(ConditionError) -> [Token] {
        try expect("[")
        var literals = [try literal()]
        while token?.text == "," {
            try advance()
            literals.append(try literal())
        }
        try expect("]")
        return literals
    }

    private mutating func literal() throws(ConditionError) -> Token {
        guard let next = token, next.kind != .symbol else { throw unexpected("a value") }
        try advance()
        return next
    }

    private mutating func take(_ kind: Token.Kind, _ what: String) throws(ConditionError) -> Token {
        guard let next = token, next.kind == kind, !["and", "in", "not"].contains(next.text) else {
            throw unexpected(what)
        }
        try advance()
        return next
    }

    private mutating func expect(_ symbol: String) throws(ConditionError) {
        guard token?.text == symbol, token?.kind == .symbol else {
            throw unexpected("\"\(symbol)\"")
        }
        try advance()
    }

    private func unexpected(_ expected: String) -> ConditionError {
        guard let token else {
            return ConditionError(
                offset: max(bytes.count - 1, 0),
                message: "expected \(expected), but the condition ends")
        }
        return ConditionError(
            offset: token.offset, message: "expected \(expected), found \"\(token.text)\"")
    }

    private mutating func advance() throws(ConditionError) {
        while position < bytes.count, [0x20, 0x0a, 0x09, 0x0d].contains(bytes[position]) {
            position += 1
        }
        guard position < bytes.count else {
            token = nil
            return
        }
        let start = position
        let first = bytes[start]
        if first == 0x22 {
            token = try quotedText(from: start)
        } else if isDigit(first) || first == 0x2d {
            token = span(.number, from: start) { isDigit($0) || $0 == 0x2e || isLetter($0) }
        } else if isLetter(first) {
            token = span(.name, from: start) {
                isLetter($0) || isDigit($0) || $0 == 0x2e || $0 == 0x2d
            }
        } else {
            token = try symbol(from: start)
        }
    }

    private mutating func span(
        _ kind: Token.Kind, from start: Int, _ belongs: (UInt8) -> Bool
    ) -> Token {
        position = start + 1
        while position < bytes.count, belongs(bytes[position]) { position += 1 }
        return Token(kind: kind, text: text(start, position), offset: start)
    }

    private mutating func quotedText(from start: Int) throws(ConditionError) -> Token {
        guard let end = bytes[(start + 1)...].firstIndex(of: 0x22) else {
            throw ConditionError(offset: start, message: "the text has no closing \"")
        }
        if let control = bytes[start...end].firstIndex(where: { $0 < 0x20 }) {
            throw ConditionError(offset: control, message: "a text stands on one line")
        }
        position = end + 1
        return Token(kind: .text, text: text(start + 1, end), offset: start)
    }

    private mutating func symbol(from start: Int) throws(ConditionError) -> Token {
        let two = text(start, min(start + 2, bytes.count))
        let one = String(text(start, bytes.count).prefix(1))
        for symbol in [two, one] where Comparison(rawValue: symbol) != nil {
            position = start + symbol.utf8.count
            return Token(kind: .symbol, text: symbol, offset: start)
        }
        guard ["[", "]", ",", "="].contains(one) else {
            throw ConditionError(offset: start, message: "a condition has no \"\(one)\"")
        }
        position = start + 1
        return Token(kind: .symbol, text: one, offset: start)
    }

    private func text(_ from: Int, _ to: Int) -> String {
        String(decoding: bytes[from..<to], as: UTF8.self)
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || byte == 0x5f
}
