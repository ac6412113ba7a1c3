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
        let all = try PackTest.load(
            yaml: try PackLocation.read(tests), file: tests, rules: pack.ruleIDs)
        guard let test = all.first(where: { $0.name.hasPrefix(self.test ?? "") }) else {
            throw Finding(
                text: "no test begins with \"\(self.test ?? "")\"; there are: "
                    + all.map(\.name).joined(separator: "; "))
        }
        let wanted = subject ?? test.signals.last?.subject.text ?? ""
        guard let last = test.signals.lastIndex(where: { $0.subject.text == wanted }) else {
            throw Finding(text: "the test has no signal about \(wanted)")
        }
        var replay = SubjectReplay(pack)
        for signal in test.signals[..<last] { replay.send(signal) }
        let signal = test.signals[last]
        // Rules are asked with the last signal counted, before any of them fires.
        let explanation = replay.explanation(of: signal)
        let before = replay.drafts.count
        replay.send(signal)
        show(explanation, signal, replay.drafts[before...].map(\.rule))
    }

    private func show(_ explanation: Explanation, _ signal: Signal, _ fired: [String]) {
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
        for rule in explanation.rules where self.rule.map({ $0 == rule.id }) ?? true {
            let isFired = rule.fires || fired.contains(rule.id)
            screen.line(
                "  \(isFired ? screen.paint("fires", .green) : "silent")  \(rule.id)")
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
