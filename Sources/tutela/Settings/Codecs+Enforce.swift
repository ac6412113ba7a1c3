import Pipeline
import SafetyModel

extension Codec where Value == Mode {
    static let mode = Codec(
        wanted: "observe, advise or enforce",
        parse: {
            switch $0 {
            case .scalar("observe"): .observe
            case .scalar("advise"): .advise
            case .scalar("enforce"): .enforce
            default: nil
            }
        },
        show: {
            switch $0 {
            case .observe: "observe"
            case .advise: "advise"
            case .enforce: "enforce"
            }
        })
}

extension Codec where Value == Action {
    static let action = Codec(
        wanted: "an action: " + Action.allCases.map(\.name).joined(separator: ", "),
        parse: {
            guard case .scalar(let text) = $0 else { return nil }
            return Action.allCases.first { $0.name == text }
        },
        show: \.name)
}

/// The fields of a table, taken one by one; what is left over was not wanted.
private struct Fields {
    var left: [String: Given]

    init?(_ given: Given) {
        guard case .table(let entries) = given else { return nil }
        left = Dictionary(entries.map { ($0.name, $0.value) }) { _, last in last }
    }

    mutating func take<Value>(_ name: String, _ codec: Codec<Value>) -> Value? {
        left.removeValue(forKey: name).flatMap(codec.parse)
    }

    /// nil where there is no such field; `.some(nil)` where it is not what was wanted.
    mutating func optional<Value>(_ name: String, _ codec: Codec<Value>) -> Value?? {
        guard let given = left.removeValue(forKey: name) else { return nil }
        return .some(codec.parse(given))
    }
}

extension Codec where Value == [ModeTable.Entry] {
    static let modes = Codec(
        wanted:
            "a list of { region: CC, action: name, mode: observe | advise | enforce }, each with "
            + "region, action or both",
        parse: { given in
            guard case .list(let items) = given else {
                if case .nothing = given { return [] }
                return nil
            }
            let entries = items.compactMap(modeEntry)
            return entries.count == items.count ? entries : nil
        },
        show: { entries in
            let shown = entries.map { entry in
                var fields: [String] = []
                if let region = entry.region { fields.append("region: \(yamlText(region))") }
                if let action = entry.action { fields.append("action: \(action.name)") }
                fields.append("mode: \(Codec<Mode>.mode.show(entry.mode))")
                return "{ \(fields.joined(separator: ", ")) }"
            }
            return "[\(shown.joined(separator: ", "))]"
        })
}

private func modeEntry(_ given: Given) -> ModeTable.Entry? {
    guard var fields = Fields(given), let mode = fields.take("mode", .mode) else { return nil }
    let region = fields.optional("region", .text)
    let action = fields.optional("action", .action)
    if case .some(.none) = region { return nil }
    if case .some(.none) = action { return nil }
    guard fields.left.isEmpty, region != nil || action != nil else { return nil }
    return ModeTable.Entry(region: region ?? nil, action: action ?? nil, mode: mode)
}

extension Codec where Value == [VerdictKey] {
    static let verdictKeys = Codec(
        wanted: "a list of { id: name, reviewer: name, public_key: 64 hexadecimal digits }",
        parse: { given in
            guard case .list(let items) = given else {
                if case .nothing = given { return [] }
                return nil
            }
            let keys = items.compactMap(verdictKey)
            return keys.count == items.count ? keys : nil
        },
        show: { keys in
            let shown = keys.map {
                "{ id: \(yamlText($0.id)), reviewer: \(yamlText($0.reviewer)), "
                    + "public_key: \(yamlText($0.publicKey.hex)) }"
            }
            return "[\(shown.joined(separator: ", "))]"
        })
}

private func verdictKey(_ given: Given) -> VerdictKey? {
    guard var fields = Fields(given), let id = fields.take("id", .text),
        let reviewer = fields.take("reviewer", .text), let hex = fields.take("public_key", .text),
        let bytes = [UInt8](hex: hex), bytes.count == 32, fields.left.isEmpty
    else { return nil }
    return VerdictKey(id: id, reviewer: reviewer, publicKey: bytes)
}

extension Codec where Value == Budget {
    static let budget = Codec(
        wanted: "{ per: 1d, limit: 100 }, with baseline and cap if wished",
        parse: { given in
            guard var fields = Fields(given), let period = fields.take("per", .span),
                let limit = fields.take("limit", Codec<Int64>.whole(0...1_000_000_000_000))
            else { return nil }
            let baseline = fields.optional("baseline", .multiple)
            let cap = fields.optional("cap", Codec<Int64>.whole(0...1_000_000_000_000))
            if case .some(.none) = baseline { return nil }
            if case .some(.none) = cap { return nil }
            guard fields.left.isEmpty else { return nil }
            return Budget(
                period: period, limit: limit, baseline: baseline ?? nil,
                cap: (cap ?? nil) ?? .max)
        },
        show: { budget in
            var fields = ["per: \(Codec<TimeSpan>.span.show(budget.period))"]
            fields.append("limit: \(budget.limit)")
            if let baseline = budget.baseline { fields.append("baseline: \(baseline)") }
            if budget.cap != .max { fields.append("cap: \(budget.cap)") }
            return "{ \(fields.joined(separator: ", ")) }"
        })
}

extension Codec where Value == Double {
    fileprivate static let multiple = Codec(
        wanted: "a number above 0",
        parse: {
            guard case .scalar(let text) = $0, let number = Double(text), number > 0,
                number.isFinite
            else { return nil }
            return number
        },
        show: { "\($0)" })
}

extension Codec where Value == [Action: Budget] {
    static let budgets = Codec(
        wanted: "actions with budgets: { ban_account: { per: 1d, limit: 500 } }",
        parse: { given in
            guard case .table(let entries) = given else {
                if case .nothing = given { return [:] }
                return nil
            }
            var budgets: [Action: Budget] = [:]
            for (name, value) in entries {
                guard let action = Codec<Action>.action.parse(.scalar(name)),
                    let budget = Codec<Budget>.budget.parse(value)
                else { return nil }
                budgets[action] = budget
            }
            return budgets
        },
        show: { budgets in
            let shown = budgets.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { "\($0.key.name): \(Codec<Budget>.budget.show($0.value))" }
            return "{ \(shown.joined(separator: ", ")) }"
        })
}
