import AuditTrail
import EventSchemas
import Pipeline
import SafetyModel
import Streaming
import Testing

@Suite("Reports and relations over several tasks")
struct ReputationTests {
    private static let start = AssessRig.start

    private func report(
        _ group: String, by reporter: String, id: String, device: String,
        category: PBReportCategory = .csam, relation: PBReporterRelation = .stranger,
        band: PBAgeBand = .unspecified, at time: Instant = start
    ) -> Input {
        var event = PBReportEvent()
        event.context = TestEvents.context(reporter)
        event.context.deviceToken = device
        event.context.actorSnapshot.accountID = reporter
        event.context.actorSnapshot.registeredUnixMs = (time - .days(400)).milliseconds
        event.subject.kind = .group
        event.subject.id = group
        event.reportID = "report-\(id)"
        event.filed.source = .user
        event.filed.category = category
        event.filed.relation = relation
        event.filed.reporterAgeBand = band
        return Input(
            Topics().reports, key: group, type: EventType.platform(.report, "filed"), id: id,
            time: time, value: event.canonicalBytes())
    }

    /// A group whose link was seen in two kinds of places: with two reporters it is restricted.
    private func advertised(_ rig: AssessRig, _ group: String) async throws {
        try await rig.send([
            TestEvents.created(group, by: "owner", id: "\(group)-created"),
            sighted(group, .forum, id: "\(group)-1"), sighted(group, .partner, id: "\(group)-2"),
        ])
        try await rig.run()
    }

    private func sighted(_ group: String, _ place: PBSightingSourceClass, id: String) -> Input {
        var event = PBInviteEvent()
        event.context = TestEvents.context()
        event.linkID = "link-\(group)"
        event.groupID = group
        event.sighted.sourceClass = place
        event.sighted.sourceToken = "place-\(id)"
        return Input(
            Topics().invites, key: event.linkID, type: EventType.platform(.invite, "sighted"),
            id: id, time: Self.start, value: event.canonicalBytes())
    }

    private func rules(_ rig: AssessRig, _ subject: Subject) async throws -> Set<String> {
        Set(try await rig.proposals().filter { $0.target == subject }.map(\.rule))
    }

    private func isRestricted(_ rig: AssessRig, _ group: String) async throws -> Bool {
        try await rules(rig, Subject(.group, group)).contains("advertised-group-with-reports")
    }

    /// What Enforce would say after a reviewer's verdict.
    private func word(_ kind: SignalKind, _ subject: Subject, cause: UInt64, decision: UInt64 = 0)
        -> Input
    {
        let signal = Signal(
            cause: ContentID(high: 77, low: cause), ordinal: 0, kind: kind,
            time: Self.start + .minutes(5), subject: subject, key: .subject(subject), hops: 1,
            decision: decision == 0 ? nil : ContentID(high: 5, low: decision),
            action: decision == 0 ? nil : .removeGroup)
        return Input(
            Topics().signals, key: subject.id, type: EventType.signal, id: signal.id.description,
            time: signal.time, value: signal.travelBytes(origin: 0))
    }

    @Test(
        "Five reporters on one device do not fire automation, five independent ones do; both a review"
    )
    func brigade() async throws {
        let rig = try AssessRig(partitions: 5)
        for (group, isLinked) in [("linked", true), ("free", false)] {
            try await advertised(rig, group)
            try await rig.send(
                (1...5).map { n in
                    report(
                        group, by: "\(group)-r\(n)", id: "\(group)-r\(n)",
                        device: isLinked ? "one" : "device-\(n)")
                })
            try await rig.run()
            let found = try await rules(rig, Subject(.group, group))
            #expect(found.contains("reported-by-several"))
            #expect(found.contains("advertised-group-with-reports") == !isLinked)
        }
    }

    @Test("What a weighed report leads to has not travelled: it may be told on")
    func hops() async throws {
        let rig = try AssessRig(partitions: 5)
        try await rig.send([report("g", by: "r1", id: "one", device: "d1")])
        try await rig.run()
        let found = try await rig.proposals().filter { $0.rule == "reported-for-abuse" }
        #expect(found.map(\.hops) == [0])
    }

