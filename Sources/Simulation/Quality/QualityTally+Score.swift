import SafetyModel

extension QualityTally {
    /// Compares what was done with what is true.
    /// - Parameters:
    ///   - truth: of the run, at its end.
    ///   - settings: of the run.
    public func score(_ truth: GroundTruth, _ settings: SimulationSettings) -> QualityScore {
        var score = QualityScore(accounts: truth.accountCount, days: settings.days)
        let end = settings.start + .hours(Int64(settings.sliceCount))
        for item in truth.all {
            score.update(item.label.pattern) { $0.labelled[item.label.part] += 1 }
        }
        let labelled = truth.all.count { $0.subject.kind == .account }
        score.update(.ordinary) { $0.labelled[.innocent] += truth.accountCount - labelled }
        for incident in truth.incidents where !incident.wanted.isEmpty {
            countCatches(incident, truth, settings.seed, &score)
        }
        for (subject, actions) in inOrder(imposed) {
            countActions(actions, on: subject, truth.label(of: subject), end, settings, &score)
        }
        for (subject, requests) in inOrder(reviews) {
            let label = truth.label(of: subject)
            score.update(label.pattern) {
                $0.reviews[label.part] += requests.count
                $0.reviewedSubjects += 1
            }
        }
        for (subject, count) in inOrder(reported) {
            let label = truth.label(of: subject)
            score.update(label.pattern) { $0.tips[label.part] += count }
        }
        score.rules = rules(truth)
        return score
    }

    private func countCatches(
        _ incident: TruthIncident, _ truth: GroundTruth, _ seed: UInt64,
        _ score: inout QualityScore
    ) {
        let outcomes = incident.wanted.map { outcome(of: $0.subject) }
        let spreads = incident.wanted.contains { $0.subject.kind == .inviteLink }
        let restrictions = incident.wanted.flatMap { wanted in
            imposed[wanted.subject, default: []].filter {
                $0.restricts(.offender) && $0.lifted == nil
            }
        }
        let restricted = restrictions.map(\.time).min()
        let asked = incident.wanted.flatMap { reviews[$0.subject, default: []].map(\.time) }.min()
        func sinceHarm(_ time: Instant?) -> TimeSpan? {
            time.map { max($0 - incident.began, TimeSpan(milliseconds: 0)) }
        }
        score.update(incident.pattern) { quality in
            quality.incidents[outcomes.min { $0.rawValue < $1.rawValue } ?? .missed] += 1
            quality.firstActions.append(
                sinceHarm([restricted, asked].compactMap(\.self).min()))
            quality.firstRestrictions.append(sinceHarm(restricted))
            for (wanted, outcome) in zip(incident.wanted, outcomes) {
                quality.wanted[outcome] += 1
                let kind = wanted.subject.kind
                if kind == .group || kind == .account && spreads {
                    quality.spreading[outcome] += 1
                }
            }
        }
        for (wanted, outcome) in zip(incident.wanted, outcomes) where outcome == .missed {
            score.add(
                Miss(
                    seed: seed, pattern: incident.pattern, incident: incident.number,
                    subject: wanted.subject, since: wanted.since))
        }
    }

    private func outcome(of subject: Subject) -> Catch {
        let standing = imposed[subject, default: []].filter {
            $0.restricts(.offender) && $0.lifted == nil
        }
        if standing.contains(where: { $0.verdict == nil }) { return .automatic }
        return standing.isEmpty && reviews[subject] == nil ? .missed : .review
    }

    private func countActions(
        _ actions: [Imposed], on subject: Subject, _ label: TruthLabel, _ end: Instant,
        _ settings: SimulationSettings, _ score: inout QualityScore
    ) {
        let part = label.part
        let restrictions = actions.filter { $0.restricts(part) }
        guard !restrictions.isEmpty else { return }
        let isAutomatic = restrictions.contains { $0.verdict == nil }
        score.update(label.pattern) { quality in
            quality.restricted[part] += 1
            if isAutomatic { quality.automatically[part] += 1 }
            if isAutomatic, part == .target, subject.kind == .account {
                quality.targetsTouched += 1
            }
            let isFinal = restrictions.contains { $0.action.actionClass == .irreversible }
            if part.isProtected, isFinal { quality.finallyRestricted += 1 }
            for action in restrictions {
                if action.action.actionClass == .irreversible {
                    quality.irreversible[Finality(part, ground(action, subject, label))] += 1
                    if action.lifted != nil { quality.lifted[part] += 1 }
                } else if part.isProtected {
                    if action.verdict == nil {
                        quality.friction.append(action.length(until: end))
                    } else {
                        quality.frictionByVerdict += 1
                    }
                }
            }
        }
        guard part.isProtected else { return }
        score.wrongHitCount += restrictions.count
        for action in restrictions {
            score.add(
                WrongHit(
                    seed: settings.seed, subject: subject, label: label, action: action.action,
                    ground: ground(action, subject, label), rule: action.rule, time: action.time,
                    length: action.length(until: end), isLifted: action.lifted != nil))
        }
    }

    /// A verdict carries only what it asked for by name.
    private func ground(_ action: Imposed, _ subject: Subject, _ label: TruthLabel) -> Ground {
        guard let verdict = action.verdict else {
            return action.isConclusive ? .conclusiveMatch : .nothing
        }
        let wish = Wish(target: subject, action: action.action)
        guard wishes[verdict]?.contains(wish) == true else { return .nothing }
        return label.part.isProtected ? .wrongVerdict : .verdict
    }

    private func rules(_ truth: GroundTruth) -> [RuleQuality] {
        var rows: [String: RuleQuality] = [:]
        // Whether any proposal of the rule for the target would punish a victim.
        var targets: [String: [Subject: Bool]] = [:]
        for proposal in proposals {
            let rule = proposal.rule
            rows[rule, default: RuleQuality(rule: rule, isShadow: proposal.isShadow)]
                .proposals += 1
            let isHarsh = targets[rule]?[proposal.target] ?? false
            targets[rule, default: [:]][proposal.target] = isHarsh || !proposal.isGentle
        }
        for (rule, found) in targets {
            for (target, isHarsh) in found {
                let part = truth.label(of: target).part
                rows[rule]?.targets[part] += 1
                if part == .victim, !isHarsh { rows[rule]?.victimsHelped += 1 }
            }
        }
        for (subject, actions) in imposed {
            let part = truth.label(of: subject).part
            for action in actions where action.verdict == nil && action.restricts(part) {
                rows[action.rule]?.restrictions += 1
                if part.isProtected { rows[action.rule]?.wrongRestrictions += 1 }
            }
        }
        for asked in reviews.values.joined() { rows[asked.rule]?.reviews += 1 }
        return rows.values.sorted { $0.rule < $1.rule }
    }

    private func inOrder<Value>(_ values: [Subject: Value]) -> [(Subject, Value)] {
        values.sorted { ($0.key.kind.rawValue, $0.key.id) < ($1.key.kind.rawValue, $1.key.id) }
            .map { ($0.key, $0.value) }
    }
}
