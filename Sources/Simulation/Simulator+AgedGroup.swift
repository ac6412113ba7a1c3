import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, flash, hide }

extension Simulator {
    /// A group years old, sold or turned: for some minutes at a time it has another name, another
    /// icon and a link, and then looks as ever.
    mutating func playAgedGroup(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin: changeHands(index, at: time)
        case .flash: flash(index, at: time)
        case .hide: hide(index, at: time)
        case nil: break
        }
    }

    private mutating func changeHands(_ index: Int, at time: Instant) {
        let isSold = incidents[index].random.chance(0.5)
        let age = days(index, 300, 1_500)
        let founder = cast(index, isSold ? .innocent : .offender, old: age, at: time)
        let group = castOldGroup(index, .offender, by: founder, members: size(index, 15, 80))
        incidents[index].account = founder
        if isSold {
            let age = days(index, 10, 200)
            let buyer = cast(index, .offender, old: age, at: time)
            addMember(group, buyer, by: founder, at: time)
            makeAdmin(group, buyer, by: founder, at: time + .minutes(2))
            plan(.leave(group: group, member: founder), of: index, at: time + .hours(1))
            incidents[index].account = buyer
        }
        incidents[index].others = [founder]
        // What is shown, and what is shown otherwise.
        incidents[index].icon = SimulatedFile(&incidents[index].random)
        if incidents[index].random.chance(0.25) {
            incidents[index].file = listedFile(index, exact: incidents[index].random.chance(0.7))
        }
        incidents[index].left = incidents[index].random.between(3, 7)
        plan(Scene.flash, of: index, at: time + .hours(2) + delay(index, .hours(8)))
    }

    private mutating func flash(_ index: Int, at time: Instant) {
        let admin = incidents[index].account
        guard let group = incidents[index].group, isThere(group: group),
            !world.accounts[admin].isGone, incidents[index].left > 0
        else { return }
        incidents[index].left -= 1
        let harm = world.groups[group].subject
        world.truth.want(harm, since: time)
        want(admin, since: time)
        let length = TimeSpan.minutes(Int64(incidents[index].random.between(4, 25)))
        let term = incidents[index].random.pick(GeneratedText.terms)
        let shown = GeneratedText.name(with: term, &incidents[index].random)
        incidents[index].name = world.groups[group].name
        setText(group, by: admin, .name, shown, at: time)
        let file = incidents[index].file ?? SimulatedFile(&incidents[index].random)
        setIcon(group, by: admin, file, at: time + .seconds(40))
        castLink(index, by: admin, at: time + .minutes(1))
        guard let link = incidents[index].link else { return }
        let place = incidents[index].random.pick(["index-a", "index-c"])
        plan(
            .sight(link: link, .linkIndex, token: place), of: index, at: time + .minutes(2))
        planCrowd(index, size(index, 6, 25), over: length, leaves: 0.25, from: time + .minutes(2))
        for _ in 0..<reportCount(index, mean: 0.7) {
            let complaint = Complaint(
                subject: harm, relation: .groupMember, about: admin, group: group)
            plan(.complain(complaint), of: index, at: time + delay(index, .minutes(30)))
        }
        plan(Scene.hide, of: index, at: time + .minutes(2) + length)
    }

    private mutating func hide(_ index: Int, at time: Instant) {
        let admin = incidents[index].account
        guard let group = incidents[index].group, isThere(group: group),
            !world.accounts[admin].isGone
        else { return }
        setText(group, by: admin, .name, incidents[index].name, at: time)
        setIcon(group, by: admin, incidents[index].icon, at: time + .seconds(20))
        if let link = incidents[index].link, !world.links[link].isGone {
            inviteEvent(link, by: admin, "reset", at: time + .seconds(30), .reset(PBInviteReset()))
            world.links[link].isGone = true
        }
        plan(Scene.flash, of: index, at: time + .hours(1) + delay(index, .hours(14)))
    }
}
