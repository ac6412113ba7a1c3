import EventSchemas
import Foundation
import SafetyModel
import Simulation
import Testing

@Suite("Patterns of innocents and their enemies")
struct InnocentPatternTests {
    @Test("Framing claims listed media of an innocent, and never as seen by the server")
    func framing() throws {
        let told = try Recording(.framing, 6)
        let listed = try Listed(Recording.quiet())
        for number in told.begun(.framing) {
            let reports = told.incident(.framing, number).filter { $0.filed != nil }
            #expect(!reports.isEmpty)
            #expect(told.truth.incidents.first { $0.number == number }?.wanted.isEmpty == true)
            for report in reports {
                #expect(told.truth.label(of: report.subject).part == .target)
                #expect(told.label(report.actor).part == .falseReporter)
                let media = report.filed?.messages.flatMap(\.media) ?? []
                #expect(media.count == 1)
                #expect(media.allSatisfy { $0.attribution == .reporterClaimed })
                #expect(media.allSatisfy(listed.isNear))
            }
        }
    }

    @Test("Slow brigading comes from old accounts with devices of their own, over many hours")
    func slowBrigading() throws {
        let told = try Recording(.slowBrigading)
        for number in told.begun(.slowBrigading) {
            let reports = told.incident(.slowBrigading, number).filter {
                $0.filed != nil && told.label($0.actor).part == .falseReporter
            }
            #expect(Set(reports.map(\.actor)).count == reports.count)
            let parties = reports.compactMap { $0.report?.partyToken }.filter { !$0.isEmpty }
            #expect(Set(parties).count == parties.count)
            for report in reports {
                let snapshot = try #require(report.report?.context.actorSnapshot)
                guard snapshot.registeredUnixMs > 0 else { continue }
                #expect(report.time - Instant(milliseconds: snapshot.registeredUnixMs) >= .days(39))
            }
            guard let first = reports.first, let last = reports.last, reports.count > 5 else {
                continue
            }
            #expect(last.time - first.time > .hours(6))
        }
    }

    @Test("A poisoned link is seen at several places, and nobody of the group is an offender")
    func poisonedSightings() throws {
        let told = try Recording(.poisonedSightings)
        for number in told.begun(.poisonedSightings) {
            let items = told.incident(.poisonedSightings, number)
            #expect(items.count { $0.sighted != nil } >= 3)
            #expect(items.contains { $0.joined != nil })
            for (subject, label) in told.truth.all where label.incident == number {
                #expect(label.part == .target || label.part == .falseReporter, "\(subject.id)")
            }
        }
    }

    @Test("An investigator joins offenders' groups and reports them, and is a reporter")
    func investigator() throws {
        var settings = Recording.quiet()
        settings.incidents[.investigator] = 2
        settings.incidents[.outsideLinks] = 6
        settings.incidents[.accountFarm] = 3
        let told = try Recording(settings)
        for number in told.begun(.investigator) {
            let account = try #require(
                told.subjects(.account, .investigator, number, .innocent).first)
            #expect(told.label(account.id).role == .reporter)
            let joins = told.items.filter { $0.actor == account.id && $0.joined != nil }
            #expect(!joins.isEmpty)
            let reports = told.items.filter { $0.actor == account.id && $0.filed != nil }
            #expect(!reports.isEmpty)
            for report in reports {
                let part = told.truth.label(of: report.subject).part
                #expect(part == .offender || part == .victim)
            }
        }
    }

    @Test("A survivors' group asks before it lets anybody in, and has members under age")
    func survivors() throws {
        let told = try Recording(.survivors)
        for number in told.begun(.survivors) {
            let items = told.incident(.survivors, number)
            let made = try #require(items.first { $0.created != nil })
            #expect(made.created?.settings.joinApproval == true)
            #expect(items.contains { $0.changed?.newText.clear.contains("term-") == true })
            let joins = items.compactMap(\.joined)
            #expect(joins.count >= 5)
        }
        #expect(
            told.items.compactMap(\.joined).contains {
                $0.memberAgeBand == .ageBand16To17 || $0.memberAgeBand == .ageBand13To15
            })
    }

    @Test("A youth club's groups are filled by one adult with the young, who stay")
    func youthClub() throws {
        let told = try Recording(.youthClub)
        for number in told.begun(.youthClub) {
            let items = told.incident(.youthClub, number)
            let adds = items.compactMap(\.added)
            #expect(items.count { $0.created != nil } >= 2)
            let young = adds.count { $0.memberAgeBand != .adult }
            #expect(Double(young) > 0.5 * Double(adds.count))
            let left = items.count { $0.type == "group.member_left" }
            #expect(Double(left) < 0.2 * Double(adds.count))
            #expect(Set(adds.map(\.memberAccountID)).count == adds.count)
        }
    }

    @Test("A business has many links in many places, and few are angry about it")
    func publicBusiness() throws {
        let told = try Recording(.publicBusiness)
        for number in told.begun(.publicBusiness) {
            let items = told.incident(.publicBusiness, number)
            #expect(items.count { $0.type == "invite.created" } >= 4)
            let classes = Set(items.compactMap { $0.sighted?.sourceClass })
            #expect(classes.count >= 2)
            #expect(items.count { $0.joined != nil } > 20)
        }
        let categories = told.items.compactMap { $0.filed?.category }
        #expect(categories.count { $0 == .spam || $0 == .other } > categories.count / 2)
    }

    @Test("Resharers are reported with copies of a listed picture, franked as often as is said")
    func resharers() throws {
        let listed = try Listed(Recording.quiet())
        var settings = Recording.quiet()
        settings.incidents[.resharers] = 6
        settings.frankedShare = 0
        let claimed = try Recording(settings)
        settings.frankedShare = 1
        let franked = try Recording(settings)
        func media(_ told: Recording) -> [PBMedia] {
            told.items.compactMap(\.filed).flatMap(\.messages).flatMap(\.media)
        }
        #expect(media(claimed).count > 6)
        #expect(media(claimed).allSatisfy { $0.attribution == .reporterClaimed })
        #expect(media(franked).count > 6)
        #expect(media(franked).allSatisfy { $0.attribution == .frankingVerified })
        #expect(media(franked).allSatisfy(listed.isNear))
        #expect(franked.truth.all.allSatisfy { $0.label.part == .innocent })
    }
}
