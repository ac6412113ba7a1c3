import ScoreModels
import Testing

private let table = """
    # provider, model version, score, probability
    vendor-a,v1,0.25,0.0
    vendor-a,v1,0.75,0.5
    vendor-a,v1,0.9,1
    "vendor, b",v1,-3,0.1
    "vendor, b",v1,3,0.1

    """

@Suite("Calibration of third-party scores")
struct CalibrationTests {
    private func calibration(_ text: String) throws(LoadError) -> Calibration {
        try Calibration(file: "c.csv", bytes: Array(text.utf8))
    }

    private func lead(_ provider: String, _ version: String, _ score: Double) throws -> ReviewLead {
        try calibration(table).lead(
            ClassifierScore(provider: provider, modelVersion: version, score: score))
    }

    @Test("Between points it is linear, outside them flat")
    func curve() throws {
        #expect(try lead("vendor-a", "v1", 0.5).probability == 0.25)
        #expect(try lead("vendor-a", "v1", 0.5).priority == 17)
        #expect(try lead("vendor-a", "v1", 0.75).probability == 0.5)
        #expect(try lead("vendor-a", "v1", -.infinity).probability == 0)
        #expect(try lead("vendor-a", "v1", 2).probability == 1)
        #expect(try lead("vendor-a", "v1", 2).priority == Calibration.highestPriority)
        #expect(try lead("vendor, b", "v1", 1).probability == 0.1)
    }

    @Test("Another version's curve says nothing about a version")
    func unknownVersion() throws {
        for score in [0.0, 0.99, .nan] {
            let lead = try lead("vendor-a", "v2", score)
            #expect(lead.probability == nil)
            #expect(lead.priority == Calibration.uncalibratedPriority)
        }
        #expect(try lead("vendor-a", "v1", .nan).probability == nil)
    }

    @Test("Points as far apart as may be, and scores beyond them, have a place")
    func farApart() throws {
        let far = try calibration("a,v,-1e100,0\na,v,0,0.25\na,v,1e-300,0.5\na,v,1e100,1")
        let expected: [(Double, Double)] = [
            (-1e308, 0), (-5e99, 0.125), (0, 0.25), (1e-300, 0.5), (5e99, 0.75), (1e308, 1),
            (.infinity, 1),
        ]
        for (score, probability) in expected {
            let lead = far.lead(ClassifierScore(provider: "a", modelVersion: "v", score: score))
            #expect(lead.probability == probability)
        }
    }

    @Test("A higher score never has a lower priority")
    func monotone() throws {
        var last: UInt8 = 0
        for step in 0...1_000 {
            let priority = try lead("vendor-a", "v1", Double(step) / 1_000).priority
            #expect(priority >= last)
            last = priority
        }
    }

    @Test(
        "A wrong table is refused with line and column",
        arguments: [
            ("a,v,1", "c.csv:1:1: expected four fields"),
            ("a,v,1,0.2\na,v,0.5,0.3", "c.csv:2:5: the score must rise line by line"),
            ("a,v,1,0.2\na,v,2,0.1", "c.csv:2:7: the probability must not fall"),
            ("a,v,1,0.2\n", "c.csv:1:1: a curve needs two points or more"),
            ("a,v,x,0.2", "c.csv:1:5: expected a number"),
            ("a,v,-1e308,0.2\na,v,1e308,1", "c.csv:1:5: expected a score from -1e+100 to 1e+100"),
            ("a,v,0,0.2\na,v,1e101,1", "c.csv:2:5: expected a score from -1e+100 to 1e+100"),
            ("a,v,1,1.2", "c.csv:1:7: expected a number from 0 to 1"),
            ("a,,1,1", "c.csv:1:3: expected a name, found nothing"),
            ("\"a,v,1,1", "c.csv:1:1: the quote that opens here is never closed"),
            ("\"a\"b,v,1,1", "c.csv:1:4: expected a comma or the end of the line"),
        ])
    func refusals(text: String, expected: String) {
        do throws(LoadError) {
            _ = try calibration(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.description.hasPrefix(expected), "\(error)")
        }
    }

    @Test("Mutated tables neither crash nor hang", .timeLimit(.minutes(1)))
    func fuzz() {
        var random = SeededRandom(seed: 5)
        var loaded = 0
        for _ in 0..<20_000 {
            let bytes = random.mutated(
                Array(table.utf8),
                words: ["\"", ",", "\n", "nan", "1e999", "-", "#", "\r", "0x1p9"])
            guard let calibration = try? Calibration(file: "c.csv", bytes: bytes) else { continue }
            loaded += 1
            let lead = calibration.lead(
                ClassifierScore(provider: "vendor-a", modelVersion: "v1", score: 0.5))
            #expect(lead.priority <= Calibration.highestPriority)
        }
        #expect(loaded > 100)
    }
}
