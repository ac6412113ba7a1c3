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
            incidents[index].account = cast(index, .offender, old: days(index, 2, 60), at: time)
            castAbuse(index, by: incidents[index].account, at: time)
        }
        guard step < 18, let link = incidents[index].link,
            !world.accounts[incidents[index].account].isGone
        else { return }
        if world.links[link].isGone || step % 6 == 5 { castLink(index, at: time) }
        if let link = incidents[index].link, !world.links[link].isGone {
            let place = Self.places[(step + incidents[index].number) % Self.places.count]
            sight(link, place.0, token: place.1, at: time + .minutes(20))
            planCrowd(index, size(index, 6, 10), over: .hours(4), from: time + .minutes(30))
        }
        if step > 2 { reportGroup(index, at: time + .minutes(50)) }
        next(index, about: .hours(4), from: time)
    }

    /// A group that strangers are drawn into, leave at once, and report.
    mutating func stepSolicitation(_ index: Int, at time: Instant) {
        let step = incidents[index].step
        if step == 0 {
            incidents[index].account = cast(index, .offender, old: days(index, 1, 30), at: time)
            castAbuse(index, by: incidents[index].account, at: time)
            planCrowd(index, size(index, 30, 50), over: .hours(20), from: time + .minutes(10))
        }
        guard step < 14, !world.accounts[incidents[index].account].isGone else { return }
        if step % 3 == 1 {
            summary(
                incidents[index].account,
                Contacts(first: 40, minors: 25, blocked: 12, forwards: 20),
                at: time)
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
        next(index, about: .hours(2), from: time)
    }

    /// Like a solicitation group, and made again by its creator after each removal.
    mutating func stepRecreatedGroup(_ index: Int, at time: Instant) {
        let step = incidents[index].step
        let hasGroup = incidents[index].group.map { !world.groups[$0].isGone } ?? false
        if step == 0 {
            incidents[index].account = cast(index, .offender, old: days(index, 5, 120), at: time)
        }
        if !hasGroup {
            if world.accounts[incidents[index].account].isGone {
                incidents[index].account = cast(index, .offender, old: days(index, 0, 10), at: time)
            }
            castAbuse(index, by: incidents[index].account, at: time)
            planCrowd(index, size(index, 15, 25), over: .hours(8), from: time + .minutes(10))
        }
        guard step < 24 else { return }
        reportGroup(
            index, at: time + .minutes(20), source: step % 4 == 3 ? .trustedFlagger : .user,
            creatorToo: step % 2 == 1)
        if let link = incidents[index].link, step % 2 == 1 {
            let place = Self.places[step / 2 % Self.places.count]
            sight(link, place.0, token: place.1, at: time + .minutes(30))
        }
        next(index, about: .hours(2), from: time)
    }

    /// Many accounts report one innocent within hours and claim known media against them.
    mutating func stepBrigading(_ index: Int, at time: Instant) {
        let step = incidents[index].step
        if step == 0 {
            incidents[index].account = cast(index, .target, old: days(index, 100, 1500), at: time)
            incidents[index].file = incidents[index].random.pick(catalogue.listed)
            incidents[index].left = size(index, 20, 40)
        }
        guard step < incidents[index].left, let file = incidents[index].file else { return }
        let target = incidents[index].account
        let brigader = cast(
            index, .falseReporter, old: .hours(Int64(incidents[index].random.between(3, 120))),
            at: time)
        let complaint = Complaint(
            subject: world.accounts[target].subject, reporter: brigader, about: target,
            file: file, isFalse: true)
        plan(.complain(complaint), of: index, at: time)
        next(index, about: .minutes(6), from: time)
    }
}
