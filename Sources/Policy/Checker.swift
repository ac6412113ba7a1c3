import Behaviour
import SafetyModel

/// Names and types of one expression, about one kind of subject.
struct Checker {
    /// Where the expression stands, which decides what it may name.
    enum Place { case feature, filter, score, rule, matchRule }

    let kind: SubjectKind
    var place: Place
    /// What the pack defines for the kind, as far as it is checked already.
    var features: [String: (index: Int, type: ValueType)] = [:]
    var scores: [String: Int] = [:]
    /// Names that other kinds of subject have, for errors.
    var elsewhere: [String: [SubjectKind]] = [:]

    func check(_ syntax: Syntax, expecting type: ValueType) throws(ExpressionError) -> Typed {
        let typed = try check(syntax)
        guard typed.type == type else {
            throw ExpressionError(
                offset: syntax.offset, message: "expected \(type.noun), found \(typed.type.noun)")
        }
        return typed
    }

    func check(_ syntax: Syntax) throws(ExpressionError) -> Typed {
        switch syntax.form {
        case .number(let value): return Typed(form: .constant(value), type: .number)
        case .duration(let value): return Typed(form: .constant(value), type: .duration)
        case .text:
            throw ExpressionError(
                offset: syntax.offset,
                message: "a text can only be compared, as match.bank == \"name\"")
        case .name(let name): return try checkName(name, syntax.offset)
        case .negate(let inner):
            let typed = try check(inner)
            guard typed.type == .number || typed.type == .duration else {
                throw ExpressionError(
                    offset: inner.offset,
                    message: "expected a number or a duration after -, found \(typed.type.noun)")
            }
            return Typed(form: .negate(typed), type: typed.type)
        case .not(let inner):
            return Typed(form: .not(try checkTruth(inner)), type: .truth)
        case .logic(let isAnd, let a, let b):
            return Typed(
                form: .logic(isAnd: isAnd, try checkTruth(a), try checkTruth(b)), type: .truth)
        case .compare(let comparison, let a, let b):
            return try compare(comparison, a, b, syntax.offset)
        case .arithmetic(let operation, let a, let b):
            return try arithmetic(operation, a, b, syntax.offset)
        case .isIn(let a, let items): return try membership(a, items)
        case .call(let name, let arguments): return try call(name, arguments, syntax.offset)
        case .aggregate(let aggregate):
            guard place == .feature else {
                let what = place == .filter ? "after where" : "here"
                throw ExpressionError(
                    offset: syntax.offset,
                    message: "\(aggregate.function.rawValue)(...) cannot stand \(what); "
                        + "define a feature and name it")
            }
            return try AggregateChecker(checker: self, offset: syntax.offset).check(aggregate)
        }
    }

    /// A condition. A number or a duration alone is told how to be compared.
    func checkTruth(_ syntax: Syntax) throws(ExpressionError) -> Typed {
        let typed = try check(syntax)
        switch typed.type {
        case .truth: return typed
        case .number:
            throw ExpressionError(
                offset: syntax.offset, message: "this is a number; compare it, as >= 3")
        case .duration:
            throw ExpressionError(
                offset: syntax.offset, message: "this is a duration; compare it, as <= 72h")
        case .text:
            throw ExpressionError(
                offset: syntax.offset, message: "this is a text; compare it, as == \"name\"")
        case .choice(let choice):
            throw ExpressionError(
                offset: syntax.offset,
                message: "this is \(choice.noun); compare it, as == \(choice.values[0].name)")
        }
    }

    private func checkName(_ name: String, _ offset: Int) throws(ExpressionError) -> Typed {
        if name == "true" || name == "false" {
            return Typed(form: .constant(name == "true" ? 1 : 0), type: .truth)
        }
        if let field = Field.byName[name] {
            try admit(field, offset)
            return Typed(form: .field(field), type: field.info.type)
        }
        if let feature = features[name], place != .filter {
            return Typed(form: .feature(feature.index), type: feature.type)
        }
        if features[name] != nil || place == .filter && elsewhere[name] != nil {
            throw ExpressionError(
                offset: offset,
                message: "the feature \"\(name)\" cannot stand after where; "
                    + "only signal., subject., related. and text. names can")
        }
        if let kinds = elsewhere[name] {
            let owners = kinds.map(\.noun).joined(separator: " or ")
            throw ExpressionError(
                offset: offset,
                message: "\(name) is a feature of \(owners); this is about \(kind.noun)")
        }
        if scores[name] != nil {
            throw ExpressionError(
                offset: offset, message: "\(name) is a score; write score(\(name))")
        }
        if let function = AggregateFunction(rawValue: name) {
            throw ExpressionError(
                offset: offset, message: "\(name) needs its signals: \(function.usage)")
        }
        throw ExpressionError(offset: offset, message: unknownName(name))
    }

    private func unknownName(_ name: String) -> String {
        let known = features.keys.sorted() + Field.names.filter { isAdmitted($0) }
        for choice in Choice.allCases where nearest(name, among: known) == nil {
            guard choice.values.contains(where: { $0.name == name }) else { continue }
            let example = Field.allCases.first { $0.info.type == .choice(choice) }?.info.name ?? ""
            return "\"\(name)\" is one of the \(choice.rawValue); compare with it, as "
                + "\(example) == \(name)"
        }
        return unknown("name", name, known, what: "features and fields")
    }

    private func isAdmitted(_ name: String) -> Bool {
        guard let field = Field.byName[name] else { return false }
        return (!field.isOfMatch || place == .matchRule) && field.info.kinds.contains(kind)
    }

    private func admit(_ field: Field, _ offset: Int) throws(ExpressionError) {
        let name = field.info.name
        if field.isOfMatch, place != .matchRule {
            throw ExpressionError(
                offset: offset, message: "\(name) can only be used in a rule on match")
        }
        guard field.info.kinds.contains(kind) else {
            let owners = field.info.kinds.map(\.noun).joined(separator: " or ")
            throw ExpressionError(
                offset: offset, message: "\(name) is of \(owners); this is about \(kind.noun)")
        }
    }
}
