import SafetyModel

extension Checker {
    func compare(
        _ comparison: Comparison, _ a: Syntax, _ b: Syntax, _ offset: Int
    ) throws(ExpressionError) -> Typed {
        if case .text(let text) = b.form { return try textTest(comparison, a, [text], offset) }
        if case .text(let text) = a.form { return try textTest(comparison, b, [text], offset) }
        // A name of a closed list is known by what it is compared with.
        if case .name(let name) = a.form, isUnknown(name), !isNameOfChoice(b) {
            let right = try check(b)
            if case .choice(let choice) = right.type {
                return try choiceTest(
                    comparison, right, [try literal(name, choice, a.offset)], offset)
            }
        }
        let left = try check(a)
        if case .choice(let choice) = left.type, case .name(let name) = b.form,
            features[name] == nil, Field.byName[name] == nil
        {
            return try choiceTest(comparison, left, [try literal(name, choice, b.offset)], offset)
        }
        if left.type == .text, case .name(let name) = b.form, isUnknown(name) {
            throw ExpressionError(
                offset: b.offset,
                message: "a text stands in double quotes: \(comparison.rawValue) \"\(shown(name))\""
            )
        }
        let right = try check(b)
        guard left.type == right.type else {
            throw ExpressionError(
                offset: b.offset, message: mismatch(left.type, right.type))
        }
        if left.type == .truth || left.type != .number && left.type != .duration {
            guard comparison == .equal || comparison == .unequal else {
                throw ExpressionError(
                    offset: offset, message: "compare \(left.type.noun) with == or !=")
            }
        }
        return Typed(form: .compare(comparison, left, right), type: .truth)
    }

    private func mismatch(_ left: ValueType, _ right: ValueType) -> String {
        if left == .duration, right == .number {
            return "expected a duration to compare with, as 24h; found a number"
        }
        if left == .number, right == .duration {
            return "expected a number to compare with; found a duration"
        }
        return "\(left.noun) cannot be compared with \(right.noun)"
    }

    private func isUnknown(_ name: String) -> Bool {
        features[name] == nil && Field.byName[name] == nil
            && name != "true" && name != "false"
    }

    private func isNameOfChoice(_ syntax: Syntax) -> Bool {
        if case .name(let name) = syntax.form { return isUnknown(name) }
        return false
    }

    func literal(_ name: String, _ choice: Choice, _ offset: Int) throws(ExpressionError) -> UInt8 {
        if let value = choice.values.first(where: { $0.name == name }) { return value.raw }
        let noun = choice.noun.split(separator: " ").dropFirst().joined(separator: " ")
        if let other = Choice.allCases.first(where: { other in
            other.values.contains { $0.name == name }
        }) {
            throw ExpressionError(
                offset: offset,
                message: "expected \(choice.noun); \"\(name)\" is one of the \(other.rawValue)")
        }
        throw ExpressionError(
            offset: offset, message: unknown(noun, name, choice.values.map(\.name)))
    }

    private func choiceTest(
        _ comparison: Comparison, _ typed: Typed, _ values: [UInt8], _ offset: Int
    ) throws(ExpressionError) -> Typed {
        guard comparison == .equal || comparison == .unequal else {
            throw ExpressionError(
                offset: offset, message: "compare \(typed.type.noun) with ==, != or in")
        }
        let test = Typed(form: .isIn(typed, values), type: .truth)
        guard comparison == .unequal else { return test }
        return Typed(
            form: .compare(
                .unequal, typed, Typed(form: .constant(Double(values[0])), type: typed.type)),
            type: .truth)
    }

    private func textTest(
        _ comparison: Comparison, _ syntax: Syntax, _ texts: [String], _ offset: Int
    ) throws(ExpressionError) -> Typed {
        let typed = try check(syntax)
        guard typed.type == .text, case .field(let field) = typed.form else {
            throw ExpressionError(
                offset: syntax.offset, message: "\(typed.type.noun) cannot be compared with a text")
        }
        guard comparison == .equal || comparison == .unequal else {
            throw ExpressionError(offset: offset, message: "compare a text with ==, != or in")
        }
        return Typed(
            form: .textIsIn(field, texts, isMember: comparison == .equal), type: .truth)
    }

