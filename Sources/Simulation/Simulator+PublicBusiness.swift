import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, campaign }

extension Simulator {
    /// A shop with links on every page it can get; many come and go, and some find it tiresome.
    mutating func playPublicBusiness(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin:
            let age = days(index, 5, 1_500)
            let owner = cast(index, .innocent, old: age, at: time)
            incidents[index].account = owner
            setPhoto(owner, SimulatedFile(&incidents[index].random), at: time)
            incidents[index].left = incidents[index].random.between(2, 6)
            plan(Scene.campaign, of: index, at: time + .minutes(20))
        case .campaign: campaign(index, at: time)
        case nil: break
        }
    }

    private mutating func campaign(_ index: Int, at time: Instant) {
        let owner = incidents[index].account
        guard incidents[index].left > 0, !world.accounts[owner].isGone else { return }
        incidents[index].left -= 1
        if incidents[index].group == nil || incidents[index].random.chance(0.3) {
            var profile = GroupProfile(name: GeneratedText.name(&incidents[index].random))
            profile.icon = SimulatedFile(&incidents[index].random)
            profile.isDiscoverable = true
            _ = castGroup(index, .innocent, by: owner, profile, at: time)
        }
        let places: [(PBSightingSourceClass, String)] = [
            (.socialMedia, "social-a"), (.socialMedia, "social-b"), (.searchEngine, "search-a"),
            (.forum, "forum-b"), (.linkIndex, "index-a"), (.linkIndex, "index-e"),
            (.other, "shop-a"),
        ]
        for number in 0..<size(index, 2, 8) {
            let at = time + .minutes(Int64(3 + 4 * number))
            castLink(index, at: at)
            guard let link = incidents[index].link else { continue }
            for _ in 0..<incidents[index].random.between(1, 3) {
                let place = incidents[index].random.pick(places)
                plan(
                    .sight(link: link, place.0, token: place.1), of: index,
                    at: at + delay(index, .hours(6)))
            }
            planCrowd(index, size(index, 5, 25), over: .hours(20), leaves: 0.3, from: at)
        }
        let first = size(index, 20, 60)
        summary(
            owner,
            Contacts(
                first: first, minors: first / 12, blocked: incidents[index].random.below(first / 8),
                links: first / 2, forwards: first / 3),
            at: time + .minutes(50))
        planComplaints(index, of: owner, at: time)
        plan(Scene.campaign, of: index, at: time + .hours(4) + delay(index, .hours(16)))
    }

    private mutating func planComplaints(_ index: Int, of owner: Int, at time: Instant) {
        for _ in 0..<reportCount(index, mean: 1.2) {
            var complaint = Complaint(
                subject: world.accounts[owner].subject,
                category: incidents[index].random.pick([.spam, .spam, .spam, .other, .csam]),
                about: owner)
            if let group = incidents[index].group, incidents[index].random.chance(0.5) {
                complaint.subject = world.groups[group].subject
                complaint.group = group
            }
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(9)))
            if incidents[index].random.chance(0.5) {
                plan(.block(account: owner), of: index, at: time + delay(index, .hours(9)))
            }
        }
    }
}
