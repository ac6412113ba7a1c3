import SafetyModel
import Simulation

extension QualityReport.Part {
    var missSheet: Sheet {
        let total = score.all.wanted[.missed]
        var sheet = Sheet(
            title: "Missed",
            about: "\(grouped(score.misses.count)) of \(grouped(total)) subjects, the first "
                + "of each pattern",
            header: ["pattern", "incident", "seed", "subject", "first harm"])
        for miss in score.misses {
            sheet.rows.append(
                .init([
                    miss.pattern.title, "\(miss.incident)", "\(miss.seed)", miss.subject.words,
                    miss.since.words,
                ]))
        }
        return sheet
    }

    var hitSheet: Sheet {
        var sheet = Sheet(
            title: "Wrongly restricted",
            about: "\(grouped(score.wrongHits.count)) of \(grouped(score.wrongHitCount)) "
                + "actions, the first of each pattern",
            header: [
                "pattern", "incident", "seed", "subject", "part", "action", "rule", "cause", "at",
                "held",
            ])
        for hit in score.wrongHits {
            sheet.rows.append(
                .init([
                    hit.label.pattern.title,
                    hit.label.incident < 0 ? "–" : "\(hit.label.incident)", "\(hit.seed)",
                    hit.subject.words, hit.label.part.rawValue, hit.action.name, hit.rule,
                    hit.cause, hit.time.words,
                    readable(hit.length) + (hit.isLifted ? ", lifted" : ""),
                ]))
        }
        return sheet
    }
}

extension WrongHit {
    /// What let it pass.
    var cause: String {
        switch ground {
        case .conclusiveMatch: "conclusive match"
        case .verdict: "verdict"
        case .wrongVerdict: "wrong verdict"
        case .nothing: action.actionClass == .irreversible ? "nothing" : "automation"
        }
    }
}

extension Subject {
    var words: String {
        switch kind {
        case .account: "account \(id)"
        case .group: "group \(id)"
        case .inviteLink: "link \(id)"
        }
    }
}

extension Instant {
    /// `2026-01-05 13:20`, in UTC.
    var words: String { String(rfc3339.prefix(16)).replacing("T", with: " ") }
}
