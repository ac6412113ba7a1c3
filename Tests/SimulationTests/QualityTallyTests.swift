import EventSchemas
import Foundation
import SafetyModel
import Simulation
import SwiftProtobuf
import Testing

private let settings: SimulationSettings = {
    var settings = SimulationSettings()
    settings.days = 1
    return settings
}()

private func at(_ minutes: Int64) -> Instant { settings.start + .minutes(minutes) }

private func account(_ name: String) -> Subject { Subject(.account, name) }
private func group(_ name: String) -> Subject { Subject(.group, name) }

private func id(_ number: UInt8) -> Data { Data(repeating: number, count: 16) }

private func reference(_ subject: Subject) -> PBSubjectRef {
    .with {
        $0.kind = PBSubjectKind(rawValue: Int(subject.kind.rawValue)) ?? .unspecified
        $0.id = subject.id
    }
}

private func enforcement(
    _ number: UInt8, _ action: PBActionKind, _ subject: Subject, _ minutes: Int64,
    expires: Int64? = nil, verdict: UInt8? = nil, conclusive: Bool = false, rule: String = "rule-a"
) -> PBEnforcement {
    .with {
        $0.enforcementID = id(number)
        $0.subject = reference(subject)
        $0.action = action
        $0.mode = .enforce
        $0.rule = rule
        $0.eventUnixMs = at(minutes).milliseconds
        $0.decidedUnixMs = at(minutes).milliseconds
        if let expires { $0.expiresUnixMs = at(expires).milliseconds }
        if let verdict { $0.verdictID = id(verdict) }
        $0.conclusive = conclusive
    }
}

private func reversal(_ number: UInt8, _ subject: Subject, _ minutes: Int64) -> PBEnforcement {
    .with {
        $0.enforcementID = id(200)
        $0.subject = reference(subject)
        $0.action = .reverse
        $0.mode = .enforce
        $0.reversesEnforcementID = id(number)
        $0.eventUnixMs = at(minutes).milliseconds
    }
}

private func verdict(_ number: UInt8, _ action: PBActionKind, _ subject: Subject) -> PBVerdict {
    .with {
        $0.verdictID = id(number)
        $0.subject = reference(subject)
        $0.outcome = .confirm
        $0.actions = [
            .with {
                $0.action = action
                $0.target = reference(subject)
            }
        ]
    }
}

private func review(_ subject: Subject, _ minutes: Int64 = 240) -> PBReviewRequest {
    .with {
        $0.subject = reference(subject)
        $0.proposal.rule = "rule-a"
        $0.proposal.eventUnixMs = at(minutes).milliseconds
    }
}

private func proposal(
    _ rule: String, _ actions: [PBActionKind], _ target: Subject, shadow: Bool = false
) -> PBProposal {
    .with {
        $0.rule = rule
        $0.target = reference(target)
        $0.shadow = shadow
        $0.actions = actions.map { action in
            .with {
                $0.action = action
                $0.target = reference(target)
            }
        }
    }
}

/// Ten ordinary people; three solicitation incidents; a victim; a brigaded account and a brigader.
private func truth() -> GroundTruth {
    var truth = GroundTruth()
    func label(
        _ subject: Subject, _ pattern: TrafficPattern, _ part: TruthLabel.Part, _ incident: Int
    ) { truth.set(TruthLabel(pattern: pattern, part: part, incident: incident), for: subject) }
    for (number, subjects) in [
        [group("g0"), account("a0"), Subject(.inviteLink, "l0")], [group("g1")], [account("a2")],
    ].enumerated() {
        for subject in subjects {
            label(subject, .solicitation, .offender, number)
            truth.want(subject, since: at(0))
        }
    }
    label(account("v0"), .victims, .victim, 0)
    label(account("t0"), .brigading, .target, 0)
    label(account("f0"), .brigading, .falseReporter, 0)
    truth.accountCount = 15
    return truth
}

private func score(_ fill: (inout QualityTally) -> Void) -> QualityScore {
    var tally = QualityTally()
    fill(&tally)
    return tally.score(truth(), settings)
}

extension QualityScore {
    fileprivate func of(_ pattern: TrafficPattern) throws -> PatternQuality {
        try #require(patterns.first { $0.pattern == pattern })
    }
}

