import EventSchemas
import SafetyModel

extension Simulator {
    /// Old accounts, each with a device of its own, report one innocent or its group over days, in
    /// other words each time.
    mutating func playSlowBrigading(_ index: Int, at time: Instant) {
        let target = cast(
            index, .target, old: days(index, 60, 1_500), at: time)
        var subjects = [world.accounts[target].subject]
        if incidents[index].random.chance(0.5) {
            let group = castOldGroup(index, .target, by: target, members: size(index, 10, 60))
            castLink(index, at: time)
            planCrowd(index, size(index, 4, 15), over: .hours(40), from: time)
            subjects = [world.groups[group].subject] + subjects
        }
        var at = time + .minutes(20)
        for _ in 0..<size(index, 8, 25) {
            let age = days(index, 40, 1_500)
            let reporter = cast(index, .falseReporter, old: age, at: time)
            let subject = subjects[incidents[index].random.chance(0.7) ? 0 : subjects.count - 1]
            var complaint = Complaint(
                subject: subject, reporter: reporter, about: target, isFalse: true)
            complaint.category = incidents[index].random.pick(
                [.csam, .csam, .enticement, .trafficking, .sextortion, .other])
            complaint.relation = incidents[index].random.pick(
                [.stranger, .contact, .groupMember, .formerMember])
            if subject.kind == .group { complaint.group = incidents[index].group }
            if incidents[index].random.chance(0.2) {
                complaint.file = listedFile(index, exact: true)
            }
            plan(.complain(complaint), of: index, at: at)
            if incidents[index].random.chance(0.4) {
                plan(.block(account: target, by: reporter), of: index, at: at + .minutes(1))
            }
            at = at + .minutes(5) + delay(index, .hours(4))
        }
    }
}
