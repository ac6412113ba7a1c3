import Pipeline
import SafetyModel
import Simulation

/// The demo's result as a person reads it.
package struct DemoSummary {
    private let result: DemoResult
    private let screen: Screen
    private var text: [String] = []

    package init(_ result: DemoResult, screen: Screen) {
        self.result = result
        self.screen = screen
    }

    package mutating func lines() -> [String] {
        text = []
        input()
        output()
        truth()
        ending()
        return text
    }

    private mutating func input() {
        counts("Events in", shortened(result.events), total: "all", "record", "records")
        var outcomes: [String: Int] = [:]
        for (outcome, count) in result.stages.outcomes { outcomes[name(outcome)] = count }
        heading("What became of them", "every record has exactly one outcome; signals count too")
        var table = Table()
        for outcome in Outcome.allCases {
            guard let count = outcomes[name(outcome)] else { continue }
            table.add(.init(name(outcome)), .init(grouped(count)))
        }
        text += table.lines(screen)
        counts("Dead letters by reason", result.decisions.deadLetters, total: "all")
    }

    private mutating func output() {
        heading("Matches", "media that equal or resemble an entry of a list")
        text.append("  \(grouped(result.stages.matches))")
        counts("Proposals by rule", result.decisions.proposals, total: "all")
        counts("Enforcements by action", result.decisions.enforcements, total: "all")
        if result.decisions.reversals > 0 {
            text.append("  and \(grouped(result.decisions.reversals)) lifted again by a reviewer")
        }
        counts("Tips by quality tier", result.decisions.tips, total: "all")
        counts("Review requests by reason", result.decisions.reviews, total: nil)
    }

    private mutating func truth() {
        heading("Against the truth", "which the pipeline was never told")
        var table = Table()
        table.add(
            .init("pattern", .dim), .init("incidents", .dim), .init("caught", .dim),
            .init("missed", .dim), .init("wrongly touched", .dim), .init("for good", .dim))
        for score in result.quality.patterns {
            let incidents = score.incidents
            let catches = incidents.total > 0
            let wrong = score.wronglyRestricted
            let final = score.finallyRestricted
            table.add(
                .init(score.pattern.title),
                .init(catches ? grouped(incidents.total) : ""),
                .init(
                    catches ? grouped(incidents.caught) : "", incidents.caught > 0 ? .green : nil),
                .init(
                    catches ? grouped(incidents[.missed]) : "",
                    incidents[.missed] > 0 ? .yellow : nil),
                .init(grouped(wrong), wrong > 0 ? .yellow : nil),
                .init(grouped(final), final > 0 ? .red : nil))
        }
        text += table.lines(screen)
        text.append("")
        text.append(
            screen.paint(
                "  Wrongly touched: an innocent or a victim was restricted, if only for a time.\n"
                    + "  For good: banned, reported or removed, which needs a conclusive match or a "
                    + "human's word.", .dim))
    }

    private mutating func ending() {
        let (seconds, attoseconds) = result.took.components
        let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
        text.append("")
        text.append(
            "\(grouped(result.total)) records in \(tenths / 10).\(tenths % 10) s, "
                + "\(grouped(result.eventsPerSecond)) a second through both stages, traffic included."
        )
        text.append("Decisions of seed \(result.settings.seed): \(result.digest)")
        text.append(
            screen.paint("The same seed and settings print the same line on every machine.", .dim))
    }

    private mutating func heading(_ title: String, _ about: String = "") {
        text.append("")
        text.append(
            screen.paint(title, .bold) + (about.isEmpty ? "" : screen.paint("  \(about)", .dim)))
    }

    private mutating func counts(
        _ title: String, _ counts: [String: Int], total: String?, _ one: String = "",
        _ many: String = ""
    ) {
        heading(title)
        guard !counts.isEmpty else {
            text.append(screen.paint("  none", .dim))
            return
        }
        var table = Table()
        for (name, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            table.add(.init(name), .init(grouped(count)))
        }
        if let total, counts.count > 1 {
            table.add(
                .init(total, .bold), .init(grouped(counts.values.reduce(0, +)), .bold))
        }
        text += table.lines(screen)
    }

    /// `tutela.account.registered.v1` becomes `account.registered`.
    private func shortened(_ types: [String: Int]) -> [String: Int] {
        var short: [String: Int] = [:]
        for (type, count) in types {
            let parts = type.split(separator: ".").dropFirst().prefix(2)
            short[parts.joined(separator: "."), default: 0] += count
        }
        return short
    }

    private func name(_ outcome: Outcome) -> String {
        switch outcome {
        case .assessed: "assessed"
        case .duplicate: "duplicate"
        case .late: "late"
        case .expired: "expired"
        case .withheld: "withheld"
        case .deadLetter: "dead letter"
        }
    }
}
