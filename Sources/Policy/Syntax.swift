/// An expression as it was written, before names and types are looked at.
struct Syntax {
    indirect enum Form {
        case number(Double)
        /// Milliseconds.
        case duration(Double)
        case text(String)
        case name(String)
        case negate(Syntax)
        case not(Syntax)
        case logic(isAnd: Bool, Syntax, Syntax)
        case compare(Comparison, Syntax, Syntax)
        case arithmetic(Arithmetic, Syntax, Syntax)
        case isIn(Syntax, [Syntax])
        case call(String, [Syntax])
        case aggregate(AggregateSyntax)
    }

    var form: Form
    /// Where it begins, or where its operator stands.
    var offset: Int
}

/// `count(reported, ...) where ... over 7d`.
struct AggregateSyntax {
    var function: AggregateFunction
    /// What stands in the parentheses: kinds of signals, a nearness.
    var subjects: [Token]
    var field: Token?
    var filter: Syntax?
    var over: Token?
    var halfLife: Token?
}

/// A comparison of two values.
enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    /// False where one of them is unknown.
    func holds(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .equal: a == b
        case .unequal: a < b || a > b
        case .atLeast: a >= b
        case .atMost: a <= b
        case .above: a > b
        case .below: a < b
        }
    }
}

enum Arithmetic: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"

    /// Division by zero is unknown.
    func apply(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: b == 0 ? .nan : a / b
        }
    }
}

/// What is made of many signals.
enum AggregateFunction: String, Sendable, CaseIterable {
    case count, distinct, sum, decayed, last, age, standing
    case firstSeen = "first_seen"

    /// How it is written.
    var usage: String {
        switch self {
        case .count: "count(KIND) [where CONDITION] over 24h"
        case .distinct: "distinct(KIND, PARTY) [where CONDITION] over 7d"
        case .sum: "sum(KIND, amount) [where CONDITION] over 24h"
        case .decayed: "decayed(KIND[, amount]) [where CONDITION] half-life 7d"
        case .last: "last(KIND, FIELD) [where CONDITION]"
        case .age: "age(KIND) [where CONDITION]"
        case .firstSeen: "first_seen(KIND) [where CONDITION]"
        case .standing: "standing(own | tied | loose) over 30d, or half-life 7d"
        }
    }

    var meaning: String {
        switch self {
        case .count: "signals of the kind in the window"
        case .distinct: "different parties in the window: exact up to 64, then an estimate"
        case .sum: "the amounts of the signals in the window"
        case .decayed: "signals, or amounts, each worth half as much with every half-life"
        case .last: "the field's value in the newest signal; unknown before the first"
        case .age: "how long ago the newest signal was; unknown before the first"
        case .firstSeen: "how long ago the first signal was; unknown before it"
        case .standing:
            "enforcements that were not taken back, against the subject itself (own), "
                + "what it runs or who runs it (tied), or who merely joined it (loose)"
        }
    }
}
