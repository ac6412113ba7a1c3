import ScoreModels
import TestSupport
import Testing

private let table = """
    # provider, model, version, score, probability
    vendor-a,m,v1,0.25,0.0
    vendor-a,m,v1,0.75,0.5
    vendor-a,m,v1,0.9,1
    "vendor, b",,v1,-3,0.1
    "vendor, b",,v1,3,0.1

    """

@Suite("Calibration of third-party scores")
struct CalibrationTests {
    private func calibration(_ text: String) throws(LoadError) -> Calibration {
        try Calibration(file: "c.csv", bytes: Array(text.utf8))
    }

    private func probability(
        _ score: Double, _ provider: String = "vendor-a", _ model: String = "m",
        _ version: String = "v1"
    ) throws -> Double? {
        try calibration(table).probability(
            of: ClassifierScore(provider: provider, model: model, version: version, score: score))
    }

    @Test("Between points it is linear, outside them flat")
    func curve() throws {
        #expect(try probability(0.5) == 0.25)
        #expect(try probability(0.75) == 0.5)
        #expect(try probability(-.infinity) == 0)
        #expect(try probability(2) == 1)
        #expect(try probability(1, "vendor, b", "") == 0.1)
    }

    @Test("Another version's curve says nothing about a version, nor another model's")
    func unknownVersion() throws {
        for score in [0.0, 0.99, .nan] {
            #expect(try probability(score, "vendor-a", "m", "v2") == nil)
            #expect(try probability(score, "vendor-a", "n") == nil)
            #expect(try probability(score, "vendor-b") == nil)
        }
        #expect(try probability(.nan) == nil)
    }

    @Test("The normal form tells curves apart, and not the order of their lines")
    func normalForm() throws {
        let form = try calibration("a,m,v,0,0\na,m,v,1,1\nb,,v,0,0\nb,,v,1,1").normalForm
        #expect(try calibration("b,,v,0,0\nb,,v,1,1\na,m,v,0,0\na,m,v,1,1").normalForm == form)
        #expect(try calibration("a,m,v,0,0\na,m,v,1,1\nb,v,,0,0\nb,v,,1,1").normalForm != form)
        #expect(Calibration().isEmpty)
        #expect(Calibration().normalForm.isEmpty)
    }

    @Test("Points as far apart as may be, and scores beyond them, have a place")
    func farApart() throws {
        let far = try calibration("a,,v,-1e100,0\na,,v,0,0.25\na,,v,1e-300,0.5\na,,v,1e100,1")
        let expected: [(Double, Double)] = [
            (-1e308, 0), (-5e99, 0.125), (0, 0.25), (1e-300, 0.5), (5e99, 0.75), (1e308, 1),
            (.infinity, 1),
        ]
        for (score, probability) in expected {
            let score = ClassifierScore(provider: "a", model: "", version: "v", score: score)
            #expect(far.probability(of: score) == probability)
        }
    }

    @Test("A higher score never has a lower probability")
    func monotone() throws {
        var last = 0.0
        for step in 0...1_000 {
            let probability = try #require(try probability(Double(step) / 1_000))
            #expect(probability >= last)
            last = probability
        }
    }

    @Test(
        "A wrong table is refused with line and column",
        arguments: [
            ("a,m,v,1", "c.csv:1:1: expected five fields"),
            ("a,m,v,1,0.2\na,m,v,0.5,0.3", "c.csv:2:7: the score must rise line by line"),
            ("a,m,v,1,0.2\na,m,v,2,0.1", "c.csv:2:9: the probability must not fall"),
            ("a,m,v,1,0.2\n", "c.csv:1:1: a curve needs two points or more"),
            ("a,m,v,x,0.2", "c.csv:1:7: expected a number"),
            (
                "a,m,v,-1e308,0.2\na,m,v,1e308,1",
                "c.csv:1:7: expected a score from -1e+100 to 1e+100"
            ),
            ("a,m,v,0,0.2\na,m,v,1e101,1", "c.csv:2:7: expected a score from -1e+100 to 1e+100"),
            ("a,m,v,1,1.2", "c.csv:1:9: expected a number from 0 to 1"),
            (",m,v,1,1", "c.csv:1:1: expected a name, found nothing"),
            ("\"a,m,v,1,1", "c.csv:1:1: the quote that opens here is never closed"),
            ("\"a\"b,m,v,1,1", "c.csv:1:4: expected a comma or the end of the line"),
        ])
    func refusals(text: String, expected: String) {
        do throws(LoadError) {
            _ = try calibration(text)
            Issue.record("\(text) was read")
        } catch {
            #expect(error.description.hasPrefix(expected), "\(error)")
        }
    }

    @Test("Mutated tables neither crash nor hang", .timeLimit(.minutes(Fuzzing.minutes)))
    func fuzz() {
        let words = ["\"", ",", "\n", "nan", "1e999", "-", "#", "\r", "0x1p9"]
        let fuzzing = Fuzzing("calibrations", seeds: [Array(table.utf8)], words: words)
        let report = fuzzing.run(rounds: 20_000) { bytes, _ in
            guard let found = try? Calibration(file: "c.csv", bytes: bytes) else { return false }
            let probability = found.probability(
                of: ClassifierScore(provider: "vendor-a", model: "m", version: "v1", score: 0.5))
            #expect((0...1).contains(probability ?? 0))
            return true
        }
        #expect(report.isSound && report.loaded > report.inputs / 200, "\(report)")
    }
}
