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
    var sketch: [UInt64] = []
    /// How often the offender has come back.
    var returns = 0
    var random: SeededRandom

    static let maximumReturns = 3
}

extension Simulator {
    /// Gives every incident its first step, spread over the first part of the time.
    mutating func planIncidents() {
        for pattern in TrafficPattern.allCases {
            for number in 0..<settings.incidents.count(of: pattern) {
                var seed = SeededRandom(seed: settings.seed, label: "incidents")
                for _ in 0..<(pattern.hashIndex * 64 + number) { _ = seed.next() }
                var incident = Incident(
                    pattern: pattern, number: world.truth.start(pattern),
                    random: SeededRandom(seed: seed.next()))
                let spread = max(1, settings.sliceCount * 60 * 3 / 5)
                let start = settings.start + .minutes(Int64(90 + incident.random.below(spread)))
                incidents.append(incident)
                agenda.plan(.step(incident: incidents.count - 1), at: start)
            }
        }
    }

    mutating func step(_ index: Int, at time: Instant) {
        switch incidents[index].pattern {
        case .ordinary: break
        case .knownProfilePhoto: stepProfilePhoto(index, at: time)
        case .knownGroupIcon: stepGroupIcon(index, at: time)
        case .recreatedGroup: stepRecreatedGroup(index, at: time)
        case .outsideLinks: stepOutsideLinks(index, at: time)
        case .solicitation: stepSolicitation(index, at: time)
        case .banEvasion: stepBanEvasion(index, at: time)
        case .brigading: stepBrigading(index, at: time)
        case .victims: stepVictim(index, at: time)
        }
        incidents[index].step += 1
    }

    mutating func next(_ index: Int, after span: TimeSpan, from time: Instant) {
        agenda.plan(.step(incident: index), at: time + span)
    }

    func label(_ index: Int, _ part: TruthLabel.Part) -> TruthLabel {
        TruthLabel(
            pattern: incidents[index].pattern, part: part, incident: incidents[index].number)
    }

    /// An account of the incident's own, registered some days before the start.
    mutating func castAccount(
        _ index: Int, _ part: TruthLabel.Part, daysOld: Int, near: Subject? = nil,
        adult: Bool = true
    ) -> Int {
        let account = world.addAccount(
            registered: now - .days(Int64(daysOld)), near: near, adult: adult,
            &incidents[index].random)
        world.truth.set(label(index, part), for: world.accounts[account].subject)
        return account
    }

    /// A group of an offender with a link, both labelled.
    mutating func castGroup(_ index: Int, by creator: Int, at time: Instant) {
        if incidents[index].sketch.isEmpty {
            incidents[index].sketch = newSketch(&incidents[index].random)
        }
        let group = createGroup(
            by: creator, sketch: incidents[index].sketch, at: time, discoverable: true)
        world.truth.set(label(index, .offender), for: world.groups[group].subject)
        incidents[index].group = group
        castLink(index, at: time + .minutes(4))
    }

    mutating func castLink(_ index: Int, at time: Instant) {
        guard let group = incidents[index].group, !world.groups[group].isGone else { return }
        let link = createLink(of: group, by: world.groups[group].creator, at: time)
        world.truth.set(label(index, .offender), for: world.links[link].subject)
        incidents[index].link = link
    }

    /// People join by the link over some hours.
    mutating func planCrowd(_ index: Int, _ people: Int, over span: TimeSpan, from time: Instant) {
        guard let link = incidents[index].link else { return }
        for _ in 0..<people {
            let after = incidents[index].random.below(Int(span.milliseconds))
            agenda.plan(
                .joinCrowd(link: link), at: time + TimeSpan(milliseconds: Int64(after)))
        }
    }

    /// One member of the public reports the incident's group, or its creator.
    mutating func reportGroup(
        _ index: Int, at time: Instant, _ category: PBReportCategory = .csam,
        source: PBReportSource = .user, creatorToo: Bool = false
    ) {
        guard let group = incidents[index].group, !world.groups[group].isGone,
            let reporter = world.someone(
                near: world.groups[group].subject, &incidents[index].random)
        else { return }
        let creator = world.groups[group].creator
        report(
            world.groups[group].subject, by: reporter, category, source: source,
            relation: .formerMember, about: creator, group: group, at: time)
        if creatorToo, !world.accounts[creator].isGone {
            report(
                world.accounts[creator].subject, by: reporter, category, source: source,
                relation: .groupMember, about: creator, group: group, at: time + .minutes(1))
        }
    }
}

extension TrafficPattern {
    /// Its place in the list.
    var hashIndex: Int { TrafficPattern.allCases.firstIndex(of: self) ?? 0 }
}
