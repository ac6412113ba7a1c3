import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, register, work }

extension Simulator {
    /// The most of one farm.
    private static let maximumFarm = 500

    /// Accounts are registered one after another on a few devices; each makes a group or two and
    /// passes the links on.
    mutating func playAccountFarm(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin:
            incidents[index].left = min(Self.maximumFarm, size(index, 8, 24))
            plan(Scene.register, of: index, at: time)
        case .register: registerFarmed(index, at: time)
        case .work: workFarmed(index, at: time)
        case nil: break
        }
    }

    private mutating func registerFarmed(_ index: Int, at time: Instant) {
        guard incidents[index].left > 0 else { return }
        incidents[index].left -= 1
        let account = cast(index, .offender, old: .days(0), at: time)
        // Some accounts to a device, then the next device.
        let isShared = incidents[index].turns > 0
        if isShared, let last = incidents[index].others.last {
            incidents[index].turns -= 1
            world.accounts[account].device = world.accounts[last].device
        } else {
            incidents[index].turns = incidents[index].random.between(3, 8)
        }
        incidents[index].others.append(account)
        incidents[index].waiting.append(account)
        register(
            account, at: time, deviceReused: isShared,
            numberReused: incidents[index].random.chance(0.3), number: .virtual)
        plan(Scene.work, of: index, at: time + .minutes(10) + delay(index, .hours(3)))
        plan(Scene.register, of: index, at: time + .minutes(2) + delay(index, .minutes(25)))
    }

    /// The account that has waited longest makes its group, or passes on another's link.
    private mutating func workFarmed(_ index: Int, at time: Instant) {
        guard !incidents[index].waiting.isEmpty else { return }
        let account = incidents[index].waiting.removeFirst()
        guard !world.accounts[account].isGone else { return }
        want(account, since: time)
        let last = incidents[index].link
        if let last, isThere(link: last), incidents[index].random.chance(0.4) {
            join(last, by: account, at: time)
        } else {
            castAbuse(index, by: account, at: time)
        }
        guard let link = incidents[index].link, let group = incidents[index].group else { return }
        summary(
            account,
            Contacts(
                first: size(index, 5, 25), minors: size(index, 0, 6), blocked: size(index, 1, 5),
                links: size(index, 10, 60), forwards: size(index, 5, 40)),
            at: time + .minutes(20))
        if incidents[index].random.chance(0.5) {
            let place = incidents[index].random.pick(["index-a", "index-b", "index-d"])
            plan(
                .sight(link: link, .linkIndex, token: place), of: index,
                at: time + delay(index, .hours(2)))
        }
        planCrowd(index, size(index, 2, 12), over: .hours(10), from: time + .minutes(8))
        for _ in 0..<reportCount(index, mean: 0.5) {
            var complaint = Complaint(
                subject: world.groups[group].subject, relation: .formerMember, about: account,
                group: group)
            if incidents[index].random.chance(0.5) {
                complaint.subject = world.accounts[account].subject
                complaint.relation = .stranger
            }
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(5)))
        }
    }
}