    func membership(_ a: Syntax, _ items: [Syntax]) throws(ExpressionError) -> Typed {
        let left = try check(a)
        switch left.type {
        case .choice(let choice):
            var values: [UInt8] = []
            for item in items {
                guard case .name(let name) = item.form else {
                    throw ExpressionError(
                        offset: item.offset, message: "expected \(choice.noun) in the list")
                }
                values.append(try literal(name, choice, item.offset))
            }
            return Typed(form: .isIn(left, Array(Set(values)).sorted()), type: .truth)
        case .text:
            guard case .field(let field) = left.form else { break }
            var texts: [String] = []
            for item in items {
                guard case .text(let text) = item.form else {
                    throw ExpressionError(
                        offset: item.offset, message: "expected a text in double quotes")
                }
                texts.append(text)
            }
            return Typed(
                form: .textIsIn(field, Array(Set(texts)).sorted(), isMember: true), type: .truth)
        case .number, .duration:
            var tests: [Typed] = []
            for item in items {
                let right = try check(item, expecting: left.type)
                tests.append(Typed(form: .compare(.equal, left, right), type: .truth))
            }
            return tests.dropFirst().reduce(tests[0]) {
                Typed(form: .logic(isAnd: false, $0, $1), type: .truth)
            }
        case .truth: break
        }
        throw ExpressionError(
            offset: a.offset, message: "\(left.type.noun) cannot be looked for in a list")
    }

    func arithmetic(
        _ operation: Arithmetic, _ a: Syntax, _ b: Syntax, _ offset: Int
    ) throws(ExpressionError) -> Typed {
        let (left, right) = (try check(a), try check(b))
        let type: ValueType?
        switch (operation, left.type, right.type) {
        case (_, .number, .number): type = .number
        case (.add, .duration, .duration), (.subtract, .duration, .duration): type = .duration
        case (.multiply, .duration, .number), (.multiply, .number, .duration),
            (.divide, .duration, .number):
            type = .duration
        case (.divide, .duration, .duration): type = .number
        default: type = nil
        }
        guard let type else {
            throw ExpressionError(
                offset: offset,
                message: "\(operation.rawValue) does not go with \(left.type.noun) and "
                    + right.type.noun)
        }
        return Typed(form: .arithmetic(operation, left, right), type: type)
    }

    func call(
        _ name: String, _ arguments: [Syntax], _ offset: Int
    ) throws(ExpressionError) -> Typed {
        if name == "score" { return try score(arguments, offset) }
        guard let function = Function(rawValue: name) else {
            let known =
                Function.allCases.map(\.rawValue) + ["score"]
                + AggregateFunction.allCases.map(\.rawValue)
            throw ExpressionError(offset: offset, message: unknown("function", name, known))
        }
        guard arguments.count == function.arguments else {
            throw ExpressionError(
                offset: offset,
                message: "\(name) takes \(function.arguments) values, not \(arguments.count): "
                    + function.usage)
        }
        let first = try check(arguments[0])
        guard first.type == .number || first.type == .duration && function != .log1p else {
            let wanted = function == .log1p ? "a number" : "a number or a duration"
            throw ExpressionError(
                offset: arguments[0].offset,
                message: "expected \(wanted), found \(first.type.noun)")
        }
        var typed = [first]
        for argument in arguments.dropFirst() {
            typed.append(try check(argument, expecting: first.type))
        }
        return Typed(form: .call(function, typed), type: first.type)
    }

    private func score(_ arguments: [Syntax], _ offset: Int) throws(ExpressionError) -> Typed {
        guard arguments.count == 1, case .name(let name) = arguments[0].form else {
            throw ExpressionError(
                offset: offset, message: "score takes the name of one score: score(account.name)")
        }
        guard place == .rule || place == .matchRule else {
            throw ExpressionError(
                offset: offset,
                message: "only rules name scores; a score or a feature is made of features")
        }
        guard let index = scores[name] else {
            if let kinds = elsewhere[name] {
                throw ExpressionError(
                    offset: arguments[0].offset,
                    message:
                        "\(name) is a score of \(kinds.map(\.noun).joined(separator: " or ")); "
                        + "this is about \(kind.noun)")
            }
            throw ExpressionError(
                offset: arguments[0].offset,
                message: unknown("score", name, scores.keys.sorted()))
        }
        return Typed(form: .score(index), type: .number)
    }
}
