import EventSchemas
import SafetyModel
import Simulation
import Testing

@Suite("Traffic parameters")
struct ParameterTests {
    private func told(
        _ pattern: TrafficPattern, _ count: Int = 4,
        _ change: (inout SimulationSettings) -> Void = { _ in }
    ) throws -> Recording {
        var settings = Recording.quiet()
        settings.incidents[pattern] = count
        change(&settings)
        return try Recording(settings)
    }

    @Test("No pattern disturbs another: alone or among all it does the same")
    func independence() throws {
        var all = Recording.quiet()
        all.days = 6
        all.incidents = .init(each: 1)
        let together = try Recording(all)
        for pattern in TrafficPattern.allCases where pattern != .ordinary {
            // An investigator looks into what others do.
            if pattern == .investigator { continue }
            var one = all
            one.incidents = .none
            one.incidents[pattern] = 1
            let alone = try Recording(one)
            func facts(_ told: Recording) -> [String] {
                told.incident(pattern, 0).compactMap {
                    // Who is drawn to look into a group leaves traces in it.
                    if told.label($0.actor).pattern == .investigator { return nil }
                    return "\($0.time.milliseconds) \($0.type) \($0.subject.id) \($0.actor)"
                }.sorted()
            }
            #expect(facts(alone) == facts(together), "\(pattern)")
        }
    }

    @Test("Sizes multiply crowds, brigades and farms")
    func sizes() throws {
        func farm(_ sizes: Double) throws -> Int {
            try told(.accountFarm) { $0.sizes = sizes }.items.count {
                $0.type == "account.registered"
            }
        }
        let (small, large) = (try farm(0.5), try farm(2))
        #expect(large > 3 * small)
    }

    @Test("Delays stretch what an incident takes")
    func delays() throws {
        func length(_ delays: Double) throws -> Int64 {
            let told = try told(.framing, 6) {
                $0.days = 30
                $0.delays = delays
            }
            return told.begun(.framing).reduce(0) { sum, number in
                let times = told.incident(.framing, number).map(\.time)
                guard let first = times.first, let last = times.last else { return sum }
                return sum + (last - first).milliseconds
            }
        }
        #expect(try length(4) > 2 * (try length(0.5)))
    }

    @Test("A report rate of nought leaves only what is reported in bad faith")
    func reportRate() throws {
        for pattern in [TrafficPattern.solicitation, .massAdds, .publicBusiness, .cohort] {
            let none = try told(pattern) { $0.reportRate = 0 }
            #expect(!none.items.contains { $0.filed?.source == .user }, "\(pattern)")
            #expect(try told(pattern) { $0.reportRate = 3 }.items.contains { $0.filed != nil })
        }
        #expect(try told(.framing) { $0.reportRate = 0 }.items.contains { $0.filed != nil })
    }

    @Test("A platform that withholds facts sends no tokens and no reporter's age")
    func withheldFacts() throws {
        func tokens(_ share: Double) throws -> Int {
            let told = try told(.accountFarm) { $0.withheldFacts = share }
            return told.items.count { item in
                switch item.event {
                case .account(let event):
                    !event.context.deviceToken.isEmpty || event.registered.deviceReused
                case .group(let event): !event.context.deviceToken.isEmpty
                case .invite(let event): !event.context.deviceToken.isEmpty
                case .report(let event):
                    !event.partyToken.isEmpty || event.context.hasActorSnapshot
                }
            }
        }
        #expect(try tokens(1) == 0)
        #expect(try tokens(0) > 100)
    }

    @Test("Sealed texts have a sketch and no clear form")
    func sealedTexts() throws {
        let sealed = try told(.mixedScript) { $0.sealedTexts = 1 }
        let names = sealed.items.compactMap(\.created)
        #expect(!names.isEmpty)
        for name in names {
            #expect(name.name.clear.isEmpty)
            #expect(!name.name.sealed.ciphertext.isEmpty)
            #expect(!name.nameSketch.isEmpty)
        }
        let clear = try told(.mixedScript).items.compactMap(\.created)
        #expect(clear.allSatisfy { !$0.name.clear.isEmpty })
    }

    @Test("Parts of all people are under age, or of unknown age")
    func ages() throws {
        var settings = Recording.quiet()
        settings.activity = 1
        settings.accounts = 2_000
        settings.days = 1
        settings.minorShare = 0.6
        settings.unknownAgeShare = 0
        let told = try Recording(settings)
        let joins = told.items.compactMap(\.joined)
        let minors = joins.count { $0.memberAgeBand != .adult }
        #expect(joins.count > 200)
        #expect((0.5...0.7).contains(Double(minors) / Double(joins.count)))
    }

    @Test("Counts of one pattern change and the others stay; ordinary people have none")
    func counts() {
        var counts = SimulationSettings.IncidentCounts(each: 2)
        counts[.framing] = 5
        counts[.ordinary] = 3
        counts[.cohort] = -1
        #expect(counts[.framing] == 5)
        #expect(counts[.ordinary] == 0)
        #expect(counts[.cohort] == 0)
        #expect(counts[.brigading] == 2)
    }

    @Test("Groups made again have near names and near icons")
    func nearCopies() throws {
        let told = try told(.massAdds, 8)
        var pairs = 0
        for number in told.begun(.massAdds) {
            let made = told.incident(.massAdds, number).compactMap(\.created)
            guard let first = made.first else { continue }
            for next in made.dropFirst() {
                pairs += 1
                let shared = Set(first.nameSketch).intersection(next.nameSketch)
                let bits = zip(first.icon.digests.pdq, next.icon.digests.pdq)
                    .reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
                #expect((1...31).contains(bits))
                #expect(first.icon.digests.sha256 != next.icon.digests.sha256)
                #expect(first.name.clear != next.name.clear)
                #expect(
                    !shared.isEmpty
                        || first.name.clear.lowercased().filter(\.isLetter)
                            == next.name.clear.lowercased().filter(\.isLetter)
                )
            }
        }
        #expect(pairs > 3)
    }
}
