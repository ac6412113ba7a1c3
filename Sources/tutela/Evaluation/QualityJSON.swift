import Foundation
import SafetyModel
import Simulation

/// The report for programs: names as in the code, in snake case; shares from 0 to 1; seconds.
struct QualityJSON: Encodable {
    private var pack: Pack
    private var traffic: Traffic
    private var isMet: Bool
    private var evaluations: [Evaluated]

    init(_ report: QualityReport) {
        pack = Pack(name: report.pack, digest: report.digest)
        traffic = Traffic(
            seeds: report.seeds, accounts: report.settings.accounts, days: report.settings.days,
            texts: report.texts.words)
        isMet = report.unmet == 0
        evaluations = report.parts.map(Evaluated.init)
    }

    /// The same report gives the same bytes.
    func bytes() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(self) + Data("\n".utf8)
    }

    private struct Pack: Encodable {
        var name: String
        var digest: String
    }

    private struct Traffic: Encodable {
        var seeds: [UInt64]
        var accounts: Int
        var days: Int
        var texts: String
    }

    private struct Evaluated: Encodable {
        var reviewerErrorRate: Double
        var accounts: Int
        var gates: [Gate]
        var total: Pattern
        var patterns: [Pattern]
        var reviewRequestsPer100kAccountsAndDay: Double
        var frictionPer100kAccounts: Double
        var rules: [Rule]
        var misses: [Missed]
        var wrongHits: [Wrong]
        var wrongHitCount: Int

        init(_ part: QualityReport.Part) {
            let score = part.score
            reviewerErrorRate = part.errorRate
            accounts = score.accounts
            gates = part.gates.map(Gate.init)
            total = Pattern(score.all, "all", "all")
            patterns = score.patterns.map { Pattern($0, $0.pattern.name, $0.pattern.title) }
            reviewRequestsPer100kAccountsAndDay = rounded(
                score.per100kAndDay(score.all.reviews.total))
            frictionPer100kAccounts = rounded(score.per100k(score.all.friction.count))
            rules = score.rules.map(Rule.init)
            misses = score.misses.map(Missed.init)
            wrongHits = score.wrongHits.map(Wrong.init)
            wrongHitCount = score.wrongHitCount
        }
    }

    private struct Gate: Encodable {
        var name: String
        var wanted: String
        var found: String
        var isMet: Bool

        init(_ gate: QualityGate) {
            name = gate.name
            wanted = gate.wanted
            found = gate.found
            isMet = gate.isMet
        }
    }

    private struct Caught: Encodable {
        var automatic: Int
        var review: Int
        var missed: Int
        var recall: Double?

        init(_ counts: Counts<Catch>) {
            automatic = counts[.automatic]
            review = counts[.review]
            missed = counts[.missed]
            recall = counts.recall.map(rounded)
        }
    }

    private struct Pattern: Encodable {
        var name: String
        var title: String
        var incidents: Caught
        var wanted: Caught
        var groupsAndLinkSpreaders: Caught
        var precision: Double?
        var medianSecondsToAction: Double?
        var p90SecondsToAction: Double?
        var medianSecondsToRestriction: Double?
        var p90SecondsToRestriction: Double?
        /// In the order of incidents; null where none came. An action is a restriction or a review
        /// request.
        var secondsToAction: [Double?]
        var secondsToRestriction: [Double?]
        var labelled: [String: Int]
        var restricted: [String: Int]
        var restrictedByAutomation: [String: Int]
        var irreversible: [Final]
        var irreversibleLifted: [String: Int]
        var friction: Int
        var frictionByVerdict: Int
        var medianSecondsOfFriction: Double?
        var reviewRequests: [String: Int]
        var reviewedSubjects: Int
        var reviewPrecision: Double?
        var tips: [String: Int]

        init(_ quality: PatternQuality, _ name: String, _ title: String) {
            self.name = name
            self.title = title
            incidents = Caught(quality.incidents)
            wanted = Caught(quality.wanted)
            groupsAndLinkSpreaders = Caught(quality.spreading)
            precision = quality.precision.map(rounded)
            medianSecondsToAction = quantile(0.5, of: quality.firstActions).map(seconds)
            p90SecondsToAction = quantile(0.9, of: quality.firstActions).map(seconds)
            medianSecondsToRestriction = quantile(0.5, of: quality.firstRestrictions).map(seconds)
            p90SecondsToRestriction = quantile(0.9, of: quality.firstRestrictions).map(seconds)
            secondsToAction = quality.firstActions.map { $0.map(seconds) }
            secondsToRestriction = quality.firstRestrictions.map { $0.map(seconds) }
            labelled = byPart(quality.labelled)
            restricted = byPart(quality.restricted)
            restrictedByAutomation = byPart(quality.automatically)
            irreversible = Final.all(quality.irreversible)
            irreversibleLifted = byPart(quality.lifted)
            friction = quality.friction.count
            frictionByVerdict = quality.frictionByVerdict
            medianSecondsOfFriction = quantile(0.5, of: quality.friction).map(seconds)
            reviewRequests = byPart(quality.reviews)
            reviewedSubjects = quality.reviewedSubjects
            reviewPrecision = quality.reviewPrecision.map(rounded)
            tips = byPart(quality.tips)
        }
    }

    private struct Final: Encodable {
        var part: String
        var ground: String
        var count: Int

        static func all(_ counts: Counts<Finality>) -> [Final] {
            TruthLabel.Part.allCases.flatMap { part in
                Ground.allCases.compactMap { ground in
                    let count = counts[Finality(part, ground)]
                    return count == 0
                        ? nil : Final(part: part.rawValue, ground: "\(ground)", count: count)
                }
            }
        }
    }

    private struct Rule: Encodable {
        var rule: String
        var isShadow: Bool
        var proposals: Int
        var subjects: [String: Int]
        var victimsHelped: Int
        var precision: Double?
        var restrictions: Int
        var wrongRestrictions: Int
        var reviews: Int

        init(_ rule: RuleQuality) {
            self.rule = rule.rule
            isShadow = rule.isShadow
            proposals = rule.proposals
            subjects = byPart(rule.targets)
            victimsHelped = rule.victimsHelped
            precision = rule.precision.map(rounded)
            restrictions = rule.restrictions
            wrongRestrictions = rule.wrongRestrictions
            reviews = rule.reviews
        }
    }

    private struct Missed: Encodable {
        var seed: UInt64
        var pattern: String
        var incident: Int
        var subject: String
        var since: String

        init(_ miss: Miss) {
            seed = miss.seed
            pattern = miss.pattern.rawValue
            incident = miss.incident
            subject = miss.subject.words
            since = miss.since.rfc3339
        }
    }

    private struct Wrong: Encodable {
        var seed: UInt64
        var pattern: String
        var incident: Int
        var subject: String
        var part: String
        var action: String
        var rule: String
        var cause: String
        var time: String
        var secondsHeld: Double
        var isLifted: Bool

        init(_ hit: WrongHit) {
            seed = hit.seed
            pattern = hit.label.pattern.rawValue
            incident = hit.label.incident
            subject = hit.subject.words
            part = hit.label.part.rawValue
            action = hit.action.name
            rule = hit.rule
            cause = hit.cause
            time = hit.time.rfc3339
            secondsHeld = seconds(hit.length)
            isLifted = hit.isLifted
        }
    }
}

private func byPart(_ counts: Counts<TruthLabel.Part>) -> [String: Int] {
    var named: [String: Int] = [:]
    for part in TruthLabel.Part.allCases where counts[part] > 0 {
        named[part.rawValue] = counts[part]
    }
    return named
}

private func seconds(_ span: TimeSpan) -> Double { Double(span.milliseconds) / 1_000 }

private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
