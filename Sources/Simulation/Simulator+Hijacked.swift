import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, spread, ownerReturns }

extension Simulator {
    /// A thief links a device to somebody's account, spreads groups from it for hours, and loses it
    /// when the owner is back, who takes down what was made.
    mutating func playHijacked(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin: takeOver(index, at: time)
        case .spread: spreadFromTaken(index, at: time)
        case .ownerReturns: ownerReturns(index, at: time)
        case nil: break
        }
    }

    private mutating func takeOver(_ index: Int, at time: Instant) {
        let age = days(index, 150, 1_500)
        let owner = cast(index, .victim, old: age, at: time, role: .compromised)
        incidents[index].account = owner
        let token = "dev-" + incidents[index].random.bytes(8).hex
        let isKnown = incidents[index].random.chance(0.5)
        linkDevice(owner, token: token, reused: isKnown, at: time)
        if incidents[index].random.chance(0.4) {
            changeNumber(owner, .virtual, at: time + .minutes(6))
        }
        if incidents[index].random.chance(0.5) {
            let isListed = incidents[index].random.chance(0.4)
            let file =
                isListed
                ? listedFile(index, exact: true) : SimulatedFile(&incidents[index].random)
            setPhoto(owner, file, at: time + .minutes(15))
        }
        incidents[index].left = incidents[index].random.between(2, 6)
        plan(Scene.spread, of: index, at: time + delay(index, .minutes(40)))
        plan(Scene.ownerReturns, of: index, at: time + .hours(2) + delay(index, .hours(10)))
    }

    /// One more group, until the thief has had enough or is thrown out.
    private mutating func spreadFromTaken(_ index: Int, at time: Instant) {
        let owner = incidents[index].account
        guard incidents[index].left > 0, !world.accounts[owner].isGone else { return }
        incidents[index].left -= 1
        castAbuse(index, by: owner, at: time)
        guard let link = incidents[index].link, let group = incidents[index].group else { return }
        incidents[index].others.append(group)
        summary(
            owner,
            Contacts(
                first: size(index, 15, 40), minors: size(index, 3, 15), blocked: size(index, 2, 8),
                links: size(index, 10, 40), forwards: size(index, 10, 40)),
            at: time + .minutes(20))
        planCrowd(index, size(index, 4, 15), over: .hours(4), from: time + .minutes(6))
        plan(
            .sight(link: link, .linkIndex, token: "index-a"), of: index,
            at: time + delay(index, .hours(1)))
        for _ in 0..<reportCount(index, mean: 1.2) {
            var complaint = Complaint(
                subject: world.groups[group].subject, relation: .formerMember, about: owner,
                group: group)
            if incidents[index].random.chance(0.4) {
                complaint.subject = world.accounts[owner].subject
                complaint.relation = .contact
            }
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(2)))
        }
        plan(Scene.spread, of: index, at: time + delay(index, .hours(1)))
    }

    private mutating func ownerReturns(_ index: Int, at time: Instant) {
        let owner = incidents[index].account
        incidents[index].left = 0
        let thief = world.accounts[owner].device
        linkDevice(
            owner, token: "dev-" + incidents[index].random.bytes(8).hex, at: time)
        unlinkDevice(owner, token: thief, at: time + .minutes(1))
        changeNumber(owner, at: time + .minutes(5))
        // What is suspended can be secured, and no more.
        guard !world.accounts[owner].isGone else { return }
        setPhoto(owner, SimulatedFile(&incidents[index].random), at: time + .minutes(10))
        for (place, group) in incidents[index].others.enumerated() where isThere(group: group) {
            dissolve(group, by: owner, at: time + .minutes(Int64(12 + 2 * place)))
        }
    }
}
