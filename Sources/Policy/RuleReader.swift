import Behaviour
import SafetyModel
import Yams

/// Reads one rule of a pack.
struct RuleReader {
    let reader: PackReader
    let node: Node

    static let maximumActions = 32
    private static let dayMilliseconds: Int64 = 86_400_000

    func read() throws(PackError) -> (rule: Rule, normalForm: String) {
        let entries = try reader.mapping(node, "a rule", keys: Vocabulary.ruleKeys)
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        func required(_ key: String) throws(PackError) -> Node {
            try reader.required(key, in: entries, of: "a rule", node)
        }
        let id = try readID(try required("id"))
        let triggers = try readTriggers(try required("on"))
        let isOnMatch = triggers == [.match]
        let proposals = try readProposals(try required("propose"), triggers)
        let hasRestriction = proposals.contains { proposal in
            proposal.actions.contains { $0.actionClass != .protective }
        }
        var rule = Rule(
            id: id, key: stableHash(id), triggers: triggers,
            harm: try reader.choice(try required("harm"), "harm", Vocabulary.harms),
            isShadow: try value("shadow").map { node throws(PackError) in try reader.flag(node) }
                ?? false,
            budget: Budget(period: .days(1), limit: .max),
            cooldown: isOnMatch ? .seconds(0) : .hours(24), proposals: proposals)
        if let cooldown = value("cooldown") { rule.cooldown = try reader.duration(cooldown) }
        if let budget = value("budget") {
            rule.budget = try readBudget(budget)
        } else if hasRestriction {
            throw reader.error(
                node.mark, "the rule \"\(id)\" restricts somebody and needs the key \"budget\"")
        }
        let terms = try ConditionReader(reader: reader, node: try required("when")).read(&rule)
        return (rule, normalForm(rule, terms))
    }

    private func readID(_ node: Node) throws(PackError) -> String {
        let id = try reader.word(node)
        let isPlain = id.utf8.allSatisfy {
            $0 == 0x2d || (0x61...0x7a).contains($0) || (0x30...0x39).contains($0)
        }
        guard isPlain, id.utf8.count <= 64 else {
            throw reader.error(
                node.mark, "\"\(id)\" is no rule id; expected up to 64 of a-z, 0-9 and -")
        }
        return id
    }

    private func readTriggers(_ node: Node) throws(PackError) -> [Trigger] {
        var triggers: [Trigger] = []
        for node in node.sequence.map(Array.init) ?? [node] {
            let trigger = try reader.choice(node, "trigger", Vocabulary.triggers)
            guard !triggers.contains(trigger) else { continue }
            triggers.append(trigger)
        }
        guard !triggers.isEmpty else {
            throw reader.error(node.mark, "expected match, account, group or link")
        }
        guard !triggers.contains(.match) || triggers.count == 1 else {
            throw reader.error(node.mark, "\"match\" cannot stand with other triggers")
        }
        return triggers.sorted { $0.rawValue < $1.rawValue }
    }

    /// A list is for the uploader of what matched, or for the subject itself; a mapping says for
    /// whom.
    private func readProposals(
        _ node: Node, _ triggers: [Trigger]
    ) throws(PackError) -> [(target: Target, actions: [Action])] {
        if case .sequence = node {
            let target: Target = triggers == [.match] ? .uploader : .subject
            return [(target, try readActions(node, target, triggers))]
        }
        let keys = Vocabulary.targets.map(\.0)
        var proposals: [(target: Target, actions: [Action])] = []
        for entry in try reader.mapping(node, "what to propose", keys: keys) {
            guard let target = Vocabulary.targets.first(where: { $0.0 == entry.key })?.1 else {
                continue
            }
            if target == .uploader, triggers != [.match] {
                throw reader.error(
                    entry.mark, "only a match has an uploader; this rule is on \(names(triggers))")
            }
            proposals.append((target, try readActions(entry.value, target, triggers)))
        }
        guard !proposals.isEmpty else {
            throw reader.error(node.mark, "expected at least one action")
        }
        return proposals.sorted { $0.target.rawValue < $1.target.rawValue }
    }

    private func names(_ triggers: [Trigger]) -> String {
        triggers.map { trigger in
            Vocabulary.triggers.first { $0.1 == trigger }?.0 ?? ""
        }.joined(separator: ", ")
    }

