import Behaviour
import SafetyModel

/// Expressions in one fixed form: the same for all that differ in layout only.
struct NormalText {
    var features: [String]
    var scores: [String]

    func text(_ typed: Typed) -> String { text(typed, 0) }

    private func text(_ typed: Typed, _ outer: Int) -> String {
        let (text, level) = parts(typed)
        return level < outer ? "(\(text))" : text
    }

    /// The text, and how tightly it binds.
    private func parts(_ typed: Typed) -> (String, Int) {
        switch typed.form {
        case .constant(let value): (constant(value, typed.type), value < 0 ? 6 : 8)
        case .field(let field): (field.info.name, 8)
        case .feature(let index): (features[index], 8)
        case .score(let index): ("score(\(scores[index]))", 8)
        case .cell(let use): (use.text, 8)
        case .standing(let nearness, let window, let halfLife):
            (standing(nearness, window, halfLife), 8)
        case .compare(let comparison, let a, let b):
            ("\(text(a, 4)) \(comparison.rawValue) \(text(b, 4))", 3)
        case .arithmetic(let operation, let a, let b):
            arithmetic(operation, a, b)
        case .negate(let a): ("-\(text(a, 7))", 6)
        case .not(let a): ("not \(text(a, 3))", 2)
        case .logic(let isAnd, let a, let b):
            isAnd
                ? ("\(text(a, 1)) and \(text(b, 2))", 1)
                : ("\(text(a, 0)) or \(text(b, 1))", 0)
        case .isIn(let a, let values): membership(a, values)
        case .textIsIn(let field, let list, let isMember): texts(field, list, isMember)
        case .call(let function, let arguments):
            ("\(function.rawValue)(\(arguments.map { text($0, 0) }.joined(separator: ", ")))", 8)
        }
    }

    private func arithmetic(_ operation: Arithmetic, _ a: Typed, _ b: Typed) -> (String, Int) {
        let level = operation == .add || operation == .subtract ? 4 : 5
        return ("\(text(a, level)) \(operation.rawValue) \(text(b, level + 1))", level)
    }

    private func membership(_ a: Typed, _ values: [UInt8]) -> (String, Int) {
        guard case .choice(let choice) = a.type else { return (text(a, 4), 3) }
        let names = values.map(choice.name)
        if names.count == 1 { return ("\(text(a, 4)) == \(names[0])", 3) }
        return ("\(text(a, 4)) in [\(names.joined(separator: ", "))]", 3)
    }

    private func texts(_ field: Field, _ list: [String], _ isMember: Bool) -> (String, Int) {
        let quoted = list.map { "\"\($0)\"" }
        if quoted.count == 1 {
            return ("\(field.info.name) \(isMember ? "==" : "!=") \(quoted[0])", 3)
        }
        let test = "\(field.info.name) in [\(quoted.joined(separator: ", "))]"
        return isMember ? (test, 3) : ("not \(test)", 2)
    }

    private func standing(
        _ nearness: Nearness, _ window: TimeSpan?, _ halfLife: TimeSpan?
    ) -> String {
        let end =
            window.map { "over \(duration($0))" }
            ?? halfLife.map { "half-life \(duration($0))" } ?? ""
        return "standing(\(nearness.name)) \(end)"
    }

    private func constant(_ value: Double, _ type: ValueType) -> String {
        switch type {
        case .number, .text: number(value)
        case .duration: duration(TimeSpan(milliseconds: Int64(value)))
        case .truth: value == 0 ? "false" : "true"
        case .choice(let choice): choice.name(of: UInt8(value))
        }
    }
}

/// In the largest unit that fits; in days from three on, for 24h and 48h read better.
func duration(_ span: TimeSpan) -> String {
    let isDays = span >= .days(3)
    for (unit, length) in Lexer.units.reversed()
    where span.milliseconds != 0 && span.milliseconds % length == 0 && (isDays || unit != "d") {
        return "\(span.milliseconds / length)\(unit)"
    }
    return "0s"
}

/// Whole numbers without a point.
func number(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
}
