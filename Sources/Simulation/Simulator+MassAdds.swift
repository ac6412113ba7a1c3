import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, group, add }

extension Simulator {
    /// Strangers are added to a group in bursts; they decline, leave, block and seldom report.
    mutating func playMassAdds(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin:
            let age = days(index, 0, 120)
            incidents[index].account = cast(index, .offender, old: age, at: time)
            if age == .days(0) { register(incidents[index].account, at: time, number: .virtual) }
            incidents[index].left = incidents[index].random.between(1, 3)
            plan(Scene.group, of: index, at: time + delay(index, .minutes(30)))
        case .group: openForStrangers(index, at: time)
        case .add: addStrangers(index, at: time)
        case nil: break
        }
    }

    private mutating func openForStrangers(_ index: Int, at time: Instant) {
        let account = incidents[index].account
        guard incidents[index].left > 0, !world.accounts[account].isGone else { return }
        incidents[index].left -= 1
        _ = castGroup(index, .offender, by: account, abusiveProfile(index), at: time)
        want(account, since: time)
        incidents[index].turns = size(index, 5, 14)
        plan(Scene.add, of: index, at: time + .minutes(5))
        plan(Scene.group, of: index, at: time + .hours(8) + delay(index, .hours(14)))
    }

    /// One burst of some minutes.
    private mutating func addStrangers(_ index: Int, at time: Instant) {
        let account = incidents[index].account
        guard incidents[index].turns > 0, let group = incidents[index].group,
            isThere(group: group), !world.accounts[account].isGone
        else { return }
        incidents[index].turns -= 1
        let people = incidents[index].random.between(6, 18)
        var blocked = 0
        var young = 0
        for place in 0..<people {
            guard
                let stranger = world.someone(
                    near: incidents[index].anchor, &incidents[index].random)
            else { continue }
            let at = time + .seconds(Int64(place * 20))
            if world.accounts[stranger].isMinor { young += 1 }
            if incidents[index].random.chance(0.1) {
                refuse(group, by: stranger, adder: account, at: at)
            } else {
                addMember(group, stranger, by: account, known: .no, at: at)
            }
            if incidents[index].random.chance(0.55) {
                plan(
                    .leave(group: group, member: stranger), of: index,
                    at: at + delay(index, .minutes(45)))
            }
            if incidents[index].random.chance(0.08) {
                blocked += 1
                plan(
                    .block(account: account, by: stranger), of: index,
                    at: at + delay(index, .minutes(40)))
            }
            if incidents[index].random.chance(min(1, 0.03 * settings.reportRate)) {
                let complaint = Complaint(
                    subject: world.groups[group].subject,
                    category: incidents[index].random.pick([.csam, .enticement, .spam]),
                    reporter: stranger, relation: .formerMember, about: account, group: group)
                plan(.complain(complaint), of: index, at: at + delay(index, .hours(1)))
            }
        }
        summary(
            account,
            Contacts(
                first: people / 3, minors: young / 3, blocked: blocked, groupAdds: people,
                strangersAdded: people),
            at: time + .minutes(10))
        plan(Scene.add, of: index, at: time + .minutes(10) + delay(index, .minutes(35)))
    }
}
