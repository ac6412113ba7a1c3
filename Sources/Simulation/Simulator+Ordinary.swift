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
        case .name, .about: changeText(account, habit == .name ? .name : .about, at: time)
        case .device: linkDevice(account, at: time)
        case .unlink:
            accountEvent(
                account, "device_unlinked", at: time,
                .deviceUnlinked(.with { $0.deviceToken = "dev-old-\(account)" }))
        case .number:
            world.accounts[account].lastNumberChange = time
            accountEvent(
                account, "number_changed", at: time,
                .numberChanged(
                    .with {
                        $0.newNumberToken = "num-\(account)-\(time.milliseconds)"
                        $0.numberType = .mobile
                    }))
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
            let contacts = random.count(mean: 2)
            summary(
                account, contacts: contacts, minors: random.count(mean: Double(contacts) * 0.05),
                blocked: random.count(mean: Double(contacts) * 0.01), at: time)
        }
    }

    private mutating func changeText(_ account: Int, _ field: PBProfileField, at time: Instant) {
        let sketch = newSketch(&random)
        accountEvent(
            account, "profile_changed", at: time,
            .profileChanged(
                .with {
                    $0.field = field
                    $0.newText = .with { $0.clear = "Text \(account)" }
                    $0.newTextSketch = sketch
                }))
    }

    mutating func linkDevice(_ account: Int, at time: Instant, reused: Bool = false) {
        world.accounts[account].lastDeviceChange = time
        let token = "dev-" + random.bytes(8).hex
        world.accounts[account].device = token
        accountEvent(
            account, "device_linked", at: time,
            .deviceLinked(
                .with {
                    $0.deviceToken = token
                    $0.kind = .companion
                    $0.deviceReused = reused
                }))
    }

    /// Something nobody lists; now and then something known to be harmless.
    private mutating func ordinaryFile() -> SimulatedFile {
        random.chance(0.05) ? random.pick(catalogue.benign) : SimulatedFile(&random)
    }

    private mutating func performInGroup(_ habit: Habit, at time: Instant) {
        if habit == .newGroup {
            guard let creator = world.someone(&random) else { return }
            let group = createGroup(by: creator, sketch: newSketch(&random), at: time)
            if random.chance(0.3) { setIcon(group, by: creator, ordinaryFile(), at: time) }
            return
        }
        guard let group = world.someGroup(&random) else { return }
        let creator = world.groups[group].creator
        guard let other = world.someone(near: world.accounts[creator].subject, &random) else {
            return
        }
        let otherID = world.accounts[other].id
        switch habit {
        case .addMember:
            world.groups[group].members.append(other)
            let band = world.accounts[other].ageBand
            groupEvent(
                group, by: creator, "member_added", at: time,
                .memberAdded(
                    .with {
                        $0.memberAccountID = otherID
                        $0.adderInContacts = .yes
                        $0.memberAgeBand = band
                    }))
        case .refuse:
            groupEvent(
                group, by: other, "member_refused", at: time,
                .memberRefused(
                    .with {
                        $0.memberAccountID = otherID
                        $0.kind = .addDeclined
                    }))
        case .leave: leave(group, at: time, draw: random.next())
        case .remove:
            groupEvent(
                group, by: creator, "member_removed", at: time,
                .memberRemoved(.with { $0.memberAccountID = otherID }))
        case .makeAdmin:
            groupEvent(
                group, by: creator, "admin_changed", at: time,
                .adminChanged(
                    .with {
                        $0.memberAccountID = otherID
                        $0.isAdmin = true
                    }))
        case .dissolve:
            groupEvent(group, by: creator, "dissolved", at: time, .dissolved(PBGroupDissolved()))
            world.groups[group].isGone = true
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

    mutating func leave(_ group: Int, at time: Instant, draw: UInt64) {
        let members = world.groups[group].members
        guard members.count > 1 else { return }
        let at = 1 + Int(draw % UInt64(members.count - 1))
        let member = world.groups[group].members.remove(at: at)
        let id = world.accounts[member].id
        groupEvent(
            group, by: member, "member_left", at: time,
            .memberLeft(
                .with {
                    $0.memberAccountID = id
                    $0.stayedMs = 3_600_000
                }))
    }
}