@Suite("Quality tally")
struct QualityTallyTests {
    @Test("What is to be caught is caught automatically, by review, or missed; lifted is missed")
    func catches() throws {
        let result = try score { tally in
            tally.add(enforcement(1, .limitInvites, group("g0"), 30, expires: 30 + 72 * 60))
            tally.add(enforcement(2, .preserveEvidence, group("g0"), 5))
            tally.add(review(account("a0")))
            tally.add(enforcement(3, .disableGroup, group("g1"), 10))
            tally.add(reversal(3, group("g1"), 90))
            tally.add(verdict(9, .banAccount, account("a2")))
            tally.add(enforcement(4, .banAccount, account("a2"), 180, verdict: 9))
        }.of(.solicitation)
        #expect(Catch.allCases.map { result.incidents[$0] } == [1, 1, 1])
        #expect(Catch.allCases.map { result.wanted[$0] } == [1, 2, 2])
        #expect(result.incidents.recall == 2.0 / 3)
        #expect(result.wanted.recall == 3.0 / 5)
        // The link's own account and the groups; not the account without a link.
        #expect(Catch.allCases.map { result.spreading[$0] } == [1, 1, 1])
        #expect(result.firstActions == [.minutes(30), nil, .minutes(180)])
        #expect(quantile(0.5, of: result.firstActions) == .minutes(180))
        #expect(quantile(0.9, of: result.firstActions) == nil)
        #expect(result.precision == 1)
        #expect(result.irreversible(on: [.offender]) == 1)
        #expect(result.irreversible[Finality(.offender, .verdict)] == 1)
    }

    @Test("A review request is an action too; the time to the first restriction stands by itself")
    func promptness() throws {
        let result = try score { tally in
            tally.add(review(group("g0"), 12))
            tally.add(enforcement(1, .limitInvites, account("a0"), 30))
            tally.add(enforcement(2, .limitInvites, group("g1"), 40))
            tally.add(review(group("g1"), 45))
            tally.add(review(account("a2"), 50))
            // Of nobody who is to be caught.
            tally.add(review(account("o1"), 1))
        }.of(.solicitation)
        #expect(result.firstActions == [.minutes(12), .minutes(40), .minutes(50)])
        #expect(result.firstRestrictions == [.minutes(30), .minutes(40), nil])
    }

    @Test("What automation does after a human spoke about the incident is no automatic catch")
    func afterAHuman() throws {
        func outcomes(_ minutes: Int64) throws -> [Int] {
            let result = try score { tally in
                tally.add(review(account("a0"), 10))
                var word = verdict(9, .limitInvites, account("a0"))
                word.outcome = .dismiss
                word.decidedUnixMs = at(60).milliseconds
                tally.add(word)
                tally.add(enforcement(1, .limitInvites, group("g0"), minutes))
                tally.add(enforcement(2, .limitInvites, group("g1"), 90))
            }.of(.solicitation)
            return Catch.allCases.map { result.incidents[$0] }
        }
        // A word about another incident changes nothing.
        #expect(try outcomes(60) == [2, 0, 1])
        #expect(try outcomes(61) == [1, 1, 1])
    }

    @Test("What was asked or was over before the harm began is no catch; what still stands is")
    func beforeTheHarm() throws {
        let result = try score { tally in
            tally.add(review(account("a0"), -5))
            tally.add(enforcement(1, .limitInvites, group("g1"), -90, expires: 0))
            tally.add(enforcement(2, .limitInvites, account("a2"), -90, expires: 30))
        }.of(.solicitation)
        #expect(Catch.allCases.map { result.incidents[$0] } == [1, 0, 2])
        #expect(result.firstActions == [nil, nil, .minutes(0)])
        #expect(result.firstRestrictions == [nil, nil, .minutes(0)])
    }

    @Test("A share or a median of nothing is not met; a count of nobody says so")
    func nothingToJudge() {
        let idle = QualityTally().score(GroundTruth(), settings).gates(reviewersErr: false)
        #expect(idle.map(\.isMet) == [true, true, true, true, false, false])
        #expect(idle.prefix(4).allSatisfy { $0.found == "0, there were none" })
        #expect(idle.suffix(2).allSatisfy { $0.found == "there were none" })
        var people = GroundTruth()
        people.accountCount = 5
        let gates = QualityTally().score(people, settings).gates(reviewersErr: false)
        #expect(gates.map(\.found).prefix(4) == ["0", idle[1].found, "0", idle[3].found])
    }

