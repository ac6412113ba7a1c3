import EventSchemas
import Pipeline
import SafetyModel
import StreamingTesting
import Testing

/// Random traffic: known and near media, claims, minors, floods, verdicts of every kind.
private struct Traffic {
    enum Step {
        case proposal(Fixture.Draft)
        case verdict(Verdict)
    }

    private var random: SeededRandom
    private var number: UInt64 = 0
    private var proposals: [ContentID] = []
    private let fixture: Fixture

    init(seed: UInt64, _ fixture: Fixture) {
        random = SeededRandom(seed: seed)
        self.fixture = fixture
    }

    mutating func step(at now: Instant, published: [ContentID]) -> Step {
        number += 1
        if random.chance(0.15) { return .verdict(verdict(at: now, published)) }
        let draft = draft(at: now)
        proposals.append(fixture.proposal(draft).id)
        return .proposal(draft)
    }

    private mutating func account() -> String { "acc-\(Int.random(in: 0..<6, using: &random))" }

    private mutating func draft(at now: Instant) -> Fixture.Draft {
        let account = account()
        var draft = Fixture.Draft.known(number, account)
        if random.chance(0.3) { draft = .behaviour(number, account) }
        draft.actions = Action.allCases.filter { _ in random.chance(0.5) } + [.requestReview]
        draft.time = now
        if !draft.matches.isEmpty {
            if random.chance(0.3) { draft.matches = [("near", "n1", .pdq)] }
            if random.chance(0.2) { draft.attribution = .reporterClaimed }
            if random.chance(0.1) { draft.uploader = self.account() }
            if random.chance(0.1) { draft.matches.append(("gone", "g1", .sha256)) }
            if random.chance(0.1) { draft.matches = [("list-m", "m1", .sha256)] }
            if random.chance(0.3) {
                draft.digest = [UInt8](repeating: 9, count: 32)
                draft.reference = "media-2"
            }
        }
        if random.chance(0.15) { draft.facts?.isMinor = true }
        if random.chance(0.1) { draft.facts?.lastNumberChange = now - .days(2) }
        if random.chance(0.1) { draft.facts = nil }
        draft.isShadow = random.chance(0.05)
        draft.budget = Budget(period: .hours(4), limit: Int64.random(in: 0..<8, using: &random))
        return draft
    }

    private mutating func verdict(at now: Instant, _ published: [ContentID]) -> Verdict {
        let subject = Subject(.account, account())
        let outcomes = Verdict.Outcome.allCases
        let outcome = outcomes[Int.random(in: outcomes.indices, using: &random)]
        let roles = Role.allCases
        let role = roles[Int.random(in: roles.indices, using: &random)]
        var actions: [(target: Subject, action: Action)] = []
        for action in Action.allCases where random.chance(0.4) { actions.append((subject, action)) }
        let overturned = published.filter { _ in random.chance(0.2) }
        return Fixture.verdict(
            number, outcome, role: role, subject: subject, actions: actions,
            proposals: proposals.suffix(5).filter { _ in random.chance(0.5) },
            overturned: overturned,
            entries: [fixture.entry("learned", "sha256-\(number % 3)", .csam)], time: now)
    }
}

/// What a consumer of the public topics would know.
private struct Consumer {
    var published: [ContentID: IssuedAction] = [:]
    var order: [ContentID] = []
    var lifted: [ContentID: Int] = [:]
    var entries: Set<String> = []
    var tips: [String: Int] = [:]

    mutating func take(_ result: EnforceResult) {
        for action in result.actions {
            if let reversed = action.enforcement.reverses {
                lifted[reversed, default: 0] += 1
            } else {
                #expect(published[action.enforcement.id] == nil, "no id is published twice")
                published[action.enforcement.id] = action
                order.append(action.enforcement.id)
            }
        }
        for entry in result.entries {
            if entry.operation == .remove {
                entries.remove(entry.entry)
            } else {
                entries.insert(entry.entry)
            }
        }
        for tip in result.tips { tips[tip.tipID.hex, default: 0] += 1 }
    }
}

@Suite struct PropertyTests {
    private let fixture: Fixture = {
        var fixture = Fixture()
        fixture.settings.shield = .hours(6)
        fixture.bank.add(
            fixture.entry("near", "n1", .csam, MediaDigest(.pdq, Fixture.listed)))
        return fixture
    }()