    @Test("An hour's contacts tell how many of them are young, where any is")
    func youngContacts() async throws {
        let rig = try AssessRig()
        func contacts(_ account: String, young: UInt32) -> Input {
            var event = PBAccountEvent()
            event.context = TestEvents.context(account)
            event.accountID = account
            event.contactSummary.windowStartUnixMs = (Self.start - .hours(1)).milliseconds
            event.contactSummary.windowEndUnixMs = Self.start.milliseconds
            event.contactSummary.firstContacts = 30
            event.contactSummary.firstContactsMinor = young
            return Input(
                Topics().accounts, key: account,
                type: EventType.platform(.account, "contact_summary"), id: account,
                time: Self.start, value: event.canonicalBytes())
        }
        try await rig.send([
            contacts("a", young: 22), contacts("b", young: 0), contacts("c", young: 4),
        ])
        try await rig.run()
        let found = try await rig.proposals()
        #expect(found.map(\.rule) == ["young-strangers"])
        #expect(found.map(\.target.id) == ["a"])
    }

    @Test(
        "Reporters who were wrong about others count less after the verdicts, and reach a human still"
    )
    func wrong() async throws {
        let rig = try AssessRig(partitions: 5)
        let reporters = ["r1", "r2"]
        for (n, victim) in ["v1", "v2"].enumerated() {
            try await rig.send(
                reporters.map { report(victim, by: $0, id: "\(victim)-\($0)", device: $0) })
            try await rig.run()
            try await rig.send([word(.cleared, Subject(.group, victim), cause: UInt64(n))])
            try await rig.run()
        }
        try await advertised(rig, "g")
        try await rig.send(reporters.map { report("g", by: $0, id: "g-\($0)", device: $0) })
        try await rig.run()
        #expect(try await !isRestricted(rig, "g"))
        try await rig.send([
            report("g", by: "r1", id: "danger", device: "r1", category: .imminentDanger),
            report(
                "g", by: "r2", id: "me", device: "r2", category: .sextortion, relation: .affected,
                band: .minor),
        ])
        try await rig.run()
        let found = try await rules(rig, Subject(.group, "g"))
        #expect(found.isSuperset(of: ["imminent-danger", "about-me-and-minor"]))
        // Others who say the same are believed.
        try await rig.send(["r3", "r4"].map { report("g", by: $0, id: "g-\($0)", device: $0) })
        try await rig.run()
        #expect(try await isRestricted(rig, "g"))
    }

    @Test(
        "The cohort of a removed group is found where it meets again, over tasks; a reversal ends that"
    )
    func cohort() async throws {
        for isReversed in [false, true] {
            let rig = try AssessRig(partitions: 5)
            try await rig.send([TestEvents.created("old", by: "owner", id: "old")])
            try await rig.send((1...4).map { joined("m\($0)", "old", minutes: 1) })
            try await rig.run()
            let old = Subject(.group, "old")
            try await rig.send([word(.enforced, old, cause: 1, decision: 1)])
            try await rig.run()
            try await rig.send([
                TestEvents.created("new", by: "stranger", id: "new"),
                joined("m1", "new", minutes: 9),
                joined("m2", "new", minutes: 10), joined("m3", "new", minutes: 10),
            ])
            try await rig.run()
            if isReversed {
                try await rig.send([word(.reversed, old, cause: 2, decision: 1)])
                try await rig.run()
                try await rig.send([word(.enforced, old, cause: 3, decision: 2)])
                try await rig.run()
            }
            try await rig.send([joined("m4", "new", minutes: 11)])
            try await rig.run()
            let found = try await rules(rig, Subject(.group, "new"))
            #expect(found.contains("cohort-comes-again") == !isReversed)
            let report = try await AssessStage.replay(
                partition: rig.home("new"), settings: rig.settings, pack: rig.pack, log: rig.log,
                sealer: rig.sealer)
            #expect(report.difference == nil && report.batches > 0)
        }
    }

    private func joined(_ account: String, _ group: String, minutes: Int64) -> Input {
        TestEvents.group(
            group, "\(group)-\(account)", "member_joined", by: account,
            Self.start + .minutes(minutes)
        ) {
            $0.memberJoined.memberAccountID = account
            $0.memberJoined.linkID = "link-\(group)"
        }
    }
}