    @Test("An action that is only advised counts for nothing")
    func advice() throws {
        var advised = enforcement(1, .banAccount, account("a2"), 5, conclusive: true)
        advised.mode = .advise
        let result = score { $0.add(advised) }
        #expect(try result.of(.solicitation).restricted.total == 0)
        #expect(try result.of(.solicitation).wanted[.missed] == 5)
    }

    @Test("Help and the removal of listed media do not punish a victim; suspension and bans do")
    func victims() throws {
        let helped = try score { tally in
            tally.add(enforcement(1, .removeProfileMedia, account("v0"), 1))
            tally.add(enforcement(2, .offerSupport, account("v0"), 1))
            tally.add(enforcement(3, .secureAccount, account("v0"), 1))
        }.of(.victims)
        #expect(helped.restricted.total == 0)
        #expect(helped.precision == nil)
        let punished = try score { tally in
            tally.add(enforcement(1, .suspendAccount, account("v0"), 1, expires: 61))
            tally.add(enforcement(2, .banAccount, account("v0"), 1, conclusive: true))
            tally.add(reversal(2, account("v0"), 100))
        }.of(.victims)
        #expect(punished.restricted[.victim] == 1)
        #expect(punished.finallyRestricted == 1)
        #expect(punished.irreversible[Finality(.victim, .conclusiveMatch)] == 1)
        #expect(punished.lifted[.victim] == 1)
        #expect(punished.friction == [.minutes(60)])
        #expect(punished.precision == 0)
    }

    @Test("Friction lasts until it expires, is lifted, or the run ends")
    func friction() throws {
        let result = score { tally in
            tally.add(enforcement(1, .suspendAccount, account("o1"), 120))
            tally.add(enforcement(2, .limitInvites, account("o2"), 60, expires: 73 * 60))
            tally.add(reversal(2, account("o2"), 300))
            tally.add(enforcement(3, .limitGroupAdds, account("t0"), 0, expires: 72 * 60))
            tally.add(enforcement(4, .limitInvites, account("f0"), 0, expires: 72 * 60))
        }
        let ordinary = try result.of(.ordinary)
        #expect(ordinary.friction == [.hours(22), .hours(4)])
        #expect(ordinary.restricted[.innocent] == 2)
        // Fifteen accounts less the five labelled ones.
        #expect(ordinary.labelled[.innocent] == 10)
        let brigading = try result.of(.brigading)
        #expect(brigading.friction == [.hours(72)])
        #expect(brigading.targetsTouched == 1)
        #expect(brigading.wronglyRestricted == 1)
        #expect(brigading.precision == 0, "the false reporter counts neither way")
        #expect(result.per100k(result.all.friction.count) == 20_000)
        #expect(result.wrongHits.map(\.length) == [.hours(22), .hours(4), .hours(72)])
        #expect(result.wrongHits.map(\.isLifted) == [false, true, false])
    }

    @Test("A reviewer's error is told from automation's, and from what no verdict asked for")
    func grounds() throws {
        let result = score { tally in
            tally.add(verdict(9, .banAccount, account("o1")))
            tally.add(enforcement(1, .banAccount, account("o1"), 60, verdict: 9))
            tally.add(enforcement(2, .reportCybertip, account("o1"), 60, verdict: 9))
            tally.add(enforcement(3, .banAccount, account("o2"), 60, conclusive: true))
            tally.add(enforcement(4, .banAccount, account("t0"), 60))
            tally.add(enforcement(5, .limitInvites, account("o1"), 60, verdict: 9))
        }
        let ordinary = try result.of(.ordinary)
        #expect(ordinary.irreversible[Finality(.innocent, .wrongVerdict)] == 1)
        #expect(ordinary.irreversible[Finality(.innocent, .nothing)] == 1)
        #expect(ordinary.irreversible[Finality(.innocent, .conclusiveMatch)] == 1)
        #expect(ordinary.frictionByVerdict == 1)
        #expect(ordinary.friction.isEmpty)
        #expect(ordinary.restricted[.innocent] == 2)
        #expect(ordinary.automatically[.innocent] == 1)
        #expect(ordinary.finallyRestricted == 2)
        let gates = result.gates(reviewersErr: false)
        #expect(gates.map(\.found).prefix(4) == ["4", "0", "2", "1"])
        #expect(gates.map(\.isMet).prefix(4) == [false, true, false, false])
        let forgiving = result.gates(reviewersErr: true)
        #expect(forgiving.map(\.found).prefix(4) == ["3", "0", "2", "1"])
    }

