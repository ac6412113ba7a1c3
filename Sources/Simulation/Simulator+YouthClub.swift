import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, team }

extension Simulator {
    /// A leader of a club opens a group for each team on one evening and adds the young members;
    /// parents have given the numbers, so many are strangers to the leader's address book.
    mutating func playYouthClub(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin:
            let age = days(index, 90, 2_000)
            incidents[index].account = cast(index, .innocent, old: age, at: time)
            incidents[index].left = size(index, 2, 8)
            plan(Scene.team, of: index, at: time + .minutes(5))
        case .team: openTeam(index, at: time)
        case nil: break
        }
    }

    private mutating func openTeam(_ index: Int, at time: Instant) {
        let leader = incidents[index].account
        guard incidents[index].left > 0, !world.accounts[leader].isGone else { return }
        incidents[index].left -= 1
        let profile = GroupProfile(
            name: GeneratedText.name(&incidents[index].random) + " u\(10 + incidents[index].left)")
        let group = castGroup(index, .innocent, by: leader, profile, at: time)
        let people = size(index, 8, 25)
        var young = 0
        for place in 0..<people {
            let isYoung = incidents[index].random.chance(0.75)
            let member = cast(
                index, .innocent, old: days(index, 3, 900),
                at: time, age: isYoung ? .minor : .adult)
            if isYoung { young += 1 }
            let at = time + .seconds(Int64(30 + place * 25))
            let isKnown = incidents[index].random.chance(0.6)
            addMember(group, member, by: leader, known: isKnown ? .yes : .no, at: at)
            if incidents[index].random.chance(0.06) {
                plan(
                    .leave(group: group, member: member), of: index,
                    at: at + delay(index, .hours(5)))
            }
            if incidents[index].random.chance(0.01) {
                plan(
                    .block(account: leader, by: member), of: index,
                    at: at + delay(index, .hours(3)))
            }
        }
        if incidents[index].random.chance(0.6) { castLink(index, at: time + .minutes(20)) }
        summary(
            leader,
            Contacts(
                first: people / 2, minors: young / 2, groupAdds: people,
                strangersAdded: people * 2 / 5, links: 3),
            at: time + .minutes(25))
        for _ in 0..<reportCount(index, mean: 0.15) {
            let complaint = Complaint(
                subject: world.groups[group].subject,
                category: incidents[index].random.pick([.spam, .other, .csam]),
                relation: .groupMember, about: leader, group: group)
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(10)))
        }
        plan(Scene.team, of: index, at: time + .minutes(6) + delay(index, .minutes(25)))
    }
}
