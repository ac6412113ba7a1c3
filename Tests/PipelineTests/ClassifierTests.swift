import AuditTrail
import EventSchemas
import HashMatching
import Pipeline
import SafetyModel
import ScoreModels
import Streaming
import Testing

@Suite("Classifiers' scores in Assess")
struct ClassifierTests {
    private func bank() throws -> Bank {
        var settings = MatchSettings()
        settings.classifiers.calibration = try Calibration(
            file: "c.csv", bytes: Array("vendor-a,m,7,0,0\nvendor-a,m,7,1,0.5\n".utf8))
        return Bank(settings: settings)
    }

    private func photo(_ account: String, version: String, _ score: Double) -> Input {
        TestEvents.account(account, account, "profile_changed", AssessRig.start) {
            $0.context.actorSnapshot.accountID = account
            $0.profileChanged.field = .photo
            var media = TestEvents.media(sha256: Array(repeating: 9, count: 32))
            var assessment = PBMediaAssessment()
            assessment.provider = "vendor-a"
            assessment.model = "m"
            assessment.modelVersion = version
            assessment.outcome = .scored
            assessment.score = score
            media.assessments = [assessment]
            $0.profileChanged.newMedia = media
        }
    }

    @Test(
        "A score travels with its calibrated place; the ledger names the curves, and a replay agrees"
    )
    func calibrated() async throws {
        let rig = try AssessRig()
        try await rig.send([
            photo("likely", version: "7", 0.8), photo("unlikely", version: "7", 0.1),
            photo("newer", version: "8", 0.95), photo("new-low", version: "8", 0.5),
        ])
        let told = Locked<[String: Int]>([:])
        try await run(rig, try bank()) { notice in
            guard case .uncalibrated(let model, let scores) = notice else { return }
            told.withLock {
                $0["\(model.provider) \(model.name) \(model.version)", default: 0] += scores
            }
        }
        let proposals = try await rig.proposals()
        let leads = Dictionary(
            proposals.map { ($0.target.id, $0.matches.first?.lead) },
            uniquingKeysWith: { a, _ in a })
        #expect(
            leads == [
                "likely": ReviewLead(probability: 0.4, priority: 28),
                "newer": ReviewLead(probability: nil, priority: 10),
            ])
        #expect(told.withLock { $0 } == ["vendor-a m 8": 2])
        let same = try await replay(rig, try bank())
        #expect(same.difference == nil && same.batches > 0)
        let other = try await replay(rig, Bank())
        #expect(other.difference != nil)
    }

    private func run(
        _ rig: AssessRig, _ bank: Bank, observer: @escaping PipelineObserver
    ) async throws {
        let feed = BankFeed(
            log: rig.log, topic: rig.settings.topics.hashEntries, sealer: rig.sealer, bank: bank)
        let stage = AssessStage(
            settings: rig.settings, pack: rig.pack, bank: feed, log: rig.log, sealer: rig.sealer,
            observer: observer)
        let lane = rig.lane(stage, batch: 100)
        _ = try await lane.runUntilQuiet()
        await lane.close()
    }

    private func replay(_ rig: AssessRig, _ bank: Bank) async throws -> ReplayReport {
        try await AssessStage.replay(
            partition: 0, settings: rig.settings, pack: rig.pack, bank: bank, log: rig.log,
            sealer: rig.sealer)
    }
}