    private func run(
        seed: UInt64, steps: Int = 400, _ check: (Traffic.Step, EnforceResult) -> Void
    ) throws -> (EnforceCore, Consumer) {
        var core = try fixture.core()
        var traffic = Traffic(seed: seed, fixture)
        var consumer = Consumer()
        for step in 0..<steps {
            let now = Fixture.start + .minutes(Int64(step) * 7)
            let next = traffic.step(at: now, published: consumer.order)
            let result = decide(&core, next, at: now)
            check(next, result)
            consumer.take(result)
        }
        return (core, consumer)
    }

    private func decide(
        _ core: inout EnforceCore, _ step: Traffic.Step, at now: Instant
    ) -> EnforceResult {
        switch step {
        case .proposal(let draft): return fixture.decide(&core, draft, at: now)
        case .verdict(let verdict):
            defer { core.publish() }
            return core.decide(verdict, bankVersion: 1, at: now)
        }
    }

    @Test("No irreversible action without a conclusive match or a verdict", arguments: 1...20)
    func twoKeys(seed: UInt64) throws {
        _ = try run(seed: seed) { step, result in
            for action in result.actions
            where action.enforcement.action.actionClass == .irreversible {
                #expect(action.isConclusive || action.enforcement.verdict != nil)
                if action.enforcement.action == .removeGroup {
                    #expect(action.enforcement.verdict != nil)
                }
            }
            guard case .proposal(let draft) = step else { return }
            let isConclusive =
                draft.matches.first?.bank == "list-a" && draft.attribution != .reporterClaimed
                && draft.uploader == draft.target.id && draft.digest == Fixture.listed
                && draft.facts != nil && draft.facts?.isMinor == false
                && draft.facts?.lastNumberChange == nil && !draft.isShadow
            if !isConclusive { #expect(result.tips.isEmpty) }
        }
    }

    @Test("No irreversible action against a role other than offender")
    func offendersOnly() throws {
        var irreversible = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            _ = try run(seed: seed) { _, result in
                for action in result.actions
                where action.enforcement.action.actionClass == .irreversible {
                    #expect(action.enforcement.role == .offender, "seed \(seed)")
                }
                for tip in result.tips where tip.relation != .corrects {
                    #expect(tip.reported.role == .offender, "seed \(seed)")
                }
                irreversible += result.names.count { $0.actionClass == .irreversible }
            }
        }
        #expect(irreversible > 0, "the traffic makes some")
    }

    @Test("After a reversal Enforce holds what it would hold without the decision")
    func asIfNever() throws {
        func held(_ core: EnforceCore) -> [EnforceRow] {
            var rows: [EnforceRow] = []
            core.forEachRow { row in
                switch row {
                case .standing, .entry: rows.append(row)
                default: break
                }
            }
            return rows
        }
        var with = try fixture.core()
        var without = try fixture.core()
        let lifted = fixture.decide(&with, .known(1, "acc-1"))
        for number in 2...5 as ClosedRange<UInt64> {
            _ = fixture.decide(&with, .known(number, "acc-\(number)"))
            _ = fixture.decide(&without, .known(number, "acc-\(number)"))
        }
        #expect(held(with) != held(without))
        _ = with.decide(
            Fixture.verdict(1, .overturn, overturned: lifted.actions.map(\.enforcement.id)),
            bankVersion: 1, at: Fixture.start)
        with.publish()
        #expect(held(with) == held(without))
    }