    private func readActions(
        _ node: Node, _ target: Target, _ triggers: [Trigger]
    ) throws(PackError) -> [Action] {
        var actions: [Action] = []
        for node in try reader.sequence(node, "actions") {
            let action = try reader.choice(node, "action", Vocabulary.actions)
            let kinds = target.kinds(triggers)
            let isAlways = kinds.allSatisfy(action.targetKinds.contains)
            let isSometimes = kinds.contains(where: action.targetKinds.contains)
            let depends = target == .related || target == .subject && triggers == [.match]
            guard isAlways || depends && isSometimes else {
                throw reader.error(node.mark, misfit(action, target, kinds))
            }
            guard !actions.contains(action) else {
                throw reader.error(node.mark, "\(action.name) is there twice")
            }
            actions.append(action)
        }
        guard (1...Self.maximumActions).contains(actions.count) else {
            throw reader.error(node.mark, "expected 1 to \(Self.maximumActions) actions")
        }
        return actions
    }

    private func misfit(_ action: Action, _ target: Target, _ kinds: [SubjectKind]) -> String {
        func list(_ kinds: [SubjectKind]) -> String {
            kinds.map { $0.noun }.joined(separator: " or ")
        }
        let name = Vocabulary.targets.first { $0.1 == target }?.0 ?? ""
        let wrong = kinds.filter { !action.targetKinds.contains($0) }
        return "\(action.name) is done to \(list(action.targetKinds)), "
            + "but \"\(name)\" is \(list(wrong))"
    }

    private func readBudget(_ node: Node) throws(PackError) -> Budget {
        let entries = try reader.mapping(node, "a budget", keys: Vocabulary.budgetKeys)
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        let perNode = try reader.required("per", in: entries, of: "a budget", node)
        let period = try reader.duration(perNode)
        guard period.milliseconds > 0 else {
            throw reader.error(perNode.mark, "a budget's period is longer than nothing")
        }
        switch (value("limit"), value("baseline")) {
        case (let limit?, nil):
            for key in ["floor", "cap"] where value(key) != nil {
                throw reader.error(
                    value(key)?.mark, "\"\(key)\" belongs to a baseline, not to a limit")
            }
            return Budget(period: period, limit: try reader.integer(limit))
        case (nil, let baseline?):
            var budget = Budget(period: period, limit: 10, baseline: try multiple(baseline))
            if let floor = value("floor") { budget.limit = try reader.integer(floor) }
            if let cap = value("cap") { budget.cap = try reader.integer(cap) }
            guard budget.cap >= budget.limit else {
                throw reader.error(value("cap")?.mark, "the cap is below the floor")
            }
            return budget
        default:
            throw reader.error(node.mark, "a budget needs either \"limit\" or \"baseline\"")
        }
    }

    /// Such as `5x`.
    private func multiple(_ node: Node) throws(PackError) -> Double {
        let word = try reader.word(node)
        guard word.hasSuffix("x"), let value = Double(word.dropLast()), value > 0, value <= 1000
        else {
            throw reader.error(
                node.mark, "\"\(word)\" is no multiple; expected a number with x, as 5x")
        }
        return value
    }
}

extension RuleReader {
    /// The rule as YAML in one fixed form.
    private func normalForm(_ rule: Rule, _ terms: [String]) -> String {
        let budget = rule.budget
        var budgetText = "per: \(seconds(budget.period)), "
        if let baseline = budget.baseline {
            budgetText +=
                "baseline: \(number(baseline))x, floor: \(budget.limit), cap: \(budget.cap)"
        } else {
            budgetText += "limit: \(budget.limit)"
        }
        let proposals = rule.proposals.map { target, actions in
            let name = Vocabulary.targets.first { $0.1 == target }?.0 ?? ""
            return "      \(name): [\(actions.map(\.name).joined(separator: ", "))]\n"
        }
        let harm = Vocabulary.harms.first { $0.1 == rule.harm }?.0 ?? ""
        return """
              - id: \(quoted(rule.id))
                on: [\(names(rule.triggers))]
                when: \(quoted(terms.joined(separator: " and ")))
                harm: \(harm)
                propose:
            \(proposals.joined())    budget: {\(budgetText)}
                cooldown: \(seconds(rule.cooldown))
                shadow: \(rule.isShadow)

            """
    }

    /// Durations are read with at most 36500 of a unit.
    private func seconds(_ span: TimeSpan) -> String {
        let day = Self.dayMilliseconds
        let units: [(String, Int64)] = [("d", day), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)]
        for (unit, length) in units where span.milliseconds > 0 && span.milliseconds % length == 0 {
            return "\(span.milliseconds / length)\(unit)"
        }
        return "0s"
    }
}

/// Whole numbers without a point.
func number(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
}

extension SubjectKind {
    var noun: String {
        switch self {
        case .account: "an account"
        case .group: "a group"
        case .inviteLink: "an invite link"
        }
    }
}
