import EventSchemas
import SafetyModel

extension Simulator {
    /// A picture goes round with an appeal to find who made it. Each passes it on to many; those
    /// who get it report whoever they got it from, and some who pass it on report it too.
    mutating func playResharers(_ index: Int, at time: Instant) {
        // Most copies have been saved again on the way.
        let original = listedFile(index, exact: true)
        var at = time
        var last: Int?
        for _ in 0..<size(index, 3, 9) {
            let age = days(index, 60, 2_000)
            let person = cast(index, .innocent, old: age, at: time)
            var file = original
            if incidents[index].random.chance(0.6) {
                let bits = incidents[index].random.between(2, 28)
                file = original.resaved(bits: bits, &incidents[index].random)
            }
            let first = incidents[index].random.between(2, 12)
            plan(
                .summary(
                    account: person,
                    Contacts(first: first, forwards: size(index, 15, 70))),
                of: index, at: at)
            for _ in 0..<reportCount(index, mean: 1.2) {
                let complaint = Complaint(
                    subject: world.accounts[person].subject, relation: .contact, about: person,
                    file: file, attribution: attribution(index))
                plan(.complain(complaint), of: index, at: at + delay(index, .hours(2)))
            }
            if let last, incidents[index].random.chance(0.5) {
                let complaint = Complaint(
                    subject: world.accounts[last].subject, reporter: person, relation: .contact,
                    about: last, file: file, attribution: attribution(index))
                plan(.complain(complaint), of: index, at: at + .minutes(3))
            }
            if incidents[index].random.chance(0.3) {
                let term = incidents[index].random.pick(GeneratedText.terms)
                setText(
                    person, .about, GeneratedText.name(with: term, &incidents[index].random),
                    at: at + .minutes(10))
            }
            last = person
            at = at + delay(index, .hours(2))
        }
    }
}
