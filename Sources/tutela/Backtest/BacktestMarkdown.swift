import SafetyModel

/// The report as people read it.
package struct BacktestMarkdown {
    private let report: BacktestReport
    private var text: [String] = []

    package init(_ report: BacktestReport) { self.report = report }

    package mutating func document() -> String {
        text = ["# Backtest", "", headline]
        source()
        definitions()
        rules()
        shadowRules()
        actions()
        examples()
        checks()
        notes()
        return text.joined(separator: "\n") + "\n"
    }

    /// The first sentences, which say whether anything would change.
    package var headline: String {
        let records = grouped(report.source.topics.map(\.compared).reduce(0, +))
        guard report.differs else {
            let why =
                report.baseline.digest == report.candidate.digest
                ? "The packs are the same." : "Their definitions differ, as listed below."
            return "**No difference.** On \(records) records both packs led to the same proposals, "
                + "review requests and enforcements. \(why)"
        }
        let live = report.rules.filter { $0.proposals.differs }
        let gained = live.map(\.proposals.subjectsGained).reduce(0, +)
        let lost = live.map(\.proposals.subjectsLost).reduce(0, +)
        var words =
            "**The candidate would decide otherwise** on these \(records) records. "
            + "\(counted(live.count, "live rule")) would propose otherwise: "
            + "\(counted(gained, "subject")) gained, \(grouped(lost)) lost, counted by rule. "
        let touched = report.actions.map(\.enforcements)
        words +=
            "Enforcements: \(counted(touched.map(\.subjectsGained).reduce(0, +), "subject")) "
            + "gained, \(grouped(touched.map(\.subjectsLost).reduce(0, +))) lost, counted by action."
        let shadow = report.shadowRules.filter { $0.proposals.candidate > 0 }
        if !shadow.isEmpty {
            words +=
                " \(counted(shadow.count, "rule")) in shadow would have proposed if live, "
                + "see below."
        }
        return words
    }

    // MARK: Sections

    private mutating func source() {
        let source = report.source
        heading("What was compared")
        let (old, new) = (report.baseline, report.candidate)
        text += table(
            ["", "baseline", "candidate"], [],
            [
                ["pack", code(old.file), code(new.file)],
                ["name", code(old.name), code(new.name)],
                ["digest", code(old.digest.prefix(16)), code(new.digest.prefix(16))],
                ["rules", "\(old.rules)", "\(new.rules)"],
                ["bank version at the end", "\(old.bankVersion)", "\(new.bankVersion)"],
            ])
        var range = "Source: \(code(source.place)). "
        if let first = source.first, let last = source.last {
            range += "Events from \(first) to \(last). "
        }
        if let from = source.from {
            range += "Both packs were warmed up with what is before \(from). "
        }
        if let to = source.to { range += "What is at or after \(to) was left out. " }
        text += ["", range + "Mode of enforcement in the settings: \(source.mode)."]
        let means = source.lookedAtWith.map { "\($0.name) \(code($0.digest.prefix(16)))" }
        text.append("Looked at with: \(means.joined(separator: ", ")).")
        text.append("")
        text += table(
            ["topic", "warm-up", "compared", "left out"], [1, 2, 3],
            source.topics.map { topic in
                [code(topic.topic)] + [topic.warmUp, topic.compared, topic.leftOut].map(grouped)
            })
    }

    private mutating func definitions() {
        heading("What differs in the packs")
        guard !report.definitions.isEmpty else {
            text.append(
                report.baseline.digest == report.candidate.digest
                    ? "Nothing: the digests are equal." : "Only the name or the order of rules.")
            return
        }
        for part in report.definitions {
            text.append("* \(part.kind) \(code(part.name)): \(words(part.change))")
            guard part.change == .changed || part.change == .added || part.change == .removed
            else { continue }
            let old = part.baseline?.split(separator: "\n") ?? []
            let new = part.candidate?.split(separator: "\n") ?? []
            text.append("  ```diff")
            text += old.filter { !new.contains($0) }.map { "  - \($0)" }
            text += new.filter { !old.contains($0) }.map { "  + \($0)" }
            text.append("  ```")
        }
    }

    private mutating func rules() {
        heading("Live rules")
        guard !report.rules.isEmpty else {
            text.append("No live rule proposed anything.")
            return
        }
        text += ruleTable(report.rules)
        text += ["", "Review requests, by rule:", ""]
        text += countTable(report.rules, \.reviews)
        text += ["", "Budget hits (proposals that found a budget spent and went to review):", ""]
        text += countTable(report.rules, \.budgetHits)
    }

    private mutating func shadowRules() {
        heading("Rules in shadow: what they would have proposed if live")
        guard !report.shadowRules.isEmpty else {
            text.append("Neither pack has one.")
            return
        }
        text += ruleTable(report.shadowRules)
    }

    private mutating func actions() {
        heading("Enforcements by action")
        var lines = report.actions.map { (code($0.action), $0.mode, $0.enforcements) }
        for (name, counts) in [
            ("reversals", report.reversals),
            ("review requests about verdicts not carried out in full", report.refusedVerdicts),
        ] where counts.baseline + counts.candidate > 0 { lines.append((name, "", counts)) }
        guard !lines.isEmpty else {
            text.append("None.")
            return
        }
        text += table(
            ["action", "mode"] + Self.countColumns, [2, 3, 4, 5, 6, 7],
            lines.map { [$0.0, $0.1] + cells($0.2) })
    }

    private mutating func examples() {
        let shown = (report.rules + report.shadowRules).filter {
            !$0.gained.isEmpty || !$0.lost.isEmpty
        }
        guard !shown.isEmpty else { return }
        heading("Examples")
        for rule in shown {
            let name = code(rule.rule)
            list("\(name), gained", rule.gained, of: rule.proposals.subjectsGained)
            list("\(name), lost", rule.lost, of: rule.proposals.subjectsLost)
        }
    }

    private mutating func list(
        _ subjects: String, _ examples: [BacktestReport.Shown], of all: Int
    ) {
        guard !examples.isEmpty else { return }
        let title = "\(subjects) (\(grouped(examples.count)) of \(grouped(all)))"
        if text.last != "" { text.append("") }
        text += ["\(title):", ""]
        for example in examples {
            text.append(
                "* \(example.time)  \(code(example.subject)) – \(example.actions.joined(separator: ", "))"
            )
            for line in lines(example.reasons) { text.append("  * \(line)") }
        }
    }

    /// `reporters_7d = 4`, and a score with what gave most to it.
    private func lines(_ reasons: [BacktestReport.Shown.Number]) -> [String] {
        var lines: [String] = []
        var score: String?
        for reason in reasons {
            if let score, reason.name.hasPrefix(score + "/") {
                let term = reason.name.dropFirst(score.count + 1)
                lines[lines.count - 1] += "; \(rounded(reason.value)) from \(code(term))"
                continue
            }
            score = reason.name
            lines.append("\(code(reason.name)) = \(rounded(reason.value))")
        }
        return lines
    }

    private mutating func checks() {
        heading("Checks")
        text += table(
            ["records and travelling signals", "baseline", "candidate"], [1, 2],
            report.outcomes.map { [$0.outcome, grouped($0.baseline), grouped($0.candidate)] })
        let wrong = report.deadLetters.map(\.differ).reduce(0, +)
        let all = report.deadLetters.map(\.baseline).reduce(0, +)
        text += [
            "",
            wrong == 0
                ? "Dead letters: \(grouped(all)), the same records in both."
                : "Dead letters: \(grouped(wrong)) records are one in one run only.",
        ]
        for line in report.deadLetters {
            let counts =
                line.differ == 0
                ? grouped(line.baseline)
                : "\(grouped(line.baseline)) in the baseline, \(grouped(line.candidate)) in the "
                    + "candidate"
            text.append("* \(code(line.topic)), \(words(line.reason)): \(counts)")
        }
        text += [
            "",
            "Verdicts applied: \(grouped(report.baseline.verdictsApplied)) in the baseline, "
                + "\(grouped(report.candidate.verdictsApplied)) in the candidate; not applicable: "
                + "\(grouped(report.baseline.verdictsNotApplicable)) and "
                + "\(grouped(report.candidate.verdictsNotApplicable)).",
            "", record,
        ]
    }

    /// How near the baseline's run is to what was recorded.
    private var record: String {
        let record = report.record
        guard record.proposals + record.enforcements > 0 else {
            return "The source holds no decisions of its own in this range."
        }
        return
            "The source's own decisions in this range: \(grouped(record.proposals)) proposals, of "
            + "which the baseline's run made \(grouped(record.proposalsMadeAgain)) again; "
            + "\(grouped(record.enforcements)) enforcements and reversals, of which "
            + "\(grouped(record.enforcementsMadeAgain))."
    }

    private mutating func notes() {
        heading("How far this can be trusted")
        text += BacktestNotes.lines(report).map { "* \($0)" }
    }

    // MARK: Pieces

    private static let countColumns = [
        "baseline", "candidate", "only baseline", "only candidate", "subjects gained",
        "subjects lost",
    ]

    private func ruleTable(_ rules: [BacktestReport.Rule]) -> [String] {
        let rows = rules.map { rule in
            let grounds = rule.restsOn.prefix(3).map { code($0) }.joined(separator: ", ")
            let status =
                rule.definition == PackChanges.grounded ? "rests on \(grounds)" : rule.definition
            return [code(rule.rule), status] + cells(rule.proposals)
        }
        return table(["rule", "definition"] + Self.countColumns, [2, 3, 4, 5, 6, 7], rows)
    }

    /// Rules that make no difference are told in one line.
    private func countTable(
        _ rules: [BacktestReport.Rule], _ counts: (BacktestReport.Rule) -> BacktestReport.Counts
    ) -> [String] {
        let other = rules.filter { counts($0).differs }
        let same = rules.map(counts).filter { !$0.differs && $0.baseline > 0 }
        let sum = grouped(same.map(\.baseline).reduce(0, +))
        let rest =
            same.isEmpty ? "None." : "The same in both: \(sum), of \(counted(same.count, "rule"))."
        guard !other.isEmpty else { return [rest] }
        let rows = other.map { [code($0.rule)] + cells(counts($0)) }
        let lines = table(["rule"] + Self.countColumns, [1, 2, 3, 4, 5, 6], rows)
        return same.isEmpty ? lines : lines + ["", rest]
    }

    private func cells(_ counts: BacktestReport.Counts) -> [String] {
        [
            counts.baseline, counts.candidate, counts.onlyBaseline, counts.onlyCandidate,
            counts.subjectsGained, counts.subjectsLost,
        ].map(grouped)
    }

    private mutating func heading(_ title: String) { text += ["", "## \(title)", ""] }

    /// - Parameter numbers: the columns that are flush right.
    private func table(
        _ titles: [String], _ numbers: [Int], _ rows: [[String]]
    ) -> [String] {
        let rules = titles.indices.map { numbers.contains($0) ? "---:" : "---" }
        return ([titles, rules] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    private func rounded(_ value: Double) -> String {
        let value = (value * 1000).rounded() / 1000
        return value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
    }

    /// Ids come from data: nothing in them may end the code or the table.
    private func code(_ text: some StringProtocol) -> String {
        let safe = text.map { character -> Character in
            let isBreak = character.isNewline || character == "`" || character == "|"
            return isBreak ? "?" : character
        }
        return "`\(String(safe))`"
    }
}

extension BacktestReport.Counts {
    /// Anything that one pack led to and the other did not.
    package var differs: Bool { onlyBaseline + onlyCandidate > 0 || baseline != candidate }
}
