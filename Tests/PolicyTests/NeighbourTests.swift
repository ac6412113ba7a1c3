import Behaviour
import Policy
import SafetyModel
import Testing

@Suite("Feedback travels along voluntary ties")
struct NeighbourTests {
    /// Subjects by name, each with its state; signals to neighbours are delivered until none is
    /// left.
    private struct World {
        var states: [Subject: SubjectState] = [:]
        var delivered = 0

        mutating func send(_ signal: Signal) {
            var queue = [signal]
            while let next = queue.first {
                queue.removeFirst()
                delivered += 1
                let result = evaluate(
                    .builtin, &states[next.subject, default: SubjectState()], next)
                queue += result.neighbours.map { $0.signal(after: next, key: id(3)) }
            }
        }

        func standing(_ subject: Subject) -> Int { states[subject]?.standing.count ?? 0 }

        func value(_ feature: String, _ subject: Subject) -> Double? {
            states[subject].flatMap {
                Pack.builtin.value(of: feature, subject.kind, $0, at: noon)
            }
        }
    }

    private func world() -> World {
        var world = World()
        for g in ["g", "h"] {
            world.send(signal(.groupCreated, of: account("owner"), related: group(g)))
            world.send(signal(.created, of: group(g), actor: "owner"))
        }
        world.send(signal(.linkCreated, of: group("g"), related: link("l")))
        world.send(signal(.created, of: link("l"), actor: "owner", related: group("g")))
        world.send(signal(.linkCreated, of: account("owner"), related: link("l")))
        world.send(
            signal(.adminChanged, of: group("g"), related: account("helper"), flags: .granted))
        world.send(
            signal(.administers, of: account("helper"), related: group("g"), flags: .granted))
        world.send(signal(.joinedByLink, of: account("joiner"), related: group("g")))
        world.send(signal(.memberJoined, of: group("g"), actor: "joiner", party: 9))
        world.send(signal(.memberAdded, of: group("g"), actor: "owner", party: 10))
        return world
    }

    @Test(
        "An enforced group is felt by who runs it and by what they run, and a reversal leaves nothing"
    )
    func spreadsAndReturns() {
        var world = world()
        let before = world.states.mapValues(\.standing)
        world.send(
            signal(
                .enforced, of: group("g"), hops: 1, decision: id(50), action: .disableGroup))
        #expect(world.value("tied_enforcements_30d", account("owner")) == 1)
        #expect(world.value("tied_enforcements_30d", account("helper")) == 1)
        // Who merely joined feels it loosely; who was added does not.
        #expect(world.value("tied_enforcements_30d", account("joiner")) == 0)
        #expect(world.value("loose_enforcements_30d", account("joiner")) == 1)
        // The signal had come from afar already: it goes no further than those next to it.
        #expect(world.standing(group("h")) == 0)
        world.send(
            signal(
                .reversed, of: group("g"), hops: 1, decision: id(50), action: .disableGroup))
        #expect(world.states.mapValues(\.standing) == before)
    }

    @Test("Loops end at the hop limit")
    func loopsEnd() {
        var world = world()
        world.delivered = 0
        world.send(
            signal(.enforced, of: account("owner"), decision: id(51), action: .banAccount))
        #expect(world.delivered <= 12)
        #expect(world.states.values.allSatisfy { $0.standing.allSatisfy { $0.hops <= 2 } })
    }

    @Test("Whom somebody merely joined feels it loosely, and passes nothing on")
    func looseTie() {
        var world = world()
        world.send(
            signal(.enforced, of: account("joiner"), decision: id(52), action: .banAccount))
        #expect(world.value("loose_enforcements_30d", group("g")) == 1)
        #expect(world.value("tied_enforcements_30d", group("g")) == 0)
        #expect(world.standing(account("owner")) == 0)
    }

    @Test("The removal of one picture does not travel")
    func pictureStays() {
        var world = world()
        world.send(
            signal(.enforced, of: group("g"), decision: id(53), action: .removeGroupMedia))
        #expect(world.standing(account("owner")) == 0)
    }

    @Test("A reversal reaches whom the enforcement reached, even where the tie is gone")
    func tieGone() {
        var world = world()
        world.send(signal(.enforced, of: group("g"), decision: id(54), action: .disableGroup))
        world.send(signal(.adminChanged, of: group("g"), related: account("helper")))
        world.send(signal(.reversed, of: group("g"), decision: id(54), action: .disableGroup))
        #expect(world.standing(account("helper")) == 0)
    }

    @Test("Who runs a disabled group and creates another has the new one disabled, and reviewed")
    func createdAgain() {
        var world = world()
        world.send(signal(.enforced, of: group("g"), decision: id(55), action: .disableGroup))
        let again = signal(.groupCreated, of: account("owner"), related: group("new"))
        var owner = world.states[account("owner")] ?? SubjectState()
        #expect(
            lines(evaluate(.builtin, &owner, again).drafts) == [
                "group-created-again account:owner limit_invites request_review",
                "group-created-again group:new preserve_evidence disable_group request_review",
            ])
        world.send(signal(.reversed, of: group("g"), decision: id(55), action: .disableGroup))
        var cleared = world.states[account("owner")] ?? SubjectState()
        #expect(evaluate(.builtin, &cleared, again).drafts.isEmpty)
    }
}
