import SafetyModel

extension Rule {
    /// The rule as YAML in one fixed form.
    func normalForm(_ normal: NormalText) -> String {
        var budgetText = "per: \(duration(budget.period)), "
        if let baseline = budget.baseline {
            budgetText +=
                "baseline: \(number(baseline))x, floor: \(budget.limit), cap: \(budget.cap)"
        } else {
            budgetText += "limit: \(budget.limit)"
        }
        let proposals = self.proposals.map { target, actions in
            let name = Vocabulary.targets.first { $0.1 == target }?.0 ?? ""
            return "      \(name): [\(actions.map(\.name).joined(separator: ", "))]\n"
        }
        let names = triggers.compactMap { trigger in
            Vocabulary.triggers.first { $0.1 == trigger }?.0
        }
        let harm = Vocabulary.harms.first { $0.1 == self.harm }?.0 ?? ""
        let condition = self.conditions.compactMap { $0 }.first.map { normal.text($0) } ?? "false"
        return """
              - id: \(quoted(id))
                on: [\(names.joined(separator: ", "))]
                when: \(quoted(condition))
                harm: \(harm)
                propose:
            \(proposals.joined())    budget: {\(budgetText)}
                cooldown: \(duration(cooldown))
                shadow: \(isShadow)

            """
    }
}
