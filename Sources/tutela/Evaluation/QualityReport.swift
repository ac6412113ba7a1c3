import Simulation

/// What an evaluation came to, in words and tables.
struct QualityReport {
    /// The runs of all seeds with one rate of wrong verdicts.
    struct Part {
        var errorRate: Double
        var score: QualityScore

        var gates: [QualityGate] { score.gates(reviewersErr: errorRate > 0) }

        var title: String {
            errorRate == 0
                ? "Reviewers never err"
                : "Reviewers are wrong in \(percent(errorRate)) of their verdicts"
        }
    }

    var pack: String
    var digest: String
    var seeds: [UInt64]
    var settings: SimulationSettings
    var texts: SimulatedTexts
    /// The first is what the pack is judged by most.
    var parts: [Part]

    var unmet: Int { parts.flatMap(\.gates).count { !$0.isMet } }
    var gateCount: Int { parts.flatMap(\.gates).count }

    var traffic: String {
        let seeds = seeds.map(String.init).joined(separator: ", ")
        return "\(grouped(settings.accounts)) accounts at the start, \(settings.days) days, "
            + "seed\(self.seeds.count == 1 ? "" : "s") \(seeds), "
            + "\(texts.words)"
    }

    func lines(_ screen: Screen, details: Bool) -> [String] {
        var text = [
            screen.paint("Quality of \(pack)", .bold)
                + screen.paint("  digest \(digest.prefix(16)); \(traffic)", .dim)
        ]
        for (place, part) in parts.enumerated() {
            text += ["", screen.paint(part.title.uppercased(), .bold)]
            for sheet in part.sheets(inFull: place == 0, details: details) {
                text += sheet.lines(screen)
            }
        }
        return text
    }

    func markdown(details: Bool) -> String {
        var text = "# Quality of \(pack)\n\nDigest `\(digest.prefix(16))`; \(traffic).\n\n"
        for (place, part) in parts.enumerated() {
            text += "## \(part.title)\n\n"
            for sheet in part.sheets(inFull: place == 0, details: details) {
                text += sheet.markdown(level: 3)
            }
        }
        return text
    }
}

extension QualityReport.Part {
    /// - Parameter inFull: false for what reviewers' errors can change, and no more.
    func sheets(inFull: Bool, details: Bool) -> [Sheet] {
        var sheets = [gateSheet]
        if inFull { sheets += [catchSheet] }
        sheets += [finalitySheet, protectedSheet]
        if inFull { sheets += [reviewSheet, ruleSheet] }
        if details { sheets += inFull ? [missSheet, hitSheet] : [hitSheet] }
        return sheets
    }

    private var gateSheet: Sheet {
        var sheet = Sheet(
            title: "Gates", about: "what must be true before a pack is called good",
            header: ["gate", "wanted", "found", ""])
        for gate in gates {
            sheet.rows.append(
                Sheet.Row(
                    [gate.name, gate.wanted, gate.found, gate.isMet ? "met" : "NOT MET"],
                    gate.isMet ? .green : .red))
        }
        return sheet
    }

    private var catchSheet: Sheet {
        var sheet = Sheet(
            title: "Who should be caught",
            about: "incidents, and the accounts, groups and links in them; automatic: restricted "
                + "before a human looked; review: put before a human, or restricted by one; time "
                + "from the first harm to the first restriction or review request, never "
                + "included, and to the first restriction alone",
            header: [
                "pattern", "incidents", "automatic", "review", "missed", "recall", "subjects",
                "automatic", "review", "missed", "recall", "precision", "median", "p90",
                "median restricted",
            ])
        let shown = score.patterns.filter { $0.incidents.total > 0 }
        var sum = score.all
        for pattern in shown { sheet.rows.append(.init(catches(pattern, pattern.pattern.title))) }
        if shown.count > 1 {
            sum.incidents = shown.reduce(into: .init()) { $0 += $1.incidents }
            sheet.rows.append(.init(catches(sum, "all, ordinary people included"), .bold))
        }
        return sheet
    }

    private func catches(_ quality: PatternQuality, _ title: String) -> [String] {
        [title] + catches(quality.incidents) + catches(quality.wanted) + [
            quality.precision.map(percent) ?? "–",
            readable(quantile(0.5, of: quality.firstActions)),
            readable(quantile(0.9, of: quality.firstActions)),
            readable(quantile(0.5, of: quality.firstRestrictions)),
        ]
    }

    private func catches(_ counts: Counts<Catch>) -> [String] {
        [grouped(counts.total)] + Catch.allCases.map { grouped(counts[$0]) }
            + [counts.recall.map(percent) ?? "–"]
    }

