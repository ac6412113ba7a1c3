import EventSchemas
import SafetyModel
import SwiftProtobuf

extension Simulator {
    private static let places: [(PBSightingSourceClass, String)] = [
        (.linkIndex, "index-a"), (.linkIndex, "index-b"), (.socialMedia, "social-a"),
        (.forum, "forum-a"), (.searchEngine, "search-a"), (.darkWeb, "hidden-a"),
    ]

    /// Links that turn up on ever more outside places; each is replaced when it gets old.
    mutating func stepOutsideLinks(_ index: Int, at time: Instant) {
        let step = incidents[index].step
        if step == 0 {
            incidents[index].account = castAccount(index, .offender, daysOld: 14)
            castGroup(index, by: incidents[index].account, at: time)
        }
        guard step < 18, let link = incidents[index].link,
            !world.accounts[incidents[index].account].isGone
        else { return }
        if world.links[link].isGone || step % 6 == 5 { castLink(index, at: time) }
        if let link = incidents[index].link, !world.links[link].isGone {
            let place = Self.places[(step + incidents[index].number) % Self.places.count]
            sight(link, place.0, token: place.1, at: time + .minutes(20))
            planCrowd(index, 8, over: .hours(4), from: time + .minutes(30))
        }
        if step > 2 { reportGroup(index, at: time + .minutes(50)) }
        next(index, after: .hours(4), from: time)
    }

    /// A group that strangers are drawn into, leave at once, and report.
    mutating func stepSolicitation(_ index: Int, at time: Instant) {
        let step = incidents[index].step
        if step == 0 {
            incidents[index].account = castAccount(index, .offender, daysOld: 5)
            castGroup(index, by: incidents[index].account, at: time)
            planCrowd(index, 40, over: .hours(20), from: time + .minutes(10))
        }
        guard step < 14, !world.accounts[incidents[index].account].isGone else { return }
        if step % 3 == 1 {
            summary(incidents[index].account, contacts: 40, minors: 25, blocked: 12, at: time)
            if let link = incidents[index].link {
                sight(link, .linkIndex, token: "index-a", at: time + .minutes(5))
            }
        }
        if step >= 2 {
            reportGroup(
                index, at: time + .minutes(15), step % 2 == 0 ? .csam : .enticement,
                creatorToo: step % 3 == 0)
        }
        if step == 8 {
            reportGroup(index, at: time + .minutes(40), .csam, source: .trustedFlagger)
        }
        next(index, after: .hours(2), from: time)
    }

    /// Like a solicitation group, and made again by its creator after each removal.
    mutating func stepRecreatedGroup(_ index: Int, at time: Instant) {
        let step = incidents[index].step
        let hasGroup = incidents[index].group.map { !world.groups[$0].isGone } ?? false
        if step == 0 {
            incidents[index].account = castAccount(index, .offender, daysOld: 30)
        }
        if !hasGroup {
            if world.accounts[incidents[index].account].isGone {
                incidents[index].account = castAccount(index, .offender, daysOld: 1)
            }
            castGroup(index, by: incidents[index].account, at: time)
            planCrowd(index, 20, over: .hours(8), from: time + .minutes(10))
        }
        guard step < 24 else { return }
        reportGroup(
            index, at: time + .minutes(20), source: step % 4 == 3 ? .trustedFlagger : .user,
            creatorToo: step % 2 == 1)
        if let link = incidents[index].link, step % 2 == 1 {
            let place = Self.places[step / 2 % Self.places.count]
            sight(link, place.0, token: place.1, at: time + .minutes(30))
        }
        next(index, after: .hours(2), from: time)
    }

    /// Many accounts report one innocent within hours and claim known media against them.
    mutating func stepBrigading(_ index: Int, at time: Instant) {
        let step = incidents[index].step
        if step == 0 {
            incidents[index].account = castAccount(index, .innocent, daysOld: 400)
            incidents[index].file = incidents[index].random.pick(catalogue.listed)
        }
        guard step < 30, let file = incidents[index].file else { return }
        let target = incidents[index].account
        let subject = world.accounts[target].subject
        let brigader = world.addAccount(
            registered: time - .hours(30), near: subject, adult: true, &incidents[index].random)
        let claimed = PBReportedMessage.with {
            $0.messageReference = "msg-\(index)-\(step)"
            $0.senderAccountID = world.accounts[target].id
            $0.sentAt = zoned(time - .hours(1), world.accounts[target])
            $0.media = [media(file, .reportedMessage, by: target, at: time, .reporterClaimed)]
            $0.attribution = .reporterClaimed
        }
        report(
            subject, by: brigader, .csam, relation: .stranger, messages: [claimed], about: target,
            at: time)
        next(index, after: .minutes(Int64(incidents[index].random.between(1, 12))), from: time)
    }
}
