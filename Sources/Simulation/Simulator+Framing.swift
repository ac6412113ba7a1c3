import EventSchemas
import SafetyModel

extension Simulator {
    /// Somebody with a grudge, and perhaps a friend or two, report an innocent account or its group
    /// and hand over listed media as if it had been sent by them.
    mutating func playFraming(_ index: Int, at time: Instant) {
        let target = cast(
            index, .target, old: days(index, 100, 1_500), at: time
        )
        var subjects = [world.accounts[target].subject]
        if incidents[index].random.chance(0.5) {
            let group = castOldGroup(index, .target, by: target, members: size(index, 5, 30))
            subjects.append(world.groups[group].subject)
        }
        var at = time
        for _ in 0..<size(index, 1, 3) {
            let isAged = incidents[index].random.chance(0.5)
            let days =
                isAged
                ? incidents[index].random.between(60, 900) : incidents[index].random.between(0, 20)
            let framer = cast(index, .falseReporter, old: .days(Int64(days)), at: time)
            for _ in 0..<incidents[index].random.between(1, 3) {
                at = at + delay(index, .minutes(40))
                planFraming(index, of: target, subjects, by: framer, at: at)
            }
            if incidents[index].random.chance(0.4) {
                plan(.block(account: target, by: framer), of: index, at: at + .minutes(2))
            }
            if incidents[index].random.chance(0.1) {
                let later = at + delay(index, .hours(20))
                plan(.withdraw(subjects[0], by: framer), of: index, at: later)
            }
            at = at + delay(index, .hours(5))
        }
    }

    private mutating func planFraming(
        _ index: Int, of target: Int, _ subjects: [Subject], by framer: Int, at time: Instant
    ) {
        let subject = incidents[index].random.pick(subjects)
        var complaint = Complaint(subject: subject, reporter: framer, about: target, isFalse: true)
        complaint.category = incidents[index].random.pick([.csam, .csam, .enticement])
        complaint.relation = incidents[index].random.pick([.contact, .groupMember, .stranger])
        complaint.file = listedFile(index, exact: incidents[index].random.chance(0.8))
        complaint.group = subject.kind == .group ? incidents[index].group : nil
        plan(.complain(complaint), of: index, at: time)
    }
}
