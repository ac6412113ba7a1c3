import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, arrive, plant, report, notice }

extension Simulator {
    /// An innocent group that everybody may join and edit. One who joins by the link sets a listed
    /// icon, reports the group for it, and is gone when its administrator sees it.
    mutating func playPlantedIcon(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin: openPlantableGroup(index, at: time)
        case .arrive: arrive(index, at: time)
        case .plant: plantIcon(index, at: time)
        case .report: reportPlantedIcon(index, at: time)
        case .notice: noticeIcon(index, at: time)
        case nil: break
        }
    }

    private mutating func openPlantableGroup(_ index: Int, at time: Instant) {
        let age = days(index, 150, 1_200)
        let creator = cast(index, .target, old: age, at: time)
        incidents[index].account = creator
        if incidents[index].random.chance(0.5) {
            _ = castOldGroup(index, .target, by: creator, members: size(index, 20, 80))
            castLink(index, at: time)
        } else {
            var profile = GroupProfile(name: GeneratedText.name(&incidents[index].random))
            profile.icon = SimulatedFile(&incidents[index].random)
            profile.isDiscoverable = incidents[index].random.chance(0.5)
            profile.everybodyEdits = true
            _ = castGroup(index, .target, by: creator, profile, at: time)
            castLink(index, at: time + .minutes(5))
        }
        planCrowd(index, size(index, 10, 40), over: .hours(20), from: time + .minutes(20))
        plan(Scene.arrive, of: index, at: time + .minutes(30) + delay(index, .hours(8)))
    }

    /// The planter comes, from an account of any age, and waits a little.
    private mutating func arrive(_ index: Int, at time: Instant) {
        guard let link = incidents[index].link, isThere(link: link) else { return }
        let isNew = incidents[index].random.chance(0.5)
        let days = isNew ? 0 : incidents[index].random.between(3, 200)
        let planter = cast(index, .offender, old: .days(Int64(days)), at: time)
        if isNew {
            register(planter, at: time, number: .virtual)
        }
        incidents[index].others = [planter]
        plan(.join(link: link, member: planter), of: index, at: time + .minutes(2))
        plan(Scene.plant, of: index, at: time + .minutes(4) + delay(index, .minutes(40)))
    }

    private mutating func plantIcon(_ index: Int, at time: Instant) {
        guard let group = incidents[index].group, isThere(group: group),
            let planter = incidents[index].others.first, !world.accounts[planter].isGone
        else { return }
        let file = listedFile(index, exact: incidents[index].random.chance(0.7))
        incidents[index].file = file
        want(planter, since: time)
        setIcon(group, by: planter, file, at: time)
        plan(Scene.report, of: index, at: time + delay(index, .minutes(10)))
        plan(Scene.notice, of: index, at: time + delay(index, .hours(6)))
    }

    /// From the same account, or from another that the same person has.
    private mutating func reportPlantedIcon(_ index: Int, at time: Instant) {
        guard let group = incidents[index].group, isThere(group: group) else { return }
        let creator = incidents[index].account
        var reporter = incidents[index].others[0]
        if incidents[index].random.chance(0.4) {
            reporter = cast(
                index, .offender,
                old: days(index, 1, 300), at: time)
            world.accounts[reporter].device = world.accounts[incidents[index].others[0]].device
        }
        var complaint = Complaint(
            subject: world.groups[group].subject, reporter: reporter, relation: .groupMember,
            about: creator, group: group, isFalse: true)
        plan(.complain(complaint), of: index, at: time)
        complaint.subject = world.accounts[creator].subject
        plan(.complain(complaint), of: index, at: time + .minutes(3))
        // Members and passers-by who saw it report in good faith.
        for _ in 0..<reportCount(index, mean: 2) {
            var honest = Complaint(
                subject: world.groups[group].subject, relation: .groupMember, group: group)
            honest.about = incidents[index].random.chance(0.3) ? creator : nil
            plan(.complain(honest), of: index, at: time + delay(index, .hours(1)))
        }
    }

    private mutating func noticeIcon(_ index: Int, at time: Instant) {
        guard let group = incidents[index].group, isThere(group: group),
            let planter = incidents[index].others.first,
            !world.accounts[incidents[index].account].isGone
        else { return }
        let creator = incidents[index].account
        setIcon(group, by: creator, nil, at: time)
        remove(group, planter, by: creator, at: time + .minutes(1))
        if let old = incidents[index].link, !world.links[old].isGone {
            castLink(index, at: time + .minutes(3))
            if let new = incidents[index].link {
                resetLink(old, by: creator, next: new, at: time + .minutes(3))
            }
        }
    }
}
