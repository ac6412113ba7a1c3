import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, hour }

extension Simulator {
    /// An account that writes to strangers, most of them young, hour after hour; many block it, few
    /// report it, and it changes its number when too many have.
    mutating func playOutreach(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin: beginOutreach(index, at: time)
        case .hour: reachOut(index, at: time)
        case nil: break
        }
    }

    /// The first time, and after each suspension, from the same device.
    private mutating func beginOutreach(_ index: Int, at time: Instant) {
        let isBack = incidents[index].returns > 0
        let days = isBack ? 0 : Int64(incidents[index].random.between(0, 60))
        // Some say that they are young themselves.
        let age: Age = incidents[index].random.chance(0.3) ? .minor : .adult
        let account = cast(index, .offender, old: .days(days), at: time, age: age)
        if isBack {
            world.accounts[account].device = world.accounts[incidents[index].account].device
        }
        if days == 0 {
            register(account, at: time, deviceReused: isBack, number: .virtual)
        }
        incidents[index].account = account
        incidents[index].turns = 0
        plan(Scene.hour, of: index, at: time + .minutes(15) + delay(index, .minutes(30)))
    }

    private mutating func reachOut(_ index: Int, at time: Instant) {
        let account = incidents[index].account
        guard !world.accounts[account].isGone, incidents[index].turns < 60 else { return }
        incidents[index].turns += 1
        let subject = world.accounts[account].subject
        want(account, since: time)
        let first = size(index, 8, 40)
        let minors = Int(Double(first) * (0.5 + 0.4 * incidents[index].random.unit()))
        var blocked = 0
        for _ in 0..<minors where incidents[index].random.chance(0.22) {
            guard let young = young(index) else { continue }
            blocked += 1
            plan(
                .block(account: account, by: young), of: index,
                at: time + delay(index, .minutes(20)))
        }
        summary(account, Contacts(first: first, minors: minors, blocked: blocked), at: time)
        for _ in 0..<reportCount(index, mean: 0.25) {
            guard let young = young(index) else { continue }
            var complaint = Complaint(
                subject: subject, category: .enticement, reporter: young, relation: .affected,
                about: account)
            if incidents[index].random.chance(0.2) {
                complaint.file = listedFile(index, exact: false)
                complaint.attribution = attribution(index)
            }
            plan(.complain(complaint), of: index, at: time + delay(index, .minutes(50)))
        }
        // About every thirty blocks.
        if incidents[index].random.chance(Double(blocked) / 30) {
            changeNumber(account, .virtual, at: time + .minutes(30))
            if incidents[index].random.chance(0.3) {
                let token = "dev-" + incidents[index].random.bytes(8).hex
                linkDevice(account, token: token, at: time + .minutes(32))
            }
        }
        plan(Scene.hour, of: index, at: time + .minutes(45) + delay(index, .minutes(75)))
    }

    private mutating func young(_ index: Int) -> Int? {
        world.someone(near: incidents[index].anchor, age: .minor, &incidents[index].random)
    }
}
