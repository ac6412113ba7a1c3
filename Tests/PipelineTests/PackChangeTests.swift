import AuditTrail
import Pipeline
import Policy
import SafetyModel
import Streaming
import Testing

@Suite("Assess changes its pack while it runs")
struct PackChangeTests {
    private func pack(_ feature: String) throws -> Pack {
        try Pack.load(
            yaml: """
                pack: changing
                features:
                  account:
                    reporters: distinct(reported, reporter) over 7d
                    counted: \(feature)
                rules:
                  - id: seen
                    on: account
                    when: counted >= 1 and reporters >= 1
                    harm: csam
                    propose: [request_review]
                    cooldown: 0s
                """, file: "pack.yaml")
    }

    /// Features and trees that tell an account with reports from one without.
    private func trees(_ leaf: String) throws -> Pack {
        let model = """
            {"learner":{"gradient_booster":{"name":"gbtree","model":{"trees":[{
            "left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[0,0,0],
            "split_conditions":[1,-2,\(leaf)],"default_left":[0,0,0],"sum_hessian":[2,1,1],
            "tree_param":{"num_nodes":"3"}}]}},"feature_names":["reporters"],
            "learner_model_param":{"base_score":"0.5","num_feature":"1"},
            "objective":{"name":"binary:logistic"}}}
            """
        return try Pack.load(
            yaml: """
                pack: trees
                features: {account: {reporters: "distinct(reported, reporter) over 7d"}}
                scores: {account.x: {trees: {model: m.json}}}
                rules:
                  - id: scored
                    on: account
                    when: score(account.x) > 0.5
                    harm: csam
                    propose: [request_review]
                    cooldown: 0s
                """, file: "pack.yaml", models: PackModels(files: ["m.json": Array(model.utf8)]))
    }

    @Test("Packs with trees are recorded whole: a replay has the models from the record alone")
    func models() async throws {
        let rig = try AssessRig()
        let packs = PackFeed(try trees("2"))
        let stage = AssessStage(
            settings: rig.settings, packs: packs,
            bank: BankFeed(
                log: rig.log, topic: rig.settings.topics.hashEntries, sealer: rig.sealer),
            log: rig.log, sealer: rig.sealer)
        let lane = rig.lane(stage, batch: 20)
        try await rig.send(TestEvents.traffic(80, seed: 3))
        _ = try await lane.runUntilQuiet()
        // Another model under the same name is another pack.
        packs.replace(with: try trees("3"))
        try await rig.send(TestEvents.traffic(80, seed: 4))
        _ = try await lane.runUntilQuiet()
        await lane.close()
        let values = Set(
            try await rig.proposals().compactMap { proposal in
                proposal.reasons.first { $0.name == "account.x" }?.value
            })
        #expect(values.count == 2)
        #expect(try await rig.read(rig.settings.topics.packs).count == 2)
        let report = try await AssessStage.replay(
            partition: 0, settings: rig.settings, pack: try trees("2"), log: rig.log,
            sealer: rig.sealer)
        #expect(report.difference == nil)
        #expect(report.batches > 4)
    }

    private func run(_ rig: AssessRig, _ packs: PackFeed) async throws {
        let bank = BankFeed(
            log: rig.log, topic: rig.settings.topics.hashEntries, sealer: rig.sealer)
        let stage = AssessStage(
            settings: rig.settings, packs: packs, bank: bank, log: rig.log, sealer: rig.sealer)
        let lane = rig.lane(stage, batch: 20)
        _ = try await lane.runUntilQuiet()
        for (n, feature) in ["count(reported) over 7d", "count(blocked) over 7d"].enumerated() {
            packs.replace(with: try pack(feature))
            try await rig.send(TestEvents.traffic(80, seed: UInt64(20 + n)))
            _ = try await lane.runUntilQuiet()
        }
        await lane.close()
    }

