/// or = and { "or" and }; and = not { "and" not }; not = "not" not | comparison;
/// comparison = sum [ operator sum | "in" list ]; sum = product { ("+" | "-") product };
/// product = unary { ("*" | "/") unary }; unary = "-" unary | primary;
/// primary = number | duration | text | name | name "(" ... ")" | aggregate | "(" or ")".
struct Parser {
    private let tokens: [Token]
    private var at = 0
    private var depth = 0

    /// How deep parentheses and signs may nest (I11).
    static let maximumDepth = 48

    static let keywords = ["and", "or", "not", "in", "where", "over", "half-life", "true", "false"]

    static func parse(_ text: String) throws(ExpressionError) -> Syntax {
        var parser = Parser(tokens: try Lexer.tokens(text))
        let syntax = try parser.disjunction()
        guard parser.token.kind == .end else {
            throw parser.unexpected("an operator, \"and\", \"or\" or the end")
        }
        return syntax
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    private var token: Token { tokens[at] }

    private func isWord(_ word: String) -> Bool { token.kind == .name && token.text == word }
    private func isSymbol(_ text: String) -> Bool { token.kind == .symbol && token.text == text }

    private mutating func take() -> Token {
        defer { if at + 1 < tokens.count { at += 1 } }
        return token
    }

    private mutating func disjunction() throws(ExpressionError) -> Syntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw ExpressionError(
                offset: token.offset,
                message: "the expression nests deeper than \(Self.maximumDepth)")
        }
        var left = try conjunction()
        while isWord("or") {
            let offset = take().offset
            left = Syntax(form: .logic(isAnd: false, left, try conjunction()), offset: offset)
        }
        return left
    }

    private mutating func conjunction() throws(ExpressionError) -> Syntax {
        var left = try negation()
        while isWord("and") {
            let offset = take().offset
            left = Syntax(form: .logic(isAnd: true, left, try negation()), offset: offset)
        }
        return left
    }

    private mutating func negation() throws(ExpressionError) -> Syntax {
        guard isWord("not") else { return try comparison() }
        return try nested { parser, offset throws(ExpressionError) in
            Syntax(form: .not(try parser.negation()), offset: offset)
        }
    }

    /// Takes a word that stands before what it is about.
    private mutating func nested(
        _ read: (inout Parser, Int) throws(ExpressionError) -> Syntax
    ) throws(ExpressionError) -> Syntax {
        let offset = take().offset
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw ExpressionError(
                offset: offset, message: "the expression nests deeper than \(Self.maximumDepth)")
        }
        return try read(&self, offset)
    }

    private mutating func comparison() throws(ExpressionError) -> Syntax {
        let left = try sum()
        if isWord("in") {
            let offset = take().offset
            return Syntax(form: .isIn(left, try list()), offset: offset)
        }
        if isSymbol("=") {
            throw ExpressionError(offset: token.offset, message: "write == to compare")
        }
        guard token.kind == .symbol, let comparison = Comparison(rawValue: token.text) else {
            return left
        }
        let offset = take().offset
        let result = Syntax(form: .compare(comparison, left, try sum()), offset: offset)
        if token.kind == .symbol, Comparison(rawValue: token.text) != nil {
            throw ExpressionError(
                offset: token.offset, message: "a comparison has two sides; join two with \"and\"")
        }
        return result
    }

    private mutating func list() throws(ExpressionError) -> [Syntax] {
        try expect("[", "a list, as [a, b]")
        var items = [try sum()]
        while isSymbol(",") {
            _ = take()
            items.append(try sum())
        }
        try expect("]", "\",\" or \"]\"")
        return items
    }

    private mutating func sum() throws(ExpressionError) -> Syntax {
        var left = try product()
        while isSymbol("+") || isSymbol("-") {
            let sign = take()
            let operation: Arithmetic = sign.text == "+" ? .add : .subtract
            left = Syntax(
                form: .arithmetic(operation, left, try product()), offset: sign.offset)
        }
        return left
    }

    private mutating func product() throws(ExpressionError) -> Syntax {
        var left = try unary()
        while isSymbol("*") || isSymbol("/") {
            let sign = take()
            let operation: Arithmetic = sign.text == "*" ? .multiply : .divide
            left = Syntax(form: .arithmetic(operation, left, try unary()), offset: sign.offset)
        }
        return left
    }

    private mutating func unary() throws(ExpressionError) -> Syntax {
        guard isSymbol("-") else { return try primary() }
        return try nested { parser, offset throws(ExpressionError) in
            Syntax(form: .negate(try parser.unary()), offset: offset)
        }
    }

    private mutating func primary() throws(ExpressionError) -> Syntax {
        let first = token
        switch first.kind {
        case .number:
            _ = take()
            return Syntax(form: .number(first.value), offset: first.offset)
        case .duration:
            _ = take()
            return Syntax(form: .duration(first.value), offset: first.offset)
        case .text:
            _ = take()
            return Syntax(form: .text(first.text), offset: first.offset)
        case .symbol where first.text == "(":
            _ = take()
            let inner = try disjunction()
            try expect(")", "\")\"")
            return inner
        case .name
        where !Self.keywords.contains(first.text) || ["true", "false"].contains(first.text):
            _ = take()
            guard isSymbol("(") else {
                return Syntax(form: .name(first.text), offset: first.offset)
            }
            if let function = AggregateFunction(rawValue: first.text) {
                return Syntax(form: .aggregate(try aggregate(function)), offset: first.offset)
            }
            return Syntax(form: .call(first.text, try arguments()), offset: first.offset)
        default: throw unexpected("a value")
        }
    }

    private mutating func arguments() throws(ExpressionError) -> [Syntax] {
        _ = take()
        var items = [try disjunction()]
        while isSymbol(",") {
            _ = take()
            items.append(try disjunction())
        }
        try expect(")", "\",\" or \")\"")
        return items
    }

    private mutating func aggregate(
        _ function: AggregateFunction
    ) throws(ExpressionError) -> AggregateSyntax {
        _ = take()
        var result = AggregateSyntax(function: function, subjects: [])
        if isSymbol("[") {
            repeat {
                _ = take()
                result.subjects.append(try word("a kind of signal"))
            } while isSymbol(",")
            try expect("]", "\",\" or \"]\"")
        } else {
            result.subjects = [try word("a kind of signal")]
        }
        if isSymbol(",") {
            _ = take()
            result.field = try word("a field")
        }
        try expect(")", "\",\" or \")\"")
        while true {
            if isWord("where"), result.filter == nil {
                _ = take()
                result.filter = try disjunction()
            } else if isWord("over"), result.over == nil {
                _ = take()
                result.over = try length()
            } else if isWord("half-life"), result.halfLife == nil {
                _ = take()
                result.halfLife = try length()
            } else {
                return result
            }
        }
    }

    private mutating func length() throws(ExpressionError) -> Token {
        guard token.kind == .duration else { throw unexpected("a duration, as 24h") }
        return take()
    }

    private mutating func word(_ what: String) throws(ExpressionError) -> Token {
        guard token.kind == .name, !Self.keywords.contains(token.text) else {
            throw unexpected(what)
        }
        return take()
    }

    private mutating func expect(_ symbol: String, _ what: String) throws(ExpressionError) {
        guard isSymbol(symbol) else { throw unexpected(what) }
        _ = take()
    }

    private func unexpected(_ expected: String) -> ExpressionError {
        guard token.kind != .end else {
            return ExpressionError(
                offset: max(token.offset - 1, 0),
                message: "expected \(expected), but the expression ends")
        }
        return ExpressionError(
            offset: token.offset, message: "expected \(expected), found \"\(shown(token.text))\"")
    }
}
