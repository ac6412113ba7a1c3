import SafetyModel
import Simulation
import Testing

@Suite("Ground truth")
struct GroundTruthTests {
    private let truth: GroundTruth

    init() {
        var settings = SimulationSettings()
        settings.seed = 3
        settings.accounts = 300
        settings.days = 4
        var simulator = Simulator(settings)
        while simulator.nextSlice() != nil {}
        truth = simulator.truth
    }

    @Test("Every labelled subject is told once, with the label it has")
    func tellsAll() {
        let all = truth.all
        #expect(Set(all.map(\.subject)).count == all.count)
        for (subject, label) in all {
            #expect(truth.label(of: subject) == label)
            #expect(label.pattern != .ordinary)
        }
        #expect(truth.accountCount > all.count { $0.subject.kind == .account })
    }

    @Test("Who is to be caught is labelled an offender of the incident, from its beginning on")
    func wantsOffenders() {
        for incident in truth.incidents {
            #expect(!incident.pattern.hasOffender || !incident.wanted.isEmpty)
            for wanted in incident.wanted {
                let label = truth.label(of: wanted.subject)
                #expect(label.part == .offender)
                #expect(label.pattern == incident.pattern)
                #expect(label.incident == incident.number)
                #expect(wanted.since >= incident.began)
            }
        }
    }

    @Test("No incident begins twice, and none that was not planned")
    func beginsOnce() {
        for pattern in TrafficPattern.allCases {
            let numbers = truth.incidents.filter { $0.pattern == pattern }.map(\.number)
            #expect(Set(numbers).count == numbers.count)
            #expect(numbers.allSatisfy { $0 < truth.started[pattern, default: 0] })
        }
    }

    @Test("In patterns of innocents nobody is called an offender")
    func sparesInnocents() {
        for (subject, label) in truth.all where label.pattern.kind == .innocent {
            #expect(label.part == .innocent, "\(subject.id) of \(label.pattern)")
        }
    }
}
