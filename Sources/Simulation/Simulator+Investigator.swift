import EventSchemas
import SafetyModel

extension Simulator {
    /// Somebody who looks for such groups in order to report them: joins one after the other,
    /// stays for minutes or hours, reports group and creator, and goes.
    mutating func playInvestigator(_ index: Int, at time: Instant) {
        if incidents[index].step == 0 {
            let age = days(index, 200, 2_000)
            incidents[index].account = cast(index, .innocent, old: age, at: time, role: .reporter)
            incidents[index].left = size(index, 8, 25)
            // Some are of an organisation that the platform trusts.
            incidents[index].isTrusted = incidents[index].random.chance(0.3)
        }
        let account = incidents[index].account
        guard incidents[index].left > 0, !world.accounts[account].isGone else { return }
        incidents[index].left -= 1
        if let link = linkToLookInto(index) { lookInto(index, link, at: time) }
        plan(.scene(1), of: index, at: time + .minutes(10) + delay(index, .hours(4)))
    }

    /// An abusive group's link where there is one; some that were found turn out to be harmless.
    private mutating func linkToLookInto(_ index: Int) -> Int? {
        let home = incidents[index].anchor.map { world.pool(of: $0) }
        for _ in 0..<64 where !world.links.isEmpty {
            let link = incidents[index].random.below(world.links.count)
            let label = world.truth.label(of: world.links[link].subject)
            let isBad = label.part == .offender || incidents[index].random.chance(0.01)
            if isBad, isThere(link: link), world.pool(of: world.links[link].subject) == home {
                return link
            }
        }
        return nil
    }

    private mutating func lookInto(_ index: Int, _ link: Int, at time: Instant) {
        let account = incidents[index].account
        let group = world.links[link].group
        plan(.join(link: link, member: account), of: index, at: time)
        let gone = time + .minutes(3) + delay(index, .hours(1))
        plan(.leave(group: group, member: account), of: index, at: gone)
        guard world.truth.label(of: world.groups[group].subject).part == .offender else { return }
        let creator = world.groups[group].creator
        var complaint = Complaint(
            subject: world.groups[group].subject, reporter: account,
            source: incidents[index].isTrusted ? .trustedFlagger : .user, relation: .groupMember,
            about: creator, group: group)
        if incidents[index].random.chance(0.3) {
            complaint.file = listedFile(index, exact: incidents[index].random.chance(0.6))
            complaint.attribution = attribution(index)
        }
        plan(.complain(complaint), of: index, at: time + .minutes(2))
        complaint.subject = world.accounts[creator].subject
        complaint.file = nil
        if incidents[index].random.chance(0.5) {
            plan(.complain(complaint), of: index, at: time + .minutes(3))
        }
    }
}