    @Test("Nothing irreversible, and no suspension, comes of brigading with claimed media")
    func brigading() throws {
        var core = try fixture.core()
        for number in 1...300 as ClosedRange<UInt64> {
            var draft = Fixture.Draft.known(number, "innocent-\(number % 3)")
            draft.rule = "reported-media"
            draft.attribution = .reporterClaimed
            draft.actions = Action.allCases.filter { $0 != .reverse }
            let result = fixture.decide(&core, draft)
            let allowed = fixture.settings.frictionActions
            #expect(
                result.names.allSatisfy { $0.actionClass == .protective || allowed.contains($0) })
            #expect(result.tips.isEmpty)
            #expect(result.actions.allSatisfy { !$0.isConclusive })
        }
    }

    @Test("Preserving evidence comes before anything is removed", arguments: 1...10)
    func preservation(seed: UInt64) throws {
        _ = try run(seed: seed) { step, result in
            // A renewal imposes nothing new.
            if case .verdict(let verdict) = step, verdict.outcome == .renew { return }
            let names = result.names
            let removals: Set<Action> = [
                .banAccount, .removeGroup, .removeProfileMedia, .removeGroupMedia, .suspendAccount,
            ]
            guard let removal = names.firstIndex(where: { removals.contains($0) }),
                result.actions[removal].enforcement.reverses == nil,
                result.actions.allSatisfy({ $0.enforcement.reverses == nil })
            else { return }
            let preserved = names.firstIndex(of: .preserveEvidence)
            #expect(preserved != nil && preserved ?? .max < removal)
        }
    }

    @Test("Reversal leaves nothing behind", arguments: 1...20)
    func reversal(seed: UInt64) throws {
        var (core, consumer) = try run(seed: seed) { _, _ in }
        let now = Fixture.start + .days(3)
        // What lifting publishes in the place of others is lifted too.
        var number: UInt64 = 1_000_000
        for _ in 0..<20 {
            let open = consumer.order.filter { consumer.lifted[$0] == nil }
            if open.isEmpty { break }
            number += 1
            let verdict = Fixture.verdict(number, .overturn, role: .bystander, overturned: open)
            consumer.take(core.decide(verdict, bankVersion: 1, at: now))
            core.publish()
        }
        #expect(consumer.lifted.values.allSatisfy { $0 == 1 })
        #expect(Set(consumer.lifted.keys) == Set(consumer.order))
        #expect(consumer.tips.values.allSatisfy { $0 == 1 }, "no tip id twice")
        core.forEachRow { row in
            switch row {
            case .standing(let standing):
                let live = standing.holders.filter { holder in
                    holder.expires.map { $0 > now } ?? true
                }
                #expect(live.allSatisfy { !$0.isPublished }, "nothing published stands")
                #expect(live.isEmpty)
            case .tips(let tips): #expect(tips.tips.allSatisfy { $0.isCorrected })
            case .enforcement(let row):
                if row.isPublished { #expect(row.isReversed) }
            default: break
            }
        }
    }

    @Test("Double delivery changes nothing", arguments: 1...5)
    func doubleDelivery(seed: UInt64) throws {
        var once = try fixture.core()
        var twice = try fixture.core()
        var traffic = Traffic(seed: seed, fixture)
        var consumer = Consumer()
        for step in 0..<200 {
            let now = Fixture.start + .minutes(Int64(step) * 7)
            let next = traffic.step(at: now, published: consumer.order)
            let result = decide(&once, next, at: now)
            consumer.take(result)
            _ = decide(&twice, next, at: now)
            let again = decide(&twice, next, at: now + .minutes(1))
            #expect(again.outcome == .duplicate)
            #expect(again.issues.isEmpty)
        }
        #expect(rows(once) == rows(twice))
    }

    @Test("A batch that is dropped and run again gives the same", arguments: 1...5)
    func discard(seed: UInt64) throws {
        var straight = try fixture.core()
        var disturbed = try fixture.core()
        var traffic = Traffic(seed: seed, fixture)
        var published: [ContentID] = []
        for step in 0..<150 {
            let now = Fixture.start + .minutes(Int64(step) * 7)
            let next = traffic.step(at: now, published: published)
            func run(_ core: inout EnforceCore) -> EnforceResult {
                switch next {
                case .proposal(let draft):
                    let proposal = fixture.proposal(draft)
                    return core.decide(proposal, fixture.weigh(proposal), at: now)
                case .verdict(let verdict): return core.decide(verdict, bankVersion: 1, at: now)
                }
            }
            _ = run(&disturbed)
            disturbed.discard()
            let second = run(&disturbed)
            let first = run(&straight)
            #expect(first.actions.map(\.enforcement) == second.actions.map(\.enforcement))
            straight.publish()
            disturbed.publish()
            published += first.actions.map(\.enforcement.id)
        }
        #expect(rows(straight) == rows(disturbed))
    }

    private func rows(_ core: EnforceCore) -> [EnforceRow] {
        var rows: [EnforceRow] = []
        core.forEachRow { rows.append($0) }
        return rows
    }
}
