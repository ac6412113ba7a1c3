import ArgumentParser
import Policy
import SafetyModel

struct PolicyExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what a pack makes of a subject's history, term by term.",
        discussion: """
            The history is the signals of a test. Shown are the features, scores and rules as they \
            stand after the subject's last signal, and why each rule fired or not.
            """)

    @Argument(help: "A folder with pack.yaml and tests/, or a file.")
    var pack: String

    @Option(help: "The file of tests.")
    var tests: String

    @Option(help: "The test's name, or the beginning of it; the first test where left out.")
    var test: String?

    @Option(help: "The subject, as 'group g'; that of the last signal where left out.")
    var subject: String?

    @Option(help: "Only this rule.")
    var rule: String?

    func run() throws {
        let pack = try PackLocation(pack).load()
        if let mistake = rule.flatMap(pack.mistake(inRule:)) {
            throw ConfigurationError(where: "--rule", mistake)
        }
        let all = try PackTest.load(
            yaml: try PackLocation.read(tests), file: tests, rules: pack.ruleIDs)
        guard let test = all.first(where: { $0.name.hasPrefix(self.test ?? "") }) else {
            throw Finding(
                text: "no test begins with \"\(self.test ?? "")\"; there are: "
                    + all.map(\.name).joined(separator: "; "))
        }
        // What a report tells its reporter's home is not what the test ends with.
        let ending = test.signals.last { $0.kind != .filedReport } ?? test.signals.last
        let wanted = subject ?? ending?.subject.text ?? ""
        var replay = SubjectReplay(
            pack, watching: test.signals.map(\.subject).first { $0.text == wanted })
        for signal in test.signals { replay.send(signal) }
        // Rules are asked with the last signal counted, before any of them fires.
        guard let last = replay.lastWatched else {
            throw Finding(text: "the test has no signal about \(wanted)")
        }
        show(last.explanation, last.signal)
    }

    private func show(_ explanation: Explanation, _ signal: Signal) {
        let screen = Screen()
        screen.line("\(signal.subject.text) at its last signal, \(signal.kind.name)")
        screen.line("\nFeatures")
        for feature in explanation.features {
            screen.line("  \(feature.name) = \(feature.value)    \(feature.definition)")
        }
        screen.line("\nScores")
        for score in explanation.scores {
            screen.line("  \(score.name) = \(rounded(score.value))")
            for part in score.contributions {
                screen.line("      \(rounded(part.value))  \(part.name)")
            }
        }
        screen.line("\nRules")
        let rules = explanation.rules.filter { rule in self.rule.map { $0 == rule.id } ?? true }
        if rules.isEmpty { screen.line("  none of them is about \(signal.subject.text)") }
        for rule in rules {
            screen.line(
                "  \(rule.fires ? screen.paint("fires", .green) : "silent")  \(rule.id)")
            if !rule.hindrance.isEmpty { screen.line("      \(rule.hindrance)") }
            for term in rule.terms {
                let values = term.values.map { "\($0.name) is \($0.value)" }
                screen.line(
                    "      \(term.holds ? "yes" : "no ")  \(term.text)"
                        + (values.isEmpty ? "" : "    \(values.joined(separator: ", "))"))
            }
        }
    }

    private func rounded(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}
