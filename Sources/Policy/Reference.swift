import SafetyModel

/// What a pack may say, as Markdown, from the tables that the checker itself reads.
public enum Reference {
    /// Every signal, field, aggregate, function, target and action.
    public static var text: String {
        [signals, fields, aggregates, functions, choices, targets, actions]
            .joined(separator: "\n")
    }

    private static func table(_ title: String, _ head: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String {
            let escaped = cells.map { $0.replacing("|", with: "\\|") }
            return "| " + escaped.joined(separator: " | ") + " |\n"
        }
        return "## \(title)\n\n" + line(head) + line(head.map { _ in "---" })
            + rows.map(line).joined()
    }

    private static func kinds(_ kinds: [SubjectKind]) -> String {
        kinds.count == SubjectKind.allCases.count
            ? "all" : kinds.map(\.sectionName).joined(separator: ", ")
    }

    private static var signals: String {
        table(
            "Signals", ["kind", "about", "parties and values"],
            SignalKind.allCases.map { kind in
                var parts = [kind.partyName].compactMap { $0 }
                if kind.isSighting { parts.append("place_class") }
                if kind == .reportWeighed { parts += ["device", "circle"] }
                if kind.isReport { parts.append("category") }
                if kind.isFeedback { parts.append("action") }
                if kind == .textSet { parts += Field.textValues.map(\.0) }
                return [
                    "`\(kind.name)`", kinds(kind.subjects),
                    (parts + ["actor", "related", "amount"]).joined(separator: ", "),
                ]
            })
    }

    private static var fields: String {
        table(
            "Fields", ["name", "of", "is", "meaning"],
            Field.allCases.map { field in
                let info = field.info
                let type =
                    if case .choice(let choice) = info.type { "one of the \(choice.rawValue)" } else
                    {
                        info.type.noun
                    }
                return [
                    "`\(info.name)`", field.isOfMatch ? "rules on match" : kinds(info.kinds), type,
                    info.meaning,
                ]
            })
    }

    private static var aggregates: String {
        table(
            "Kinds of features", ["written", "is"],
            AggregateFunction.allCases.map { ["`\($0.usage)`", $0.meaning] })
    }

    private static var functions: String {
        table(
            "Functions", ["written", "is"],
            Function.allCases.map { ["`\($0.usage)`", $0.meaning] }
                + [["`score(NAME)`", "a score of the pack; in rules only"]])
    }

    private static var choices: String {
        table(
            "Lists of names", ["list", "names"],
            Choice.allCases.filter { $0 != .signalKind && $0 != .action }.map { choice in
                [choice.rawValue, choice.values.map { "`\($0.name)`" }.joined(separator: ", ")]
            })
    }

    private static var targets: String {
        table(
            "Targets", ["key", "is"],
            Vocabulary.targets.map { ["`\($0.0)`", $0.1.meaning] })
    }

    private static var actions: String {
        table(
            "Actions", ["action", "done to", "class"],
            Vocabulary.actions.map { name, action in
                let kind =
                    switch action.actionClass {
                    case .irreversible: "irreversible: needs two keys (I7)"
                    case .reversible: "expires"
                    case .protective: "protects"
                    }
                return ["`\(name)`", kinds(action.targetKinds), kind]
            })
    }
}
