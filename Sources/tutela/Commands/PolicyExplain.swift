import ArgumentParser
import AuditTrail
import Foundation
import Pipeline
import Policy
import SafetyModel

struct PolicyExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what a pack makes of a subject's history, term by term.",
        discussion: """
            The history is the signals of a test (--tests), or what a recorded run applied to the \
            subject: of a directory (--dir), else of the settings' Kafka. Shown are the features, scores \
            and rules as they stand after the subject's last signal, and why each rule fired or not. A \
            recorded run is replayed up to its end with the pack it was made with; another pack sees \
            the same signals from the first on. Changes nothing.
            """)

    @Argument(
        help: "A folder with pack.yaml and tests/, or a file; the recorded one where left out.")
    var pack: String?

    @Option(help: "A file of tests, as history.")
    var tests: String?

    @Option(help: "The test's name, or the beginning of it; the first test where left out.")
    var test: String?

    @OptionGroup var archive: ArchiveOptions

    @Option(help: "As 'group g'; that of a test's last signal where left out.")
    var subject: String?

    @Option(
        help: """
            What a recorded run applied before the first signal after this event time, as \
            2026-01-05T12:00:00Z.
            """)
    var at: String?

    @Option(help: "How many of the last signals of a recorded run are listed.")
    var signals = 10

    @Option(help: "Only this rule.")
    var rule: String?

    func validate() throws {
        guard (0...SubjectHistory.maximumSteps).contains(signals) else {
            throw ValidationError("--signals must be from 0 to \(SubjectHistory.maximumSteps).")
        }
    }

    func run() async throws {
        if let tests { return try explainTest(tests) }
        guard let text = subject else {
            throw ValidationError("name --tests, or the --subject of a recorded run")
        }
        guard let subject = Subject(text: text) else {
            throw ConfigurationError(
                where: "--subject", "\"\(text)\" is no subject",
                "expected account, group or link and an id, as 'group g1'")
        }
        let end = try at.map { text in
            guard let time = Instant(rfc3339: text.utf8) else {
                throw ConfigurationError(
                    where: "--at", "\"\(text)\" is no time", "expected 2026-01-05T12:00:00Z")
            }
            return time
        }
        let other = try pack.map { try PackLocation($0).load() }
        let source = try archive.open()
        do {
            let history = try await history(of: subject, in: source, until: end, meeting: other)
            try explain(subject, history, with: other)
        } catch {
            await source.close()
            throw error
        }
        await source.close()
    }

    private func history(
        of subject: Subject, in source: OpenArchive, until end: Instant?, meeting other: Pack?
    ) async throws -> SubjectHistory {
        let settings = source.settings
        return try await AssessStage.history(
            of: subject, settings: settings.pipeline, pack: try settings.pack(),
            bank: try settings.emptyBank(), log: source.log,
            sealer: try settings.sealer(source.environment), texts: try settings.textShelf(),
            until: end, meeting: other)
    }

    private func explainTest(_ tests: String) throws {
        let pack = try PackLocation(pack).load()
        try check(pack)
        let all = try PackLocation.tests(in: tests, of: pack)
        guard let test = all.first(where: { $0.name.hasPrefix(self.test ?? "") }) else {
            throw Finding(
                text: "no test begins with \"\(self.test ?? "")\"; there are: "
                    + all.map(\.name).joined(separator: "; "))
        }
        // What a report tells its reporter's home is not what the test ends with.
        let asides: [SignalKind] = [.filedReport, .reportRetracted]
        let ending = test.signals.last { !asides.contains($0.kind) } ?? test.signals.last
        let wanted = subject ?? ending?.subject.text ?? ""
        var replay = SubjectReplay(
            pack, watching: test.signals.map(\.subject).first { $0.text == wanted })
        for signal in test.signals { replay.send(signal) }
        // Rules are asked with the last signal counted, before any of them fires.
        guard let last = replay.lastWatched else {
            throw Finding(text: "the test has no signal about \(wanted)")
        }
        let screen = Screen()
        screen.line("\(last.signal.subject.text) at its last signal, \(last.signal.kind.name)")
        show(last.explanation, on: screen)
    }

    private func explain(
        _ subject: Subject, _ history: SubjectHistory, with other: Pack?
    ) throws {
        let screen = Screen()
        if let difference = history.report.difference {
            screen.line("The run replays otherwise than recorded and is shown up to there:")
            screen.line("  \(difference)")
        }
        guard let last = history.steps.last else {
            throw Finding(
                text: "nothing was recorded about \(subject.text) in \(history.report.task), "
                    + "\(grouped(history.report.records)) records"
                    + (at.map { ", up to \($0)" } ?? ""))
        }
        let pack = last.pack
        try check(pack)
        screen.line(
            "\(subject.text) at its last signal, \(last.signal.kind.name) of "
                + "\(last.signal.time.rfc3339), with pack \(pack.name) \(pack.digest.prefix(8).hex)"
        )
        let left = history.dropped + max(0, history.steps.count - signals)
        screen.line("\nSignals" + (left > 0 ? ", after \(grouped(left)) earlier ones" : ""))
        for step in history.steps.suffix(signals) {
            let signal = step.signal
            screen.line(
                "  \(signal.time.rfc3339)  \(signal.kind.name)"
                    + (signal.related.map { "  \($0.text)" } ?? "")
                    + (signal.isLate ? "  late" : ""))
            for draft in step.drafts { screen.line("      proposed  \(draft.text)") }
        }
        show(
            pack.explain(
                meeting: last.signal, last.state, history: other == nil ? last.cells : nil),
            on: screen)
    }

    private func check(_ pack: Pack) throws {
        if let mistake = rule.flatMap(pack.mistake(inRule:)) {
            throw ConfigurationError(where: "--rule", mistake)
        }
    }

    private func show(_ explanation: Explanation, on screen: Screen) {
        screen.line("\nFeatures")
        for feature in explanation.features {
            let warming = feature.warmingSince.map { "    kept since \($0.rfc3339)" } ?? ""
            screen.line("  \(feature.name) = \(feature.value)    \(feature.definition)\(warming)")
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
        if rules.isEmpty { screen.line("  none of them is about such a subject") }
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
