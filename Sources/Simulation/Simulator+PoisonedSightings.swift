import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, poison, notice }

extension Simulator {
    /// Places where offenders put their links, and those that copy from them.
    static let badPlaces: [(PBSightingSourceClass, String)] = [
        (.linkIndex, "index-a"), (.linkIndex, "index-b"), (.linkIndex, "index-c"),
        (.linkIndex, "index-d"), (.darkWeb, "hidden-a"), (.forum, "forum-a"),
        (.socialMedia, "social-a"), (.searchEngine, "search-a"),
    ]

    /// Somebody puts the link of an innocent group where offenders put theirs; strangers come, are
    /// disappointed or alarmed, and its administrator wonders.
    mutating func playPoisonedSightings(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin:
            let age = days(index, 100, 1_500)
            let creator = cast(index, .target, old: age, at: time)
            incidents[index].account = creator
            if incidents[index].random.chance(0.5) {
                _ = castOldGroup(index, .target, by: creator, members: size(index, 15, 60))
            } else {
                let profile = GroupProfile(
                    name: GeneratedText.name(&incidents[index].random),
                    icon: SimulatedFile(&incidents[index].random))
                _ = castGroup(index, .target, by: creator, profile, at: time)
            }
            castLink(index, at: time + .minutes(2))
            planCrowd(index, size(index, 5, 20), over: .hours(30), leaves: 0.1, from: time)
            incidents[index].left = incidents[index].random.between(1, 2)
            plan(Scene.poison, of: index, at: time + .hours(2) + delay(index, .hours(8)))
        case .poison: poison(index, at: time)
        case .notice: noticePoison(index, at: time)
        case nil: break
        }
    }

    private mutating func poison(_ index: Int, at time: Instant) {
        guard incidents[index].left > 0, let link = incidents[index].link, isThere(link: link),
            let group = incidents[index].group
        else { return }
        incidents[index].left -= 1
        var at = time
        for _ in 0..<size(index, 3, 9) {
            let place = incidents[index].random.pick(Self.badPlaces)
            plan(.sight(link: link, place.0, token: place.1), of: index, at: at)
            at = at + delay(index, .minutes(50))
        }
        planCrowd(index, size(index, 8, 30), over: .hours(16), leaves: 0.8, from: time)
        let subject = world.groups[group].subject
        // Some who come believe what the place says of it.
        for _ in 0..<reportCount(index, mean: 1.5) {
            let complaint = Complaint(subject: subject, relation: .formerMember, group: group)
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(6)))
        }
        for _ in 0..<incidents[index].random.between(0, 3) {
            let age = days(index, 5, 700)
            let poisoner = cast(index, .falseReporter, old: age, at: time)
            let complaint = Complaint(
                subject: subject, reporter: poisoner, relation: .groupMember,
                about: incidents[index].account, group: group, isFalse: true)
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(5)))
        }
        plan(Scene.notice, of: index, at: time + .hours(1) + delay(index, .hours(12)))
    }

    private mutating func noticePoison(_ index: Int, at time: Instant) {
        let creator = incidents[index].account
        guard let old = incidents[index].link, isThere(link: old), !world.accounts[creator].isGone
        else { return }
        castLink(index, at: time)
        if let new = incidents[index].link {
            resetLink(old, by: creator, next: new, at: time)
        }
        plan(Scene.poison, of: index, at: time + delay(index, .hours(14)))
    }
}
