import EventSchemas
import SafetyModel
import SwiftProtobuf

extension Simulator {
    /// The part of an incident that comes next; 0 is where it begins.
    mutating func play(_ index: Int, scene: Int, at time: Instant) {
        switch incidents[index].pattern {
        case .ordinary, .knownProfilePhoto, .knownGroupIcon, .recreatedGroup, .outsideLinks,
            .solicitation, .banEvasion, .brigading, .victims:
            break
        case .plantedIcon: playPlantedIcon(index, scene, at: time)
        case .hijacked: playHijacked(index, scene, at: time)
        case .agedGroup: playAgedGroup(index, scene, at: time)
        case .cohort: playCohort(index, scene, at: time)
        case .mixedScript: playMixedScript(index, scene, at: time)
        case .accountFarm: playAccountFarm(index, scene, at: time)
        case .outreach: playOutreach(index, scene, at: time)
        case .coercedMinor: playCoercedMinor(index, scene, at: time)
        case .massAdds: playMassAdds(index, scene, at: time)
        case .slowBrigading: playSlowBrigading(index, at: time)
        case .framing: playFraming(index, at: time)
        case .poisonedSightings: playPoisonedSightings(index, scene, at: time)
        case .investigator: playInvestigator(index, at: time)
        case .survivors: playSurvivors(index, at: time)
        case .youthClub: playYouthClub(index, scene, at: time)
        case .publicBusiness: playPublicBusiness(index, scene, at: time)
        case .resharers: playResharers(index, at: time)
        }
    }

    mutating func perform(_ deed: Deed, of index: Int, at time: Instant) {
        switch deed {
        case .scene(let scene): play(index, scene: scene, at: time)
        case .join(let link, let member, let leaves):
            guard let member = actor(member, index), isThere(link: link) else { return }
            join(link, by: member, at: time)
            mayLeave(index, world.links[link].group, member, leaves, at: time)
        case .find(let group, let member, let leaves):
            guard let member = actor(member, index), isThere(group: group) else { return }
            find(group, by: member, at: time)
            mayLeave(index, group, member, leaves, at: time)
        case .leave(let group, let member):
            guard isThere(group: group), !world.accounts[member].isGone else { return }
            leave(group, member, at: time)
        case .complain(let complaint): file(complaint, index, at: time)
        case .withdraw(let subject, let reporter):
            if isThere(subject) { withdraw(subject, by: reporter, isAbusive: false, at: time) }
        case .block(let account, let by):
            guard let by = actor(by, index), by != account, !world.accounts[account].isGone else {
                return
            }
            block(world.accounts[account].subject, by: by, .stranger, at: time)
        case .sight(let link, let place, let token):
            if !world.links[link].isGone { sight(link, place, token: token, at: time) }
        case .summary(let account, let contacts):
            if !world.accounts[account].isGone { summary(account, contacts, at: time) }
        }
    }

    /// Who is named, if still there; somebody of the public where nobody is named.
    private mutating func actor(_ named: Int?, _ index: Int) -> Int? {
        guard let named else {
            return world.someone(near: incidents[index].anchor, &incidents[index].random)
        }
        return world.accounts[named].isGone ? nil : named
    }

    func isThere(group: Int) -> Bool { !world.groups[group].isGone }

    func isThere(link: Int) -> Bool {
        !world.links[link].isGone && isThere(group: world.links[link].group)
    }

    private mutating func mayLeave(
        _ index: Int, _ group: Int, _ member: Int, _ chance: Double, at time: Instant
    ) {
        guard incidents[index].random.chance(chance) else { return }
        let after = delay(index, .minutes(15))
        plan(.leave(group: group, member: member), of: index, at: time + after)
    }

    private mutating func file(_ complaint: Complaint, _ index: Int, at time: Instant) {
        guard let reporter = actor(complaint.reporter, index), isThere(complaint.subject) else {
            return
        }
        var messages: [PBReportedMessage] = []
        if let file = complaint.file, let sender = complaint.about {
            messages = [
                message(file, from: sender, complaint.attribution, in: complaint.group, at: time)
            ]
        }
        report(
            complaint.subject, by: reporter, complaint.category, source: complaint.source,
            relation: complaint.relation, messages: messages, about: complaint.about,
            group: complaint.group, isFalse: complaint.isFalse, at: time)
    }

    private func isThere(_ subject: Subject) -> Bool {
        guard let at = world.index[subject] else { return false }
        return switch subject.kind {
        case .account: !world.accounts[at].isGone
        case .group: !world.groups[at].isGone
        case .inviteLink: !world.links[at].isGone
        }
    }

    /// A message as the reporter hands it over, with one file.
    private func message(
        _ file: SimulatedFile, from sender: Int, _ attribution: PBAttribution, in group: Int?,
        at time: Instant
    ) -> PBReportedMessage {
        .with {
            $0.messageReference = "msg-\(file.sha256.suffix(6).hex)-\(outbox.made)"
            $0.senderAccountID = world.accounts[sender].id
            $0.sentAt = zoned(time - .hours(1), world.accounts[sender])
            $0.media = [media(file, .reportedMessage, by: sender, at: time, attribution)]
            $0.attribution = attribution
            $0.groupID = group.map { world.groups[$0].id } ?? ""
        }
    }
}
