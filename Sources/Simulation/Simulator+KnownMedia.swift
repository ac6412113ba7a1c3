import EventSchemas
import SafetyModel

extension Simulator {
    /// The same bytes as a listed file, or the picture saved again.
    mutating func listedFile(_ index: Int, exact: Bool) -> SimulatedFile {
        let file = incidents[index].random.pick(catalogue.listed)
        let bits = incidents[index].random.between(4, 20)
        return exact ? file : file.resaved(bits: bits, &incidents[index].random)
    }

    mutating func stepProfilePhoto(_ index: Int, at time: Instant) {
        switch incidents[index].step {
        case 0:
            let isNew = incidents[index].number % 2 == 1
            let account = cast(
                index, .offender, old: isNew ? .days(0) : days(index, 30, 900), at: time)
            incidents[index].account = account
            if isNew {
                register(account, at: time, number: .virtual)
            }
            next(index, about: .minutes(45), from: time)
        case 1:
            // Two of three are the listed bytes; one is only near and must go to a human.
            let file = listedFile(index, exact: incidents[index].number % 3 != 1)
            want(incidents[index].account, since: time)
            setPhoto(incidents[index].account, file, at: time)
            next(index, about: .hours(2), from: time)
        default:
            guard !world.accounts[incidents[index].account].isGone, incidents[index].step < 10
            else { return }
            summary(
                incidents[index].account, Contacts(first: 30, minors: 18, blocked: 9, forwards: 15),
                at: time)
            next(index, about: .hours(3), from: time)
        }
    }

    mutating func stepGroupIcon(_ index: Int, at time: Instant) {
        switch incidents[index].step {
        case 0:
            incidents[index].account = cast(index, .offender, old: days(index, 20, 600), at: time)
            castAbuse(index, by: incidents[index].account, at: time)
            next(index, about: .minutes(30), from: time)
        case 1:
            guard let group = incidents[index].group else { return }
            let file = listedFile(index, exact: incidents[index].number % 2 == 0)
            setIcon(group, by: incidents[index].account, file, at: time)
            planCrowd(index, size(index, 18, 32), over: .hours(12), from: time)
        default: break
        }
    }

    /// Comes back from the same device after each enforcement (see the reactions).
    mutating func stepBanEvasion(_ index: Int, at time: Instant) {
        if incidents[index].step == 0 {
            incidents[index].account = cast(index, .offender, old: days(index, 10, 300), at: time)
            incidents[index].file = listedFile(index, exact: true)
        } else {
            let before = world.accounts[incidents[index].account].device
            let account = cast(index, .offender, old: .days(0), at: time)
            world.accounts[account].device = before
            incidents[index].account = account
            register(
                account, at: time, deviceReused: true, numberReused: false, number: .virtual)
        }
        guard let file = incidents[index].file else { return }
        // After the first time the offender saves the picture again, hoping to pass.
        let bits = incidents[index].random.between(4, 16)
        let shown =
            incidents[index].step == 0
            ? file : file.resaved(bits: bits, &incidents[index].random)
        want(incidents[index].account, since: time + .minutes(20))
        setPhoto(incidents[index].account, shown, at: time + .minutes(20))
    }

    /// Looks like an offender by the media alone, and must not be punished (I13).
    mutating func stepVictim(_ index: Int, at time: Instant) {
        let kind = incidents[index].number % 3
        switch (incidents[index].step, kind) {
        case (0, 0):
            // Somebody else takes the account over.
            incidents[index].account = cast(
                index, .victim, old: days(index, 100, 1500), at: time, role: .compromised)
            let token = "dev-" + incidents[index].random.bytes(8).hex
            linkDevice(incidents[index].account, token: token, reused: true, at: time)
        case (0, 1):
            incidents[index].account = cast(
                index, .victim, old: days(index, 20, 700), at: time, age: .minor,
                role: .minorSelfGenerated)
        case (0, _):
            incidents[index].account = cast(
                index, .victim, old: days(index, 30, 900), at: time)
            let extorter = cast(index, .offender, old: days(index, 1, 60), at: time)
            want(extorter, since: time)
            world.accounts[incidents[index].account].threatened = time
            report(
                world.accounts[extorter].subject, by: incidents[index].account, .threatened,
                relation: .affected, about: extorter, at: time)
        case (1, 1):
            let file = incidents[index].random.pick(catalogue.minorSubmitted)
            setPhoto(incidents[index].account, file, at: time)
        case (1, _):
            setPhoto(
                incidents[index].account, listedFile(index, exact: true), at: time)
        default: return
        }
        if incidents[index].step == 0 { next(index, about: .hours(2), from: time) }
    }
}
