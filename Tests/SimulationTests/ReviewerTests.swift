import EventSchemas
import Foundation
import SafetyModel
import Simulation
import Streaming
import SwiftProtobuf
import Testing

@Suite("Simulated reviewer")
struct ReviewerTests {
    /// Asks for a review of every labelled subject after two days, and gives what comes back.
    private func verdicts(
        _ patterns: [TrafficPattern], _ change: (inout SimulationSettings) -> Void = { _ in }
    ) throws -> (verdicts: [PBVerdict], truth: GroundTruth, closed: [PBReportEvent]) {
        var settings = Recording.quiet()
        settings.reviewerErrorRate = 0
        for pattern in patterns { settings.incidents[pattern] = 4 }
        change(&settings)
        var simulator = Simulator(settings)
        var verdicts: [PBVerdict] = []
        var closed: [PBReportEvent] = []
        while let slice = simulator.nextSlice() {
            for entry in slice.records.entries {
                let topic = slice.records.topics[entry.topic]
                guard let value = entry.value else { continue }
                let bytes = Array(slice.records.bytes[value])
                if topic == settings.topics.verdicts {
                    verdicts.append(try PBVerdict(serializedBytes: bytes))
                } else if topic == settings.topics.reports {
                    let event = try PBReportEvent(serializedBytes: bytes)
                    if event.withdrawn.abusive { closed.append(event) }
                }
            }
            if slice.index == 5 * 24 { ask(&simulator, settings) }
        }
        return (verdicts, simulator.truth, closed)
    }

    private func ask(_ simulator: inout Simulator, _ settings: SimulationSettings) {
        let topic = settings.topics.reviewRequests
        for (subject, _) in simulator.truth.all {
            let request = PBReviewRequest.with {
                $0.reviewRequestID = Data(count: 16)
                $0.subject = .with {
                    $0.kind = PBSubjectKind(rawValue: Int(subject.kind.rawValue)) ?? .unspecified
                    $0.id = subject.id
                }
                $0.harm = .csam
            }
            guard let value: [UInt8] = try? request.serializedBytes() else { continue }
            var builder = RecordChunkBuilder(sources: [TopicPartition(topic, 0)])
            builder.append(
                source: 0, offset: 0, timestamp: 0, key: Array(subject.id.utf8), value: value,
                headers: [Header("content-type", "application/protobuf")])
            let isRead = simulator.observe(builder.finish()[0])
            #expect(isRead)
        }
    }

    private func subject(_ verdict: PBVerdict) -> Subject {
        let kind = SubjectKind(rawValue: UInt8(verdict.subject.kind.rawValue)) ?? .account
        return Subject(kind, verdict.subject.id)
    }

    @Test("Every request is answered from the truth, accounts with the role they have")
    func answers() throws {
        let patterns = TrafficPattern.allCases.filter { $0 != .ordinary }
        let (verdicts, truth, _) = try verdicts(patterns)
        var roles: [PBRole: Int] = [:]
        for verdict in verdicts {
            let label = truth.label(of: subject(verdict))
            if label.part == .offender {
                #expect(verdict.outcome == .confirm)
                #expect(verdict.role == .offender)
                continue
            }
            #expect(verdict.outcome == .dismiss)
            guard verdict.subject.kind == .account else { continue }
            roles[verdict.role, default: 0] += 1
            #expect(verdict.role.rawValue == Int(label.role.rawValue) + 1)
            #expect(verdict.actions.isEmpty == (label.part != .victim))
        }
        for role in [PBRole.victim, .minorSelfGenerated, .compromised, .bystander, .reporter] {
            #expect(roles[role, default: 0] > 0, "\(role)")
        }
    }

    /// Reports that the platform closed as filed in bad faith: those that were, and the others.
    private func closed(
        falsely: Double, honestly: Double, _ change: (inout SimulationSettings) -> Void = { _ in }
    ) throws -> (inBadFaith: Int, others: Int) {
        let patterns: [TrafficPattern] = [
            .framing, .slowBrigading, .solicitation, .survivors, .publicBusiness,
        ]
        let (_, truth, closed) = try verdicts(patterns) {
            $0.falseReportsClosed = falsely
            $0.honestReportsClosed = honestly
            $0.reportRate = 3
            change(&$0)
        }
        let inBadFaith = closed.count {
            truth.label(of: Subject(.account, $0.context.actorAccountID)).part == .falseReporter
        }
        return (inBadFaith, closed.count - inBadFaith)
    }

    @Test("Where nothing is found, reports are closed in the shares asked for, honest ones too")
    func closesReports() throws {
        let knowing = try closed(falsely: 1, honestly: 0)
        #expect(knowing.inBadFaith > 10 && knowing.others == 0)
        let blind = try closed(falsely: 0.5, honestly: 0.5)
        #expect(blind.inBadFaith > 0 && blind.inBadFaith < knowing.inBadFaith)
        #expect(blind.others > 0)
        let (all, usual) = (try closed(falsely: 1, honestly: 1), SimulationSettings())
        #expect(all.inBadFaith == knowing.inBadFaith && blind.others < all.others)
        #expect(usual.falseReportsClosed < 1 && usual.honestReportsClosed > 0)
    }

    @Test("A reviewer who clears an offender has the reports about it closed like any others")
    func closesWhatIsTrue() throws {
        let right = try closed(falsely: 0, honestly: 1)
        let wrong = try closed(falsely: 0, honestly: 1) { $0.reviewerErrorRate = 1 }
        #expect(right.others > 0 && wrong.others > 0)
        let kinder = try verdicts([.solicitation]) {
            $0.reviewerErrorRate = 1
            $0.honestReportsClosed = 1
        }
        #expect(!kinder.closed.isEmpty)
    }

    @Test("A reviewer who always errs says the opposite, and one who is slow answers later")
    func errsAndWaits() throws {
        let wrong = try verdicts([.cohort, .framing]) { $0.reviewerErrorRate = 1 }
        for verdict in wrong.verdicts {
            let isOffender = wrong.truth.label(of: subject(verdict)).part == .offender
            #expect((verdict.outcome == .confirm) != isOffender)
        }
        func mean(_ verdicts: [PBVerdict]) -> Int64 {
            verdicts.reduce(0) { $0 + $1.decidedUnixMs } / Int64(max(1, verdicts.count))
        }
        let quick = try verdicts([.cohort])
        let slow = try verdicts([.cohort]) { $0.reviewerDelay = 3 }
        #expect(mean(slow.verdicts) - mean(quick.verdicts) > 4 * 3_600_000)
    }
}
