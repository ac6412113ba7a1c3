import EventSchemas
import SafetyModel

private enum Scene: Int { case begin, group }

extension Simulator {
    /// Groups found by search under names that read like a stand-in term and are written otherwise.
    mutating func playMixedScript(_ index: Int, _ scene: Int, at time: Instant) {
        switch Scene(rawValue: scene) {
        case .begin:
            let age = days(index, 3, 90)
            let account = cast(index, .offender, old: age, at: time)
            incidents[index].account = account
            incidents[index].left = incidents[index].random.between(1, 3)
            if incidents[index].random.chance(0.6) {
                let term = incidents[index].random.pick(GeneratedText.terms)
                setText(
                    account, .about, GeneratedText.disguise(term, &incidents[index].random),
                    at: time)
            }
            plan(Scene.group, of: index, at: time + delay(index, .hours(1)))
        case .group: openDisguised(index, at: time)
        case nil: break
        }
    }

    private mutating func openDisguised(_ index: Int, at time: Instant) {
        let account = incidents[index].account
        guard incidents[index].left > 0, !world.accounts[account].isGone else { return }
        incidents[index].left -= 1
        let term = incidents[index].random.pick(GeneratedText.terms)
        let name = GeneratedText.name(with: term, &incidents[index].random)
        var profile = GroupProfile(name: GeneratedText.disguise(name, &incidents[index].random))
        profile.icon = SimulatedFile(&incidents[index].random)
        profile.isDiscoverable = true
        let group = castGroup(index, .offender, by: account, profile, at: time)
        want(account, since: time)
        let text = GeneratedText.name(
            with: incidents[index].random.pick(GeneratedText.terms), &incidents[index].random)
        setText(
            group, by: account, .description_,
            GeneratedText.disguise(text, &incidents[index].random), at: time + .minutes(3))
        for _ in 0..<size(index, 15, 60) {
            let after = TimeSpan.minutes(Int64(incidents[index].random.below(24 * 60)))
            plan(.find(group: group, leaves: 0.4), of: index, at: time + .minutes(5) + after)
        }
        for _ in 0..<reportCount(index, mean: 1.5) {
            let complaint = Complaint(
                subject: world.groups[group].subject, relation: .formerMember, about: account,
                group: group)
            plan(.complain(complaint), of: index, at: time + delay(index, .hours(7)))
        }
        plan(Scene.group, of: index, at: time + .hours(2) + delay(index, .hours(14)))
    }
}