    @Test("Tasks go on with the new pack, the ledger shows where, and a replay agrees")
    func changes() async throws {
        let rig = try AssessRig()
        try await rig.send(TestEvents.traffic(80, seed: 3))
        let first = try pack("count(reported) over 30d")
        try await run(rig, PackFeed(first))
        let entries = try #require(try await rig.ledgers().values.first)
        let digests = entries.map(\.context.packDigest)
        let expected = [
            first.digest, try pack("count(reported) over 7d").digest,
            try pack("count(blocked) over 7d").digest,
        ]
        var seen: [[UInt8]] = []
        for digest in digests where seen.last != digest { seen.append(digest) }
        #expect(seen == expected)
        #expect(try await rig.read(rig.settings.topics.packs).count == 3)
        // Whichever of them the replay is opened with: the task has no history then.
        for feature in ["count(reported) over 30d", "count(blocked) over 7d"] {
            try await replay(rig, with: feature, batches: entries.count)
        }
    }

    private func replay(_ rig: AssessRig, with feature: String, batches: Int) async throws {
        let report = try await AssessStage.replay(
            partition: 0, settings: rig.settings, pack: try pack(feature), log: rig.log,
            sealer: rig.sealer)
        #expect(report.difference == nil, "opened with \(feature)")
        #expect(report.batches == batches)
    }

    @Test("A pack replaced before a task's first batch is the one the task begins with")
    func idle() async throws {
        func digests(opened feature: String) async throws -> [[UInt8]] {
            let rig = try AssessRig()
            // Nothing is there yet when the lane opens its task.
            try await run(rig, PackFeed(try pack(feature)))
            let entries = try #require(try await rig.ledgers().values.first)
            let second = try pack("count(reported) over 7d")
            #expect(entries.first?.context.packDigest == second.digest)
            for other in ["count(reported) over 7d", "count(blocked) over 7d"] {
                try await replay(rig, with: other, batches: entries.count)
            }
            return entries.flatMap { [$0.outputDigest, $0.changelogDigest] }
        }
        let idle = try await digests(opened: "count(reported) over 30d")
        let expected = try await digests(opened: "count(reported) over 7d")
        #expect(!idle.isEmpty)
        #expect(idle == expected)
    }

    @Test("A feature that is new is told of until its window has passed, by event time")
    func warming() async throws {
        let rig = try AssessRig()
        let packs = PackFeed(try pack("count(reported) over 30d"))
        let told = Locked<(changes: [Int], batches: [Int])>(([], []))
        let observer: PipelineObserver = { notice in
            told.withLock { told in
                switch notice {
                case .changedPack(_, _, let warming): told.changes.append(warming)
                case .processed(_, let counts): told.batches.append(counts.warming)
                default: break
                }
            }
        }
        // Each time another lane, as after a restart: the changelog knows since when.
        func send(_ minute: Int64) async throws {
            let time = AssessRig.start + .minutes(minute)
            try await rig.send([TestEvents.registered("a-\(minute)", id: "e-\(minute)", time)])
            let stage = AssessStage(
                settings: rig.settings, packs: packs,
                bank: BankFeed(
                    log: rig.log, topic: rig.settings.topics.hashEntries, sealer: rig.sealer),
                log: rig.log, sealer: rig.sealer, observer: observer)
            let lane = rig.lane(stage, batch: 20)
            _ = try await lane.runUntilQuiet()
            await lane.close()
        }
        try await send(0)
        packs.replace(with: try pack("count(reported) over 10m"))
        for minute in [1, 9, 11, 12] as [Int64] { try await send(minute) }
        #expect(told.withLock { $0.batches } == [0, 1, 1, 0, 0])
    }

    @Test("A restart with another pack does what a change in flight does")
    func restarts() async throws {
        func digests(_ isRestarted: Bool) async throws -> [[UInt8]] {
            var rig = try AssessRig()
            rig.pack = try pack("count(reported) over 30d")
            let packs = PackFeed(rig.pack)
            try await rig.send(TestEvents.traffic(80, seed: 3))
            if isRestarted {
                try await rig.run(batch: 20)
                for (n, feature) in ["count(reported) over 7d", "count(blocked) over 7d"]
                    .enumerated()
                {
                    rig.pack = try pack(feature)
                    try await rig.send(TestEvents.traffic(80, seed: UInt64(20 + n)))
                    try await rig.run(batch: 20)
                }
            } else {
                try await run(rig, packs)
            }
            return try await rig.ledgers().values.flatMap { entries in
                entries.flatMap { [$0.outputDigest, $0.changelogDigest] }
            }
        }
        #expect(try await digests(true) == (try await digests(false)))
    }
}