    private var finalitySheet: Sheet {
        var sheet = Sheet(
            title: "Irreversible actions",
            about:
                "bans, removals and tips, by what let them pass; a wrong verdict is a reviewer's "
                + "error, everything else is the machine's",
            header: ["on", "conclusive match", "verdict", "wrong verdict", "neither", "lifted"])
        let all = score.all
        for part in TruthLabel.Part.allCases {
            let counts = Ground.allCases.map { all.irreversible[Finality(part, $0)] }
            let isWrong = part.isProtected && counts.contains { $0 > 0 }
            sheet.rows.append(
                .init(
                    [part.title] + counts.map(grouped) + [grouped(all.lifted[part])],
                    isWrong ? .red : nil))
        }
        return sheet
    }

    private var protectedSheet: Sheet {
        var sheet = Sheet(
            title: "Who should be left alone",
            about:
                "innocents, victims, and targets of false reports; friction: what automation did "
                + "that can be undone, with the median of how long it held",
            header: [
                "pattern", "subjects", "restricted", "by automation", "for good", "friction",
                "per 100,000 accounts", "median",
            ])
        let parts = TruthLabel.Part.allCases.filter(\.isProtected)
        func row(_ quality: PatternQuality, _ title: String) -> [String] {
            let labelled = parts.reduce(0) { $0 + quality.labelled[$1] }
            let automatic = parts.reduce(0) { $0 + quality.automatically[$1] }
            let count = quality.friction.count
            return [
                title, grouped(labelled), grouped(quality.wronglyRestricted), grouped(automatic),
                grouped(quality.finallyRestricted), grouped(count),
                tenths(score.per100k(count)),
                count == 0 ? "–" : readable(quantile(0.5, of: quality.friction)),
            ]
        }
        for quality in score.patterns {
            guard
                parts.contains(where: { quality.labelled[$0] > 0 }) || quality.wronglyRestricted > 0
            else { continue }
            let isWrong = quality.wronglyRestricted > 0
            sheet.rows.append(
                .init(row(quality, quality.pattern.title), isWrong ? .yellow : nil))
        }
        sheet.rows.append(.init(row(score.all, "all"), .bold))
        return sheet
    }

    private var reviewSheet: Sheet {
        var sheet = Sheet(
            title: "Review",
            about:
                "requests by whom they are about; right: an offender, or a victim who needs help",
            header: ["pattern", "requests", "subjects"]
                + TruthLabel.Part.allCases.map(\.title) + ["right"])
        func row(_ quality: PatternQuality, _ title: String) -> [String] {
            [title, grouped(quality.reviews.total), grouped(quality.reviewedSubjects)]
                + TruthLabel.Part.allCases.map { grouped(quality.reviews[$0]) }
                + [quality.reviewPrecision.map(percent) ?? "–"]
        }
        for quality in score.patterns where quality.reviews.total > 0 {
            sheet.rows.append(.init(row(quality, quality.pattern.title)))
        }
        let all = score.all
        sheet.rows.append(.init(row(all, "all"), .bold))
        sheet.rows.append(
            .init([
                "per 100,000 accounts and day", tenths(score.per100kAndDay(all.reviews.total)),
                tenths(score.per100kAndDay(all.reviewedSubjects)),
            ]))
        return sheet
    }

    private var ruleSheet: Sheet {
        var sheet = Sheet(
            title: "Rules",
            about: "whom each rule's proposals are for; right: offenders, and victims whom the "
                + "proposal does not punish; restrictions are automation's, wrong ones on "
                + "innocents, victims and targets",
            header: ["rule", "proposals", "subjects"]
                + TruthLabel.Part.allCases.map(\.title) + [
                    "right", "restrictions", "wrong", "reviews",
                ])
        for rule in score.rules {
            sheet.rows.append(
                .init(
                    [
                        rule.rule + (rule.isShadow ? " (shadow)" : ""), grouped(rule.proposals),
                        grouped(rule.targets.total),
                    ] + TruthLabel.Part.allCases.map { grouped(rule.targets[$0]) } + [
                        rule.precision.map(percent) ?? "–", grouped(rule.restrictions),
                        grouped(rule.wrongRestrictions), grouped(rule.reviews),
                    ], rule.wrongRestrictions > 0 ? .yellow : nil))
        }
        return sheet
    }
}

/// `12.3`.
func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(grouped(tenths / 10)).\(tenths % 10)"
}

extension TruthLabel.Part {
    /// For people, in the plural.
    var title: String {
        switch self {
        case .innocent: "innocents"
        case .offender: "offenders"
        case .victim: "victims"
        case .target: "targets"
        case .falseReporter: "false reporters"
        }
    }
}
