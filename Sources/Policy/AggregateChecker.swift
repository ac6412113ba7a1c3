import Behaviour
import SafetyModel

/// Checks what is made of many signals.
struct AggregateChecker {
    let checker: Checker
    let offset: Int

    func check(_ syntax: AggregateSyntax) throws(ExpressionError) -> Typed {
        if syntax.function == .standing { return try standing(syntax) }
        let kinds = try kinds(syntax)
        var filterChecker = checker
        filterChecker.place = .filter
        var filter: Typed?
        if let condition = syntax.filter {
            filter = try filterChecker.checkTruth(condition)
            if filter?.readsText == true, !kinds.contains(.textSet) {
                let names = kinds.map(\.name).joined(separator: " and ")
                throw ExpressionError(
                    offset: condition.offset,
                    message: "only text_set signals have what text. names; \(names) signals do not")
            }
        }
        let (window, halfLife) = try lengths(syntax)
        let (input, type) = try input(syntax, kinds)
        let form: Cell.Form =
            switch syntax.function {
            case .count, .sum, .standing: .ring
            case .distinct: .distinct
            case .decayed: .decayed
            case .last: .last
            case .age: .newest
            case .firstSeen: .oldest
            }
        let use = CellUse(
            form: form, kinds: kinds, input: input, filter: filter, window: window,
            halfLife: halfLife, text: text(syntax, kinds, filter))
        return Typed(form: .cell(use), type: type)
    }

    private func fail(_ token: Token?, _ message: String) -> ExpressionError {
        ExpressionError(offset: token?.offset ?? offset, message: message)
    }

    private func kinds(_ syntax: AggregateSyntax) throws(ExpressionError) -> [SignalKind] {
        var kinds: [SignalKind] = []
        for token in syntax.subjects {
            guard let kind = SignalKind.allCases.first(where: { $0.name == token.text }) else {
                let known = SignalKind.allCases.map(\.name)
                throw fail(token, unknown("kind of signal", token.text, known))
            }
            guard kind.subjects.contains(checker.kind) else {
                let owners = kind.subjects.map(\.noun).joined(separator: " or ")
                throw fail(
                    token,
                    "\(kind.name) signals are about \(owners); this is a feature of "
                        + checker.kind.noun)
            }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds.sorted { $0.rawValue < $1.rawValue }
    }

    private func lengths(
        _ syntax: AggregateSyntax
    ) throws(ExpressionError) -> (Window?, TimeSpan?) {
        let function = syntax.function
        let needsWindow = [.count, .sum, .distinct].contains(function)
        if let token = syntax.over {
            guard needsWindow else {
                throw fail(token, "\(function.rawValue) has no window: \(function.usage)")
            }
            return (try window(token), try none(syntax.halfLife, function))
        }
        guard !needsWindow else {
            throw fail(nil, "\(function.rawValue) needs \"over\" and a duration: \(function.usage)")
        }
        guard function == .decayed else { return (nil, try none(syntax.halfLife, function)) }
        guard let token = syntax.halfLife else {
            throw fail(nil, "decayed needs \"half-life\" and a duration: \(function.usage)")
        }
        return (nil, try halfLife(token))
    }

    private func none(
        _ token: Token?, _ function: AggregateFunction
    ) throws(ExpressionError) -> TimeSpan? {
        guard let token else { return nil }
        throw fail(token, "\(function.rawValue) has no half-life: \(function.usage)")
    }

    private func window(_ token: Token) throws(ExpressionError) -> Window {
        let length = TimeSpan(milliseconds: Int64(token.value))
        if let window = Window(length) { return window }
        guard length.milliseconds > 0, length.milliseconds <= TimeSpan.days(30).milliseconds else {
            throw fail(token, "a window is 1m to 30d long")
        }
        throw fail(
            token,
            "windows up to 30m are whole minutes, up to 5h whole tens of minutes, "
                + "up to 30h whole hours, longer ones whole days; found \(token.text)")
    }

    private func halfLife(_ token: Token) throws(ExpressionError) -> TimeSpan {
        let length = TimeSpan(milliseconds: Int64(token.value))
        guard length >= .minutes(1), length <= .days(365) else {
            throw fail(token, "a half-life is 1m to 365d long")
        }
        return length
    }

    private func standing(_ syntax: AggregateSyntax) throws(ExpressionError) -> Typed {
        let names = Nearness.all.map(\.name)
        guard let token = syntax.subjects.first, syntax.subjects.count == 1, syntax.field == nil
        else {
            throw fail(
                syntax.field ?? syntax.subjects.last, "expected \(AggregateFunction.standing.usage)"
            )
        }
        guard let nearness = Nearness.all.first(where: { $0.name == token.text }) else {
            throw fail(token, unknown("nearness", token.text, names))
        }
        if let filter = syntax.filter {
            throw ExpressionError(
                offset: filter.offset,
                message: "standing has no condition: \(syntax.function.usage)")
        }
        var (over, life): (TimeSpan?, TimeSpan?)
        if let token = syntax.over {
            over = TimeSpan(milliseconds: Int64(token.value))
        }
        if let token = syntax.halfLife { life = try halfLife(token) }
        guard (over == nil) != (life == nil), over?.milliseconds ?? 1 > 0 else {
            throw fail(nil, "standing needs either \"over\" or \"half-life\", as over 30d")
        }
        return Typed(form: .standing(nearness, window: over, halfLife: life), type: .number)
    }
}

extension AggregateChecker {
    private func input(
        _ syntax: AggregateSyntax, _ kinds: [SignalKind]
    ) throws(ExpressionError) -> (CellUse.Input, ValueType) {
        let function = syntax.function
        let field = syntax.field
        switch function {
        case .count:
            try refuse(field, function)
            return (.one, .number)
        case .age, .firstSeen:
            try refuse(field, function)
            return (.time, .duration)
        case .sum, .decayed:
            if field == nil, function == .decayed { return (.one, .number) }
            guard let field else { throw fail(nil, "sum needs a field: \(function.usage)") }
            guard field.text == "amount" else {
                throw fail(
                    field, "only amount can be added up, not \"\(shown(field.text))\"")
            }
            return (.amount, .number)
        case .distinct:
            guard let field else {
                throw fail(nil, "distinct needs to know of whom: \(listed(parties(kinds)))")
            }
            return (try party(field, kinds), .number)
        case .last:
            guard let field else { throw fail(nil, "last needs a field: \(function.usage)") }
            return try value(field, kinds)
        case .standing: return (.one, .number)
        }
    }

