import EventSchemas
import SafetyModel

/// One run of a pattern: who takes part, how far it has come, and chance of its own.
struct Incident {
    var pattern: TrafficPattern
    /// From 0 within the pattern.
    var number: Int
    var step = 0
    var account = 0
    var group: Int?
    var link: Int?
    var file: SimulatedFile?
    /// Of its group; when that is made again, the name is nearly the same.
    var name = ""
    var icon: SimulatedFile?
    /// Others who take part.
    var others: [Int] = []
    /// Of those, who has not had a turn yet.
    var waiting: [Int] = []
    /// Whoever was first: all live in their partition, where subjects are kept together.
    var anchor: Subject?
    /// How often the offender has come back.
    var returns = 0
    /// What is still to be done, and how often something was or will be: as the pattern says.
    var left = 0
    var turns = 0
    /// Its reports are those of an organisation that the platform trusts.
    var isTrusted = false
    var random: SeededRandom

    static let maximumReturns = 3
}

extension Simulator {
    /// Gives every incident its first step, spread over the first part of the time.
    mutating func planIncidents() {
        for pattern in TrafficPattern.allCases {
            for number in 0..<settings.incidents[pattern] {
                var incident = Incident(
                    pattern: pattern, number: world.truth.start(pattern),
                    random: SeededRandom(
                        seed: settings.seed, name: pattern.name, number: number))
                let spread = max(1, settings.sliceCount * 60 * 3 / 5)
                let start = settings.start + .minutes(Int64(90 + incident.random.below(spread)))
                incidents.append(incident)
                agenda.plan(.step(incident: incidents.count - 1), at: start)
            }
        }
    }

    mutating func step(_ index: Int, at time: Instant) {
        let pattern = incidents[index].pattern
        if !pattern.hasOffender { world.truth.begin(pattern, incidents[index].number, at: time) }
        switch pattern {
        case .ordinary: break
        case .knownProfilePhoto: stepProfilePhoto(index, at: time)
        case .knownGroupIcon: stepGroupIcon(index, at: time)
        case .recreatedGroup: stepRecreatedGroup(index, at: time)
        case .outsideLinks: stepOutsideLinks(index, at: time)
        case .solicitation: stepSolicitation(index, at: time)
        case .banEvasion: stepBanEvasion(index, at: time)
        case .brigading: stepBrigading(index, at: time)
        case .victims: stepVictim(index, at: time)
        default: play(index, scene: 0, at: time)
        }
        incidents[index].step += 1
    }

    // MARK: Chance

    /// A time about as long as `typical`: seldom less than a fifth of it, sometimes several times.
    mutating func delay(_ index: Int, _ typical: TimeSpan) -> TimeSpan {
        let draw = 0.2 + 0.8 * min(incidents[index].random.exponential(), 8)
        return TimeSpan(
            milliseconds: Int64(Double(typical.milliseconds) * draw * settings.delays))
    }

    /// How many take part, where `low` to `high` is usual; at least one.
    mutating func size(_ index: Int, _ low: Int, _ high: Int) -> Int {
        max(1, Int(Double(incidents[index].random.between(low, high)) * settings.sizes))
    }

    /// A number of days.
    mutating func days(_ index: Int, _ low: Int, _ high: Int) -> TimeSpan {
        .days(Int64(incidents[index].random.between(low, high)))
    }

    /// How many file a report where `mean` do on average.
    mutating func reportCount(_ index: Int, mean: Double) -> Int {
        incidents[index].random.count(mean: mean * settings.reportRate)
    }

    /// How the sender of a reported message is known on this platform.
    mutating func attribution(_ index: Int) -> PBAttribution {
        incidents[index].random.chance(settings.frankedShare) ? .frankingVerified : .reporterClaimed
    }

    // MARK: Plans

    mutating func next(_ index: Int, about typical: TimeSpan, from time: Instant) {
        agenda.plan(.step(incident: index), at: time + delay(index, typical))
    }

    mutating func plan(_ deed: Deed, of index: Int, at time: Instant) {
        agenda.plan(.deed(deed, incident: index), at: time)
    }

    mutating func plan(
        _ scene: some RawRepresentable<Int>, of index: Int, at time: Instant
    ) {
        plan(.scene(scene.rawValue), of: index, at: time)
    }

    /// People join by the link over some hours; of those who do, this part leaves soon.
    mutating func planCrowd(
        _ index: Int, _ people: Int, over span: TimeSpan, leaves: Double = 0.35,
        from time: Instant
    ) {
        guard let link = incidents[index].link else { return }
        for _ in 0..<people {
            let after = incidents[index].random.below(Int(span.milliseconds))
            plan(
                .join(link: link, leaves: leaves), of: index,
                at: time + TimeSpan(milliseconds: Int64(after)))
        }
    }

    // MARK: Cast

    func label(_ index: Int, _ part: TruthLabel.Part, role: Role? = nil) -> TruthLabel {
        TruthLabel(
            pattern: incidents[index].pattern, part: part, incident: incidents[index].number,
            role: role)
    }

