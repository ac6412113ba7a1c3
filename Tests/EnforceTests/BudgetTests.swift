import EventSchemas
import Pipeline
import SafetyModel
import Testing

@Suite struct BudgetTests {
    private func act(
        _ count: Int, _ fixture: Fixture, _ change: (inout Fixture.Draft, Int) -> Void
    ) throws -> [EnforceResult] {
        var core = try fixture.core()
        return (1...count).map { number in
            var draft = Fixture.Draft.known(UInt64(number), "acc-\(number)")
            change(&draft, number)
            return fixture.decide(&core, draft)
        }
    }

    @Test("Twice the budget: one half acts, the other goes to review with an alarm")
    func ruleBudget() throws {
        let results = try act(20, Fixture()) { draft, _ in
            draft.budget = Budget(period: .days(1), limit: 10)
        }
        let acted = results.filter { $0.names.contains(.banAccount) }
        #expect(acted.count == 10)
        let held = results.dropFirst(10)
        #expect(held.allSatisfy { $0.names == [.preserveEvidence] || $0.names.isEmpty })
        #expect(held.allSatisfy { $0.reviews.first?.causes.contains(.budgetSpent) == true })
        #expect(held.allSatisfy { $0.alarms == [.budgetSpent] })
        #expect(held.allSatisfy { $0.tips.isEmpty })
    }

    @Test("A budget comes back as log time passes")
    func period() throws {
        let fixture = Fixture()
        var core = try fixture.core()
        func ban(_ number: UInt64, at now: Instant) -> Bool {
            var draft = Fixture.Draft.known(number, "acc-\(number)")
            draft.budget = Budget(period: .hours(4), limit: 1)
            return fixture.decide(&core, draft, at: now).names.contains(.banAccount)
        }
        #expect(ban(1, at: Fixture.start))
        #expect(!ban(2, at: Fixture.start + .hours(3)))
        #expect(ban(3, at: Fixture.start + .hours(6)))
    }

    @Test("A flooding hash entry goes into quarantine, other entries do not")
    func entryFlood() throws {
        var fixture = Fixture()
        fixture.settings.budgets.entry = Budget(period: .days(1), limit: 3)
        fixture.bank.add(fixture.entry("list-a", "e2", .csam))
        let results = try act(6, fixture) { draft, number in
            if number == 6 { draft.matches = [("list-a", "e2", .sha256)] }
        }
        #expect(
            results.map { $0.names.contains(.banAccount) } == [
                true, true, true, false, false, true,
            ])
        #expect(results[3].alarms == [.entryQuarantined])
        #expect(results[4].alarms.isEmpty, "it is in quarantine already")
        #expect(results[4].reviews.first?.causes.contains(.entryQuarantined) == true)
    }

    @Test("A flood is told to everybody once, and lasts until somebody lifts it on the topic")
    func floodIsLifted() throws {
        var fixture = Fixture()
        fixture.settings.budgets.entry = Budget(period: .days(1), limit: 2)
        var core = try fixture.core()
        var number: UInt64 = 0
        func act() -> EnforceResult {
            number += 1
            return fixture.decide(&core, .known(number, "acc-\(number)"))
        }
        fixture.bank.version = 10
        let first = (0..<4).map { _ in act() }
        #expect(first.map { $0.names.contains(.banAccount) } == [true, true, false, false])
        #expect(
            first.map(\.quarantines) == [
                [], [],
                [
                    EntryQuarantine(
                        bank: "list-a", entry: "e1", isQuarantined: true, reason: .flood)
                ], [],
            ])
        fixture.bank.lifts = ["list-a/e1": 9]
        #expect(!act().names.contains(.banAccount), "that was an earlier quarantine's end")
        fixture.bank.lifts = ["list-a/e1": 11]
        let after = (0..<3).map { _ in act() }
        #expect(after.map { $0.names.contains(.banAccount) } == [true, true, false])
        #expect(after.map(\.quarantines.count) == [0, 0, 1], "it counts anew")
    }

    @Test("A verdict lifts a quarantine at once, and tells everybody")
    func verdictLifts() throws {
        var fixture = Fixture()
        fixture.settings.budgets.entry = Budget(period: .days(1), limit: 1)
        var core = try fixture.core()
        #expect(fixture.decide(&core, .known(1, "acc-1")).names.contains(.banAccount))
        #expect(!fixture.decide(&core, .known(2, "acc-2")).names.contains(.banAccount))
        let verdict = Fixture.verdict(1, .dismiss, subject: Subject(.account, "acc-9")) {
            var entry = PBEntryRef()
            entry.bank = "list-a"
            entry.entryID = "e1"
            $0.liftEntries = [entry]
        }
        let result = core.decide(verdict, bankVersion: 1, at: Fixture.start)
        #expect(result.quarantines.map(\.isQuarantined) == [false])
        #expect(fixture.decide(&core, .known(3, "acc-3")).names.contains(.banAccount))
    }

    @Test("An action's budget holds back that action only")
    func actionBudget() throws {
        var fixture = Fixture()
        fixture.settings.budgets.actions[.banAccount] = Budget(period: .days(1), limit: 1)
        let results = try act(2, fixture) { _, _ in }
        #expect(results[1].names.contains(.suspendAccount))
        #expect(!results[1].names.contains(.banAccount))
        #expect(results[1].reviews.first?.pendingActions.map(\.action) == [.banAccount])
    }

    @Test("A baseline budget follows the seven-day mean between floor and cap")
    func baseline() {
        let budget = Budget(period: .days(1), limit: 2, baseline: 3, cap: 10)
        var row = BudgetRow(period: budget.period)
        #expect(row.allowance(budget, at: Fixture.start) == 2)
        for day in 0..<7 {
            for _ in 0..<2 { row.count(budget, at: Fixture.start + .days(Int64(day))) }
        }
        let now = Fixture.start + .days(7)
        #expect(row.allowance(budget, at: now) == 6)
        for _ in 0..<50 { row.count(budget, at: now) }
        #expect(row.allowance(budget, at: now) == 6, "today does not raise its own budget")
        #expect(row.allowance(budget, at: now + .days(1)) == 10)
        #expect(row.allowance(budget, at: now + .days(30)) == 2)
        #expect(row.isStale(at: now + .days(30)))
        #expect(row.days.count <= 8 && row.quarters.count <= 5)
    }

    @Test("No budget delays a tip that a verdict backs")
    func verdictTip() throws {
        var fixture = Fixture()
        fixture.settings.budgets.actions = [
            .reportCyberTip: Budget(period: .days(1), limit: 0),
            .banAccount: Budget(period: .days(1), limit: 0),
        ]
        var core = try fixture.core()
        let draft = Fixture.Draft.known(1)
        #expect(fixture.decide(&core, draft).tips.isEmpty)
        let target = Subject(.account, "acc-1")
        let result = core.decide(
            Fixture.verdict(
                1, .confirm, actions: [(target, .reportCyberTip), (target, .banAccount)],
                proposals: [fixture.proposal(draft).id]),
            bankVersion: 1, at: Fixture.start)
        #expect(result.tips.count == 1)
        #expect(result.names.contains(.banAccount))
    }
}
