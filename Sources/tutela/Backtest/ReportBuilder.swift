import Policy
import SafetyModel

/// Puts a comparison in the order in which people read it.
struct ReportBuilder {
    let comparison: Comparison
    private let order: [String]
    private let changes: PackChanges

    init(comparison: Comparison, baseline: Pack, candidate: Pack) {
        self.comparison = comparison
        let own = candidate.ruleIDs
        order = own + baseline.ruleIDs.filter { !own.contains($0) }
        changes = PackChanges(baseline: baseline, candidate: candidate)
    }

    func report(
        source: BacktestReport.Source, baseline: BacktestReport.PackSide,
        candidate: BacktestReport.PackSide, outcomes: [BacktestReport.Outcome],
        record: BacktestReport.Record
    ) -> BacktestReport {
        BacktestReport(
            source: source, baseline: baseline, candidate: candidate,
            differs: comparison.lines.contains { comparison.result($0).differs },
            definitions: changes.parts, rules: rules(isShadow: false),
            shadowRules: rules(isShadow: true), actions: actions,
            reversals: BacktestReport.Counts(comparison.result(.reversals)),
            refusedVerdicts: BacktestReport.Counts(comparison.result(.refusedVerdicts)),
            outcomes: outcomes, deadLetters: deadLetters, record: record)
    }

    private func rules(isShadow: Bool) -> [BacktestReport.Rule] {
        order.compactMap { rule in
            let proposals = comparison.result(.proposals(rule: rule, isShadow: isShadow))
            let status = changes.status(of: rule)
            let isOfInterest =
                isShadow
                ? changes.shadow.contains(rule)
                : changes.live.contains(rule) && status != "unchanged"
            guard proposals.facts != Pair() || isOfInterest else { return nil }
            func counts(_ line: Line) -> BacktestReport.Counts {
                // Enforce acts on no shadow rule.
                BacktestReport.Counts(isShadow ? LineResult() : comparison.result(line))
            }
            // What moved from one table to the other is shown once.
            let hasMoved = isShadow && changes.hasMoved(rule)
            return BacktestReport.Rule(
                rule: rule, definition: status, restsOn: changes.grounds[rule] ?? [],
                proposals: BacktestReport.Counts(proposals), reviews: counts(.reviews(rule: rule)),
                budgetHits: counts(.budgetHits(rule: rule)),
                gained: hasMoved ? [] : proposals.gained.map { .init($0, text: \.text) },
                lost: hasMoved ? [] : proposals.lost.map { .init($0, text: \.text) })
        }
    }

    private var actions: [BacktestReport.ActionLine] {
        var lines: [BacktestReport.ActionLine] = []
        for action in Action.allCases {
            for mode in Mode.allCases {
                let result = comparison.result(.enforcements(action, mode))
                guard result.facts != Pair() else { continue }
                lines.append(
                    .init(action: action.name, mode: "\(mode)", enforcements: .init(result)))
            }
        }
        return lines
    }

    private var deadLetters: [BacktestReport.Rejected] {
        comparison.lines.compactMap { line -> BacktestReport.Rejected? in
            guard case .deadLetters(let topic, let reason) = line else { return nil }
            let result = comparison.result(line)
            return BacktestReport.Rejected(
                topic: topic, reason: reason, baseline: result.facts.baseline,
                candidate: result.facts.candidate,
                differ: result.oneSided.baseline + result.oneSided.candidate)
        }.sorted { ($0.topic, $0.reason) < ($1.topic, $1.reason) }
    }
}