    @Test("Review is right about offenders and victims")
    func reviews() throws {
        let result = score { tally in
            for _ in 0..<3 { tally.add(review(account("a0"))) }
            tally.add(review(account("v0")))
            tally.add(review(account("t0")))
            tally.add(review(account("o1")))
        }
        #expect(try result.of(.solicitation).reviewPrecision == 1)
        #expect(try result.of(.solicitation).reviewedSubjects == 1)
        #expect(try result.of(.victims).reviewPrecision == 1)
        #expect(try result.of(.brigading).reviewPrecision == 0)
        #expect(result.all.reviewPrecision == 4.0 / 6)
        #expect(result.per100kAndDay(result.all.reviews.total) == 40_000)
    }

    @Test("A rule's row says whom it is for, and what came of it")
    func rules() throws {
        let result = score { tally in
            tally.add(proposal("rule-a", [.limitInvites, .requestReview], group("g0")))
            tally.add(proposal("rule-a", [.limitInvites, .requestReview], group("g0")))
            tally.add(proposal("rule-a", [.limitInvites], account("o1")))
            tally.add(proposal("rule-a", [.offerSupport, .removeProfileMedia], account("v0")))
            tally.add(proposal("rule-b", [.banAccount], account("v0"), shadow: true))
            tally.add(enforcement(1, .limitInvites, group("g0"), 30))
            tally.add(enforcement(2, .preserveEvidence, group("g0"), 30))
            tally.add(enforcement(4, .limitInvites, account("o1"), 30))
            tally.add(enforcement(5, .removeProfileMedia, account("v0"), 30))
            tally.add(enforcement(3, .disableGroup, group("g0"), 30, verdict: 9))
            tally.add(review(group("g0")))
        }
        #expect(result.rules.map(\.rule) == ["rule-a", "rule-b"])
        let first = try #require(result.rules.first)
        #expect(first.proposals == 4)
        #expect(first.targets.total == 3)
        #expect(first.precision == 2.0 / 3)
        #expect(first.restrictions == 2)
        #expect(first.wrongRestrictions == 1)
        #expect(first.reviews == 1)
        let second = try #require(result.rules.last)
        #expect(second.isShadow)
        #expect(second.precision == 0)
    }

    @Test("Runs add up, and what never came is the longest of all")
    func merges() throws {
        let one = score { $0.add(enforcement(1, .limitInvites, group("g0"), 30)) }
        var sum = QualityScore()
        for _ in 0..<3 { sum.merge(one) }
        #expect(sum.runs == 3)
        #expect(sum.accounts == 45)
        let solicitation = try sum.of(.solicitation)
        #expect(solicitation.incidents.total == 9)
        #expect(solicitation.firstActions.count == 9)
        #expect(quantile(0.3, of: solicitation.firstActions) == .minutes(30))
        #expect(quantile(0.5, of: solicitation.firstActions) == nil)
        #expect(sum.misses.count == 12)
        let gates = sum.gates(reviewersErr: false)
        #expect(gates[4].found == "33.3 % (3 of 9)")
        #expect(gates[5].found == "never")
        #expect(gates.map(\.isMet) == [true, true, true, true, false, false])
        for _ in 0..<3 { sum.merge(one) }
        #expect(sum.misses.count == QualityScore.examplesOfPattern)
    }

    @Test("Shares are rounded down and spans are readable")
    func words() {
        #expect(percent(0.99999) == "99.9 %")
        #expect(percent(1) == "100 %")
        #expect(percent(0.29) == "29 %")
        #expect(readable(.minutes(45)) == "45 min")
        #expect(readable(.minutes(95)) == "1.6 h")
        #expect(readable(.hours(72)) == "3 d")
        #expect(readable(nil) == "never")
    }
}