    private func refuse(
        _ field: Token?, _ function: AggregateFunction
    ) throws(ExpressionError) {
        guard let field else { return }
        let hint = function == .count ? "; distinct counts parties, sum adds amounts" : ""
        throw fail(field, "\(function.rawValue) has no field\(hint): \(function.usage)")
    }

    private func parties(_ kinds: [SignalKind]) -> [String] {
        let own = Set(kinds.compactMap(\.partyName)).sorted()
        var classes = kinds.allSatisfy(\.isSighting) ? ["place_class"] : []
        if kinds == [.reportWeighed] { classes = ["device", "circle"] }
        return own + classes + ["actor", "related"]
    }

    private func listed(_ names: [String]) -> String { names.joined(separator: ", ") }

    private func hint(_ field: Token, _ known: [String]) -> String {
        nearest(field.text, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    private func party(
        _ field: Token, _ kinds: [SignalKind]
    ) throws(ExpressionError) -> CellUse.Input {
        switch field.text {
        case "actor": return .actor
        case "related": return .related
        case "place_class" where kinds.allSatisfy(\.isSighting): return .category
        case "device" where kinds == [.reportWeighed]: return .device
        case "circle" where kinds == [.reportWeighed]: return .circle
        default:
            if kinds.allSatisfy({ $0.partyName == field.text }) { return .party }
            let names = kinds.map(\.name).joined(separator: " and ")
            throw fail(
                field,
                "\(names) has no \"\(shown(field.text))\"; it has \(listed(parties(kinds)))"
                    + hint(field, parties(kinds)))
        }
    }

    private func value(
        _ field: Token, _ kinds: [SignalKind]
    ) throws(ExpressionError) -> (CellUse.Input, ValueType) {
        let found: Field? =
            switch field.text {
            case "amount": .signalAmount
            case "category": kinds.allSatisfy(\.isReport) ? .signalCategory : nil
            case "place_class": kinds.allSatisfy(\.isSighting) ? .signalPlaceClass : nil
            case "action": kinds.allSatisfy(\.isFeedback) ? .signalAction : nil
            default:
                kinds == [.textSet]
                    ? Field.textValues.first { $0.0 == field.text }?.1 : nil
            }
        guard let found else {
            throw fail(
                field,
                "last keeps amount, of reports category, of sightings place_class, of "
                    + "feedback action, of text_set "
                    + listed(Field.textValues.map(\.0)) + "; not \"\(shown(field.text))\" of "
                    + kinds.map(\.name).joined(separator: " and ")
                    + hint(field, kinds == [.textSet] ? Field.textValues.map(\.0) : []))
        }
        return (.field(found), found.info.type)
    }

    private func text(
        _ syntax: AggregateSyntax, _ kinds: [SignalKind], _ filter: Typed?
    ) -> String {
        let names = kinds.map(\.name).joined(separator: ", ")
        var text = "\(syntax.function.rawValue)(\(kinds.count == 1 ? names : "[\(names)]")"
        if let field = syntax.field { text += ", \(field.text)" }
        text += ")"
        if let filter {
            text += " where \(NormalText(features: [], scores: []).text(filter))"
        }
        func length(_ token: Token) -> String {
            duration(TimeSpan(milliseconds: Int64(token.value)))
        }
        if let over = syntax.over { text += " over \(length(over))" }
        if let halfLife = syntax.halfLife { text += " half-life \(length(halfLife))" }
        return text
    }
}

extension Nearness {
    static let all: [Nearness] = [.own, .close, .loose]

    /// As packs call it.
    var name: String {
        switch self {
        case .own: "own"
        case .close: "tied"
        case .loose: "loose"
        }
    }
}
