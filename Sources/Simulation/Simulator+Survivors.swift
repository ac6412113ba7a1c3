import EventSchemas
import SafetyModel

extension Simulator {
    /// A group of people who help each other after abuse. Its name may hold the very words; it asks
    /// before it lets anybody in, is named on helping pages, and has enemies.
    mutating func playSurvivors(_ index: Int, at time: Instant) {
        let age = days(index, 120, 1_500)
        let creator = cast(index, .innocent, old: age, at: time)
        let term = incidents[index].random.pick(GeneratedText.terms)
        var profile = GroupProfile(
            name: incidents[index].random.chance(0.6)
                ? GeneratedText.name(with: term, &incidents[index].random)
                : GeneratedText.name(&incidents[index].random))
        profile.icon = SimulatedFile(&incidents[index].random)
        profile.isDiscoverable = incidents[index].random.chance(0.5)
        profile.needsApproval = true
        let group = castGroup(index, .innocent, by: creator, profile, at: time)
        setText(
            group, by: creator, .description_,
            GeneratedText.name(
                with: incidents[index].random.pick(GeneratedText.terms),
                &incidents[index].random),
            at: time + .minutes(6))
        castLink(index, at: time + .minutes(10))
        guard let link = incidents[index].link else { return }
        let places: [(PBSightingSourceClass, String)] = [
            (.socialMedia, "help-a"), (.forum, "help-b"), (.searchEngine, "search-a"),
            (.partner, "help-c"),
        ]
        for _ in 0..<incidents[index].random.between(1, 3) {
            let place = incidents[index].random.pick(places)
            plan(
                .sight(link: link, place.0, token: place.1), of: index,
                at: time + delay(index, .hours(12)))
        }
        planMembers(index, group, link, at: time)
        planHostility(index, group, creator, at: time)
    }

    /// Members come and stay, some under age; some tell the platform who hurt them, which says
    /// nothing against the group in which they found the courage.
    private mutating func planMembers(
        _ index: Int, _ group: Int, _ link: Int, at time: Instant
    ) {
        for _ in 0..<size(index, 12, 50) {
            let age = days(index, 5, 1_200)
            let member = cast(
                index, .innocent, old: age, at: time,
                age: incidents[index].random.chance(0.2) ? .minor : .adult)
            let joined = time + .minutes(15) + delay(index, .hours(18))
            plan(.join(link: link, member: member, leaves: 0.05), of: index, at: joined)
            let other = world.someone(near: incidents[index].anchor, &incidents[index].random)
            guard let other, reportCount(index, mean: 0.1) > 0 else { continue }
            let complaint = Complaint(
                subject: world.accounts[other].subject,
                category: incidents[index].random.pick([.sextortion, .enticement]),
                reporter: member, relation: .affected, about: other)
            plan(.complain(complaint), of: index, at: joined + delay(index, .hours(8)))
        }
    }

    private mutating func planHostility(
        _ index: Int, _ group: Int, _ creator: Int, at time: Instant
    ) {
        for _ in 0..<reportCount(index, mean: 1.5) {
            var complaint = Complaint(
                subject: world.groups[group].subject,
                category: incidents[index].random.pick([.csam, .other, .spam]), about: creator,
                group: group)
            if incidents[index].random.chance(0.3) {
                complaint.subject = world.accounts[creator].subject
            }
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(30)))
        }
    }
}