    /// An account of the incident's own, registered so long ago.
    mutating func cast(
        _ index: Int, _ part: TruthLabel.Part, old: TimeSpan, at time: Instant,
        age: Age = .adult, role: Role? = nil
    ) -> Int {
        let account = world.addAccount(
            registered: time - old, near: incidents[index].anchor, age: age, isPublic: false,
            &incidents[index].random)
        let subject = world.accounts[account].subject
        if incidents[index].anchor == nil { incidents[index].anchor = subject }
        world.truth.set(label(index, part, role: role), for: subject)
        return account
    }

    /// A group of the incident's own; the name and icon are the incident's, or near to them when it
    /// has had a group before.
    mutating func castGroup(
        _ index: Int, _ part: TruthLabel.Part, by creator: Int, _ profile: GroupProfile,
        at time: Instant
    ) -> Int {
        let group = world.addGroup(
            creator: creator, name: profile.name, isPublic: false, &incidents[index].random)
        announce(group: group, profile, at: time)
        world.truth.set(label(index, part), for: world.groups[group].subject)
        incidents[index].group = group
        if part == .offender { world.truth.want(world.groups[group].subject, since: time) }
        return group
    }

    /// A group that is older than the traffic: no event tells of its making. People of the public
    /// are members.
    mutating func castOldGroup(
        _ index: Int, _ part: TruthLabel.Part, by creator: Int, members: Int
    ) -> Int {
        let name = GeneratedText.name(&incidents[index].random)
        let group = world.addGroup(
            creator: creator, name: name, isPublic: false, &incidents[index].random)
        for _ in 0..<members {
            let member = world.someone(near: incidents[index].anchor, &incidents[index].random)
            if let member { world.groups[group].members.append(member) }
        }
        world.truth.set(label(index, part), for: world.groups[group].subject)
        incidents[index].group = group
        return group
    }

    /// An offender's group with a link; who runs both is to be caught too.
    mutating func castAbuse(_ index: Int, by creator: Int, at time: Instant) {
        _ = castGroup(index, .offender, by: creator, abusiveProfile(index), at: time)
        want(creator, since: time)
        castLink(index, at: time + .minutes(4))
    }

    /// What offenders call their group: a stand-in term where the name gives it away, and nearly
    /// what the last one was called.
    mutating func abusiveProfile(_ index: Int) -> GroupProfile {
        if incidents[index].name.isEmpty {
            incidents[index].name =
                incidents[index].random.chance(0.4)
                ? GeneratedText.name(
                    with: incidents[index].random.pick(GeneratedText.terms),
                    &incidents[index].random)
                : GeneratedText.name(&incidents[index].random)
            incidents[index].icon = SimulatedFile(&incidents[index].random)
            return GroupProfile(
                name: incidents[index].name, icon: incidents[index].icon, isDiscoverable: true)
        }
        let bits = incidents[index].random.between(2, 16)
        return GroupProfile(
            name: GeneratedText.nearCopy(
                of: incidents[index].name, &incidents[index].random),
            icon: incidents[index].icon?.resaved(bits: bits, &incidents[index].random),
            isDiscoverable: true)
    }

    /// A link of the incident's group, labelled as the group is.
    mutating func castLink(_ index: Int, by admin: Int? = nil, at time: Instant) {
        guard let group = incidents[index].group, !world.groups[group].isGone else { return }
        let link = world.addLink(group: group, isPublic: false, &incidents[index].random)
        announce(link: link, by: admin ?? world.groups[group].creator, at: time)
        let subject = world.links[link].subject
        let part = world.truth.label(of: world.groups[group].subject).part
        world.truth.set(label(index, part), for: subject)
        if part == .offender { world.truth.want(subject, since: time) }
        incidents[index].link = link
    }

    /// The account does harm from now on.
    mutating func want(_ account: Int, since time: Instant) {
        let subject = world.accounts[account].subject
        if world.truth.label(of: subject).part == .offender {
            world.truth.want(subject, since: time)
        }
    }

    /// Members of the public report the incident's group, or its creator too; one on average.
    mutating func reportGroup(
        _ index: Int, at time: Instant, _ category: PBReportCategory = .csam,
        source: PBReportSource = .user, creatorToo: Bool = false
    ) {
        guard let group = incidents[index].group else { return }
        let creator = world.groups[group].creator
        for _ in 0..<(source == .user ? reportCount(index, mean: 1) : 1) {
            let reporter = world.someone(near: incidents[index].anchor, &incidents[index].random)
            var complaint = Complaint(
                subject: world.groups[group].subject, category: category, reporter: reporter,
                source: source, relation: .formerMember, about: creator, group: group)
            plan(.complain(complaint), of: index, at: time)
            guard creatorToo else { continue }
            complaint.subject = world.accounts[creator].subject
            plan(.complain(complaint), of: index, at: time + .minutes(1))
        }
    }
}
