import EventSchemas
import SafetyModel
import SwiftProtobuf

extension Simulator {
    /// Draws what ordinary people do in an hour.
    mutating func planOrdinary(from start: Instant, hour: Int) {
        // A day has quiet hours; the twenty-four factors have a mean of one.
        let factors = [0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.0, 1.2, 1.2, 1.2, 1.3]
        let later = [1.3, 1.2, 1.2, 1.2, 1.3, 1.5, 1.7, 1.8, 1.7, 1.4, 0.8, 0.5]
        let factor = hour < 12 ? factors[hour] : later[hour - 12]
        let people = Double(settings.accounts) * settings.activity / 24
        for habit in Habit.allCases {
            let rate = habit == .photo ? settings.photosADay ?? habit.dailyRate : habit.dailyRate
            let times = random.count(mean: people * rate * factor)
            for _ in 0..<times {
                let after = TimeSpan(milliseconds: Int64(random.below(3_600_000)))
                agenda.plan(.ordinary(habit), at: start + after)
            }
        }
    }

    mutating func perform(_ habit: Habit, at time: Instant) {
        switch habit {
        case .summary, .photo, .name, .about, .device, .unlink, .number, .recycled, .selfDelete:
            guard let account = world.someone(&random) else { return }
            performOwn(habit, account, at: time)
        case .register:
            let account = world.addAccount(registered: time, &random)
            register(account, at: time, deviceReused: random.chance(0.03))
        case .newGroup, .changeGroup, .addMember, .refuse, .leave, .remove, .makeAdmin, .dissolve:
            performInGroup(habit, at: time)
        case .newLink, .resetLink, .join, .sighting, .gone:
            performWithLink(habit, at: time)
        case .mistakenReport, .withdraw, .block, .unblock:
            performReport(habit, at: time)
        }
    }

    private mutating func performOwn(_ habit: Habit, _ account: Int, at time: Instant) {
        switch habit {
        case .photo: setPhoto(account, ordinaryFile(), at: time)
        case .name, .about:
            setText(
                account, habit == .name ? .name : .about, GeneratedText.name(&random), at: time)
        case .device: linkDevice(account, token: "dev-" + random.bytes(8).hex, at: time)
        case .unlink: unlinkDevice(account, token: "dev-old-\(account)", at: time)
        case .number: changeNumber(account, at: time)
        case .recycled:
            world.accounts[account].lastNumberChange = time
            accountEvent(
                account, "number_recycled", at: time,
                .numberRecycled(.with { $0.numberToken = "num-\(account)" }))
        case .selfDelete:
            accountEvent(
                account, "self_deleted", at: time, .selfDeleted(.with { $0.cause = .user }))
            world.accounts[account].isGone = true
        default:
            let first = random.count(mean: 2)
            let contacts = Contacts(
                first: first, minors: random.count(mean: Double(first) * 0.05),
                blocked: random.count(mean: Double(first) * 0.01), forwards: first / 2)
            summary(account, contacts, at: time)
        }
    }

    /// Something nobody lists; now and then something known to be harmless.
    private mutating func ordinaryFile() -> SimulatedFile {
        random.chance(0.05) ? random.pick(catalogue.benign) : SimulatedFile(&random)
    }

    private mutating func performInGroup(_ habit: Habit, at time: Instant) {
        if habit == .newGroup {
            guard let creator = world.someone(&random) else { return }
            let profile = GroupProfile(name: GeneratedText.name(&random))
            let group = world.addGroup(creator: creator, name: profile.name, &random)
            announce(group: group, profile, at: time)
            if random.chance(0.3) { setIcon(group, by: creator, ordinaryFile(), at: time) }
            return
        }
        guard let group = world.someGroup(&random) else { return }
        let creator = world.groups[group].creator
        guard let other = world.someone(near: world.accounts[creator].subject, &random) else {
            return
        }
        switch habit {
        case .addMember: addMember(group, other, by: creator, at: time)
        case .refuse: refuse(group, by: other, at: time)
        case .leave:
            let members = world.groups[group].members
            guard members.count > 1 else { return }
            leave(group, members[1 + random.below(members.count - 1)], at: time)
        case .remove: remove(group, other, by: creator, at: time)
        case .makeAdmin: makeAdmin(group, other, by: creator, at: time)
        case .dissolve: dissolve(group, by: creator, at: time)
        default:
            groupEvent(
                group, by: creator, "changed", at: time,
                .changed(
                    .with {
                        $0.field = .messageLife
                        $0.newValue = 86_400
                    }))
        }
    }
}
