import Behaviour
import SafetyModel
import Yams

/// Reads one rule of a pack.
struct RuleReader {
    let source: PackSource
    let names: PackNames
    let touch: Touch
    let node: Node

    static let maximumActions = 32

    func read() throws(PackError) -> Rule {
        let entries = try source.mapping(node, "a rule", keys: Vocabulary.ruleKeys)
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        func required(_ key: String) throws(PackError) -> Node {
            try source.required(key, in: entries, of: "a rule", node)
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
            harm: try source.choice(try required("harm"), "harm", Vocabulary.harms),
            isShadow: try value("shadow").map { node throws(PackError) in try source.flag(node) }
                ?? false,
            budget: Budget(period: .days(1), limit: .max),
            cooldown: isOnMatch ? .seconds(0) : .hours(24), proposals: proposals)
        if let cooldown = value("cooldown") { rule.cooldown = try source.duration(cooldown) }
        if let budget = value("budget") {
            rule.budget = try readBudget(budget)
        } else if hasRestriction {
            throw source.error(
                node.mark, "the rule \"\(id)\" restricts somebody and needs the key \"budget\"")
        }
        let when = try required("when")
        for kind in isOnMatch ? SubjectKind.allCases : triggers.compactMap(\.kind) {
            let checker = names.checker(kind, isOnMatch ? .matchRule : .rule)
            rule.conditions[Int(kind.rawValue) - 1] = try source.expression(when) {
                text throws(ExpressionError) in
                try checker.checkTruth(try Parser.parse(text))
            }
        }
        if let deafness = rule.deafness(touch) { throw source.error(when.mark, deafness) }
        return rule
    }

    private func readID(_ node: Node) throws(PackError) -> String {
        let id = try source.word(node)
        let isPlain = id.utf8.allSatisfy {
            $0 == 0x2d || (0x61...0x7a).contains($0) || (0x30...0x39).contains($0)
        }
        guard isPlain, id.utf8.count <= 64 else {
            throw source.error(
                node.mark, "\"\(id)\" is no rule id; expected up to 64 of a-z, 0-9 and -")
        }
        return id
    }

    private func readTriggers(_ node: Node) throws(PackError) -> [Trigger] {
        var triggers: [Trigger] = []
        for node in node.sequence.map(Array.init) ?? [node] {
            let trigger = try source.choice(node, "trigger", Vocabulary.triggers)
            guard !triggers.contains(trigger) else { continue }
            triggers.append(trigger)
        }
        guard !triggers.isEmpty else {
            throw source.error(node.mark, "expected match, account, group or link")
        }
        guard !triggers.contains(.match) || triggers.count == 1 else {
            throw source.error(node.mark, "\"match\" cannot stand with other triggers")
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
        for entry in try source.mapping(node, "what to propose", keys: keys) {
            guard let target = Vocabulary.targets.first(where: { $0.0 == entry.key })?.1 else {
                continue
            }
            if target == .uploader, triggers != [.match] {
                throw source.error(
                    entry.mark, "only a match has an uploader; this rule is on \(names(triggers))")
            }
            proposals.append((target, try readActions(entry.value, target, triggers)))
        }
        guard !proposals.isEmpty else {
            throw source.error(node.mark, "expected at least one action")
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
        for node in try source.sequence(node, "actions") {
            let action = try source.choice(node, "action", Vocabulary.actions)
            let kinds = target.kinds(triggers)
            let isAlways = kinds.allSatisfy(action.targetKinds.contains)
            let isSometimes = kinds.contains(where: action.targetKinds.contains)
            let depends = target == .related || target == .subject && triggers == [.match]
            guard isAlways || depends && isSometimes else {
                throw source.error(node.mark, misfit(action, target, kinds))
            }
            guard !actions.contains(action) else {
                throw source.error(node.mark, "\(action.name) is there twice")
            }
            actions.append(action)
        }
        guard (1...Self.maximumActions).contains(actions.count) else {
            throw source.error(node.mark, "expected 1 to \(Self.maximumActions) actions")
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
        let entries = try source.mapping(node, "a budget", keys: Vocabulary.budgetKeys)
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        let perNode = try source.required("per", in: entries, of: "a budget", node)
        let period = try source.duration(perNode)
        guard period.milliseconds > 0 else {
            throw source.error(perNode.mark, "a budget's period is longer than nothing")
        }
        switch (value("limit"), value("baseline")) {
        case (let limit?, nil):
            for key in ["floor", "cap"] where value(key) != nil {
                throw source.error(
                    value(key)?.mark, "\"\(key)\" belongs to a baseline, not to a limit")
            }
            return Budget(period: period, limit: try source.integer(limit))
        case (nil, let baseline?):
            var budget = Budget(period: period, limit: 10, baseline: try multiple(baseline))
            if let floor = value("floor") { budget.limit = try source.integer(floor) }
            if let cap = value("cap") { budget.cap = try source.integer(cap) }
            guard budget.cap >= budget.limit else {
                throw source.error(value("cap")?.mark, "the cap is below the floor")
            }
            return budget
        default:
            throw source.error(node.mark, "a budget needs either \"limit\" or \"baseline\"")
        }
    }

    /// Such as `5x`.
    private func multiple(_ node: Node) throws(PackError) -> Double {
        let word = try source.word(node)
        guard word.hasSuffix("x"), let value = Double(word.dropLast()), value > 0, value <= 1000
        else {
            throw source.error(
                node.mark, "\"\(word)\" is no multiple; expected a number with x, as 5x")
        }
        return value
    }
}
