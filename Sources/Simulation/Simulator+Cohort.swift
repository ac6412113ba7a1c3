import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, found, abandon }

extension Simulator {
    /// The most of one cohort.
    private static let maximumCohort = 400

    /// A group is made again by somebody who had no part in the last one: another founder, often
    /// another name. The same people come within hours; they had the link in private.
    mutating func playCohort(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin:
            let count = min(Self.maximumCohort, size(index, 12, 35))
            for _ in 0..<count {
                let age = days(index, 3, 500)
                let member = cast(index, .offender, old: age, at: time)
                incidents[index].others.append(member)
            }
            found(index, at: time)
        case .found: found(index, at: time)
        case .abandon: abandon(index, at: time)
        case nil: break
        }
    }

    private mutating func found(_ index: Int, at time: Instant) {
        guard incidents[index].returns <= Incident.maximumReturns else { return }
        let founder = cast(
            index, .offender, old: days(index, 1, 300), at: time)
        incidents[index].account = founder
        if incidents[index].random.chance(0.5) {
            incidents[index].name = ""
        }
        castAbuse(index, by: founder, at: time)
        guard let link = incidents[index].link, let group = incidents[index].group else { return }
        let part = 0.6 + 0.35 * incidents[index].random.unit()
        for member in incidents[index].others where incidents[index].random.chance(part) {
            let after = delay(index, .minutes(80))
            plan(.join(link: link, member: member), of: index, at: time + .minutes(5) + after)
        }
        planCrowd(index, size(index, 2, 10), over: .hours(12), from: time + .minutes(30))
        for _ in 0..<reportCount(index, mean: 2.5) {
            let complaint = Complaint(
                subject: world.groups[group].subject, relation: .formerMember, about: founder,
                group: group)
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(8)))
        }
        plan(Scene.abandon, of: index, at: time + .hours(6) + delay(index, .hours(16)))
    }

    /// When the group is gone, or its founder thinks it has been seen too much, another comes.
    private mutating func abandon(_ index: Int, at time: Instant) {
        guard let group = incidents[index].group else { return }
        let founder = incidents[index].account
        if isThere(group: group), !world.accounts[founder].isGone {
            dissolve(group, by: founder, at: time)
        }
        incidents[index].returns += 1
        plan(Scene.found, of: index, at: time + delay(index, .hours(4)))
    }
}
