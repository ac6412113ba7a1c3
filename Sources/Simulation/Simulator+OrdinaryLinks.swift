import EventSchemas
import SafetyModel
import SwiftProtobuf

extension Simulator {
    mutating func performWithLink(_ habit: Habit, at time: Instant) {
        if habit == .newLink {
            guard let group = world.someGroup(&random) else { return }
            let link = world.addLink(group: group, &random)
            announce(link: link, by: world.groups[group].creator, at: time)
            return
        }
        guard let link = world.someLink(&random) else { return }
        let creator = world.groups[world.links[link].group].creator
        switch habit {
        case .resetLink:
            let next = world.addLink(group: world.links[link].group, &random)
            announce(link: next, by: creator, at: time)
            resetLink(link, by: creator, next: next, at: time)
        case .sighting: sight(link, .socialMedia, token: "place-\(link % 40)", at: time)
        case .gone:
            inviteEvent(
                link, by: nil, "gone", at: time,
                .gone(
                    .with {
                        $0.sourceClass = .socialMedia
                        $0.sourceToken = "place-\(link % 40)"
                    }))
        default:
            let near = world.links[link].subject
            guard let member = world.someone(near: near, &random) else { return }
            join(link, by: member, at: time)
        }
    }

    mutating func performReport(_ habit: Habit, at time: Instant) {
        guard let reported = world.someone(&random) else { return }
        let subject = world.accounts[reported].subject
        guard let reporter = world.someone(near: subject, &random), reporter != reported else {
            return
        }
        switch habit {
        case .mistakenReport:
            let categories: [PBReportCategory] = [.spam, .spam, .other, .other, .enticement, .csam]
            report(
                subject, by: reporter, random.pick(categories), relation: .contact, at: time)
        case .withdraw:
            withdraw(subject, by: reporter, isAbusive: false, at: time)
        case .unblock:
            reportEvent(
                subject, by: reporter, "unblocked", at: time, .unblocked(PBAccountUnblocked()))
        default:
            block(subject, by: reporter, .contact, at: time)
        }
    }
}
