import EventSchemas
import Foundation
import SafetyModel
import Simulation
import Testing

@Suite("Abusive patterns")
struct AbusivePatternTests {
    @Test("A planter joins by the link, sets a listed icon and reports the group for it")
    func plantedIcon() throws {
        let told = try Recording(.plantedIcon, 6)
        let listed = try Listed(Recording.quiet())
        var exact = 0
        for number in told.begun(.plantedIcon) {
            let items = told.incident(.plantedIcon, number)
            let planted = try #require(
                items.first { $0.changed?.field == .icon && $0.changed?.hasNewMedia == true })
            let media = try #require(planted.changed?.newMedia)
            #expect(listed.isNear(media))
            if listed.holds(media) { exact += 1 }
            #expect(told.label(planted.actor).part == .offender)
            #expect(told.truth.label(of: planted.subject).part == .target)
            #expect(
                items.contains {
                    $0.joined != nil && $0.actor == planted.actor && $0.time < planted.time
                })
            #expect(
                items.contains {
                    $0.filed != nil && $0.time >= planted.time && $0.subject == planted.subject
                        && told.label($0.actor).part == .offender
                })
            let wanted = told.truth.incidents.first { $0.number == number }?.wanted
            #expect(wanted?.map(\.subject) == [Subject(.account, planted.actor)])
        }
        #expect(exact > 0)
    }

    @Test("A hijacked account spreads groups until its owner is back, and is never wanted itself")
    func hijacked() throws {
        let told = try Recording(.hijacked)
        for number in told.begun(.hijacked) {
            let items = told.incident(.hijacked, number)
            let owner = try #require(told.subjects(.account, .hijacked, number, .victim).first)
            #expect(told.label(owner.id).role == .compromised)
            let groups = told.subjects(.group, .hijacked, number, .offender)
            #expect(!groups.isEmpty)
            let made = items.filter { $0.created != nil }
            #expect(made.allSatisfy { $0.actor == owner.id })
            let devices = items.filter { $0.type == "account.device_linked" }.map(\.time)
            guard devices.count == 2 else { continue }
            #expect(made.allSatisfy { $0.time > devices[0] && $0.time < devices[1] })
            let gone = items.filter { $0.type == "group.dissolved" }
            #expect(Set(gone.map(\.subject)) == Set(groups))
            #expect(gone.allSatisfy { $0.time > devices[1] })
            let wanted = told.truth.incidents.first { $0.number == number }?.wanted ?? []
            #expect(!wanted.contains { $0.subject.kind == .account })
            #expect(Set(groups).isSubset(of: wanted.map(\.subject)))
        }
    }

    @Test("An aged group is never seen made, and each of its disguises is off within minutes")
    func agedGroup() throws {
        let told = try Recording(.agedGroup)
        var flashes = 0
        for number in told.begun(.agedGroup) {
            let items = told.incident(.agedGroup, number)
            #expect(!items.contains { $0.created != nil })
            let names = items.filter { $0.changed?.field == .name }
            for pair in stride(from: 0, to: names.count - 1, by: 2) {
                let shown = names[pair]
                let hidden = names[pair + 1]
                #expect(shown.changed?.newText.clear.contains("term-") == true)
                #expect(hidden.changed?.newText.clear == shown.changed?.oldText.clear)
                #expect(hidden.time - shown.time <= .minutes(30))
                flashes += 1
            }
            #expect(items.count { $0.joined != nil } > 0)
        }
        #expect(flashes >= 8)
    }

    @Test("A cohort's groups have other founders each time, and largely the same members")
    func cohort() throws {
        let told = try Recording(.cohort)
        for number in told.begun(.cohort) {
            let items = told.incident(.cohort, number)
            let made = items.filter { $0.created != nil }
            #expect(made.count >= 2)
            #expect(Set(made.map(\.actor)).count == made.count)
            #expect(!items.contains { $0.type == "group.admin_changed" })
            let members = made.map { group in
                Set(items.filter { $0.subject == group.subject && $0.joined != nil }.map(\.actor))
            }
            for (one, next) in zip(members, members.dropFirst()) where !next.isEmpty {
                #expect(Double(one.intersection(next).count) >= 0.3 * Double(one.count))
            }
        }
    }

    @Test("Mixed-script names hold no term as it is written, and are joined by search")
    func mixedScript() throws {
        let told = try Recording(.mixedScript)
        let made = told.items.filter { $0.created != nil }
        #expect(made.count >= 4)
        for group in made {
            let name = try #require(group.created?.name.clear)
            #expect(!name.utf8.allSatisfy { $0 < 128 })
            #expect(group.created?.settings.discoverable == true)
        }
        let plain = made.count { ($0.created?.name.clear ?? "").contains("term-") }
        #expect(plain < made.count / 2)
        let joins = told.items.compactMap(\.joined)
        #expect(joins.count > 50)
        #expect(joins.allSatisfy { $0.linkID.isEmpty })
    }

    @Test("A farm registers many accounts on few devices, and they spread links")
    func accountFarm() throws {
        let told = try Recording(.accountFarm)
        for number in told.begun(.accountFarm) {
            let items = told.incident(.accountFarm, number)
            let registered = items.filter { $0.type == "account.registered" }
            #expect(registered.count >= 8)
            let devices = Set(
                registered.compactMap { item -> String? in
                    guard case .account(let event) = item.event else { return nil }
                    return event.registered.deviceToken
                })
            #expect(devices.count <= 1 + registered.count / 4)
            #expect(items.count { $0.created != nil } >= 2)
            #expect(items.contains { $0.sighted != nil } || items.contains { $0.joined != nil })
        }
    }

    @Test("Outreach goes to the young, who block it; numbers change in between")
    func outreach() throws {
        let told = try Recording(.outreach, 6)
        var numbers = 0
        for number in told.begun(.outreach) {
            let items = told.incident(.outreach, number)
            let hours = items.compactMap(\.summary)
            #expect(hours.count > 5)
            let first = hours.reduce(0) { $0 + $1.firstContacts }
            let minors = hours.reduce(0) { $0 + $1.firstContactsMinor }
            #expect(Double(minors) > 0.5 * Double(first))
            let blocks = items.filter { $0.type == "report.blocked" }
            #expect(blocks.count > 5)
            let blocked = hours.reduce(0) { $0 + $1.blockedBy }
            #expect(blocks.count <= Int(blocked))
            numbers += items.count { $0.type == "account.number_changed" }
        }
        #expect(numbers > 0)
    }

    @Test("A coerced minor is a victim; the contact is wanted, and what the minor was made to open")
    func coercedMinor() throws {
        let told = try Recording(.coercedMinor, 8)
        var told1 = 0
        for number in told.begun(.coercedMinor) {
            let items = told.incident(.coercedMinor, number)
            let minor = try #require(told.subjects(.account, .coercedMinor, number, .victim).first)
            let contact = try #require(
                told.subjects(.account, .coercedMinor, number, .offender).first)
            let wanted = told.truth.incidents.first { $0.number == number }?.wanted ?? []
            #expect(wanted.contains { $0.subject == contact })
            #expect(!wanted.contains { $0.subject == minor })
            let words = items.filter { $0.actor == minor.id && $0.filed != nil }
            #expect(words.allSatisfy { $0.subject == contact && $0.filed?.relation == .affected })
            told1 += words.count
            #expect(
                items.contains { $0.profile?.field == .photo && $0.actor == minor.id }
                    || items.contains { $0.created != nil && $0.actor == minor.id })
        }
        #expect(told1 > 0)
    }

    @Test("Strangers added in masses mostly decline or leave")
    func massAdds() throws {
        let told = try Recording(.massAdds)
        for number in told.begun(.massAdds) {
            let items = told.incident(.massAdds, number)
            let adds = items.compactMap(\.added)
            #expect(adds.count > 30)
            #expect(adds.allSatisfy { $0.adderInContacts == .no })
            let gone = items.count {
                $0.type == "group.member_left" || $0.type == "group.member_refused"
            }
            #expect(Double(gone) > 0.35 * Double(adds.count))
            let summed = items.compactMap(\.summary).reduce(0) { $0 + $1.groupAddsStrangers }
            #expect(summed >= adds.count)
        }
    }
}
