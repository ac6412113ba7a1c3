import EventSchemas
import SafetyModel
import SwiftProtobuf

extension Simulator {
    mutating func perform(_ deed: Deed, of index: Int, at time: Instant) {
        switch deed {
        case .scene: break
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
            group: complaint.group, at: time)
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
