import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, comply, reach, tell }

extension Simulator {
    /// A minor is threatened by a contact and does what is asked: shows a picture, or opens a group
    /// for the other. Some tell, sooner or later; some take it back.
    mutating func playCoercedMinor(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin: threaten(index, at: time)
        case .comply: comply(index, at: time)
        case .reach: reachOthers(index, at: time)
        case .tell: tell(index, at: time)
        case nil: break
        }
    }

    /// The account is the minor's, the other the contact's.
    private mutating func threaten(_ index: Int, at time: Instant) {
        let age = days(index, 40, 900)
        let contact = cast(index, .offender, old: days(index, 1, 400), at: time)
        incidents[index].account = cast(
            index, .victim, old: age, at: time, age: .minor, role: .minorSelfGenerated)
        incidents[index].others = [contact]
        want(contact, since: time)
        summary(
            contact, Contacts(first: size(index, 4, 15), minors: size(index, 3, 12), blocked: 2),
            at: time)
        incidents[index].left = incidents[index].random.between(3, 10)
        plan(Scene.comply, of: index, at: time + delay(index, .hours(4)))
        plan(Scene.reach, of: index, at: time + delay(index, .hours(3)))
        if incidents[index].random.chance(0.65) {
            plan(Scene.tell, of: index, at: time + delay(index, .hours(9)))
        }
    }

    private mutating func comply(_ index: Int, at time: Instant) {
        let minor = incidents[index].account
        guard !world.accounts[minor].isGone else { return }
        if incidents[index].random.chance(0.6) {
            let isSubmitted = incidents[index].random.chance(0.5)
            let file =
                isSubmitted
                ? incidents[index].random.pick(catalogue.minorSubmitted)
                : listedFile(index, exact: incidents[index].random.chance(0.7))
            setPhoto(minor, file, at: time)
            // Others of the same age, who do not know.
            for _ in 0..<reportCount(index, mean: 1) {
                let complaint = Complaint(
                    subject: world.accounts[minor].subject, relation: .contact, about: minor)
                plan(.complain(complaint), of: index, at: time + delay(index, .hours(2)))
            }
        } else {
            _ = castGroup(index, .offender, by: minor, abusiveProfile(index), at: time)
            castLink(index, at: time + .minutes(3))
            planCrowd(index, size(index, 5, 20), over: .hours(8), from: time + .minutes(10))
            if let group = incidents[index].group {
                makeAdmin(group, incidents[index].others[0], by: minor, at: time + .minutes(5))
            }
            reportGroup(index, at: time + delay(index, .hours(3)), creatorToo: true)
        }
    }

    /// The contact tries others too.
    private mutating func reachOthers(_ index: Int, at time: Instant) {
        let contact = incidents[index].others[0]
        guard incidents[index].left > 0, !world.accounts[contact].isGone else { return }
        incidents[index].left -= 1
        let first = size(index, 3, 14)
        let blocked = incidents[index].random.between(0, first / 3)
        for _ in 0..<blocked {
            let young = world.someone(
                near: incidents[index].anchor, age: .minor, &incidents[index].random)
            plan(
                .block(account: contact, by: young), of: index,
                at: time + delay(index, .minutes(30)))
        }
        summary(contact, Contacts(first: first, minors: first * 4 / 5, blocked: blocked), at: time)
        plan(Scene.reach, of: index, at: time + .hours(1) + delay(index, .hours(5)))
    }

    private mutating func tell(_ index: Int, at time: Instant) {
        let minor = incidents[index].account
        let contact = incidents[index].others[0]
        guard !world.accounts[minor].isGone else { return }
        world.accounts[minor].threatened = time
        let complaint = Complaint(
            subject: world.accounts[contact].subject,
            category: incidents[index].random.pick([.threatened, .threatened, .sextortion]),
            reporter: minor, relation: .affected, about: contact)
        plan(.complain(complaint), of: index, at: time)
        plan(.block(account: contact, by: minor), of: index, at: time + .minutes(1))
        setPhoto(minor, nil, at: time + .minutes(4))
        if incidents[index].random.chance(0.25) {
            let later = time + delay(index, .hours(6))
            plan(.withdraw(complaint.subject, by: minor), of: index, at: later)
        }
        if incidents[index].random.chance(0.4), !world.accounts[contact].isGone {
            changeNumber(contact, .virtual, at: time + delay(index, .hours(5)))
        }
    }
}
