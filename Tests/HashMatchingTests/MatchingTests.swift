import HashMatching
import SafetyModel
import ScoreModels
import Testing

@Suite("Matching")
struct MatchingTests {
    private var generator = SplitMix64(seed: 5)

    @Test("Equal bytes match exactly by MD5, SHA-1 and SHA-256, one changed bit does not")
    mutating func exact() {
        for algorithm in [HashAlgorithm.md5, .sha1, .sha256] {
            let bytes = generator.bytes(algorithm.digestBytes)
            let banks = snapshot([entry("a", bytes, algorithm: algorithm)])
            let found = match([item([MediaDigest(algorithm, bytes)])], in: banks).matches
            #expect(found.map(\.entry) == ["a"])
            #expect(found.allSatisfy { $0.isExact && $0.distance == 0 })
            var other = bytes
            other[3] ^= 1
            #expect(match([item([MediaDigest(algorithm, other)])], in: banks).matches.isEmpty)
        }
    }

    @Test("A digest matches only entries of its own algorithm")
    mutating func algorithmsAreApart() {
        let bytes = generator.bytes(32)
        let banks = snapshot([entry("a", bytes, algorithm: .sha256)])
        #expect(match([item([MediaDigest(.pdq, bytes)])], in: banks).matches.isEmpty)
        #expect(
            match([item([MediaDigest(.md5, Array(bytes.prefix(16)))])], in: banks).matches.isEmpty)
    }

    @Test("A digest of the wrong length matches nothing and harms nothing")
    mutating func wrongLength() {
        let banks = snapshot([entry("a", generator.bytes(31)), entry("b", [], algorithm: .md5)])
        #expect(banks.entryCount == 2)
        #expect(match([item([MediaDigest(.md5, [])])], in: banks).matches.isEmpty)
    }

    @Test("Matches come in order of media, bank, entry and algorithm")
    mutating func order() {
        let (p, s) = (generator.bytes(32), generator.bytes(32))
        let banks = snapshot([
            entry("b", bank: "two", p), entry("a", bank: "two", p), entry("c", bank: "one", p),
            entry("c", bank: "three", s, algorithm: .sha256),
        ])
        let media = item([MediaDigest(.pdq, p), MediaDigest(.sha256, s)])
        let found = match([media, media], in: banks).matches
        #expect(
            found.map { "\($0.media) \($0.bank) \($0.entry)" } == [
                "0 one c", "0 three c", "0 two a", "0 two b",
                "1 one c", "1 three c", "1 two a", "1 two b",
            ])
    }

    @Test("Known benign holds back near matches, never an exact one, and says so")
    mutating func benign() {
        let (p, s) = (generator.bytes(32), generator.bytes(32))
        let banks = snapshot([
            entry("near", flipped(p, 8, using: &generator)), entry("exact", s, algorithm: .sha256),
            entry("ok", bank: "benign", flipped(p, 12, using: &generator), category: .knownBenign),
        ])
        let found = match([item([MediaDigest(.pdq, p), MediaDigest(.sha256, s)])], in: banks)
        #expect(found.matches.map(\.entry) == ["exact"])
        #expect(found.suppressed.map(\.entry) == ["near"])
        #expect(found.benign.mapValues(\.entry) == [0: "ok"])
        #expect(found.benign[0]?.distance == 12)
        let off = MatchSettings(banks: ["benign": BankSettings(isEnabled: false)])
        let without = match([item([MediaDigest(.pdq, p)])], in: banks, settings: off)
        #expect(without.matches.map(\.entry) == ["near"])
        #expect(without.suppressed.isEmpty)
    }

    @Test("What another service found is never exact, and a classifier is only a lead")
    mutating func assessments() {
        let p = generator.bytes(32)
        let list = MediaAssessment(
            provider: "service-a", modelVersion: "3", list: "list-a", category: .csam, score: 0)
        let classifier = MediaAssessment(
            provider: "service-b", modelVersion: "7", list: "", category: .csam, score: 0.99)
        let unsure = MediaAssessment(
            provider: "service-b", modelVersion: "7", list: "", category: .csam, score: 0.4)
        let benign = MediaAssessment(
            provider: "service-a", modelVersion: "3", list: "fine", category: .knownBenign, score: 0
        )
        let banks = snapshot([entry("ok", bank: "benign", p, category: .knownBenign)])
        let found = match(
            [
                item(
                    [MediaDigest(.sha256, p), MediaDigest(.pdq, p)],
                    assessments: [list, classifier, unsure, benign])
            ],
            in: banks)
        #expect(found.matches.map(\.category) == [.lead, .csam])
        #expect(found.matches.map(\.provider) == ["service-b", "service-a"])
        #expect(found.matches.allSatisfy { !$0.isExact })
        #expect(found.matches.map(\.lead) == [ReviewLead(probability: nil, priority: 10), nil])
        #expect(found.uncalibrated.map(\.provider) == ["service-b", "service-b"])
    }

    @Test("A calibrated score leads where its probability says; another version's curve is no help")
    mutating func calibrated() throws {
        var settings = MatchSettings()
        let plain = settings.normalForm
        settings.classifiers.leastProbability = 0.2
        #expect(settings.normalForm == plain)
        settings.classifiers.calibration = try Calibration(
            file: "c.csv", bytes: Array("s,m,7,0,0\ns,m,7,1,1\n".utf8))
        #expect(settings.normalForm != plain)
        func assessment(_ score: Double?, _ model: String = "m") -> MediaAssessment {
            MediaAssessment(
                provider: "s", model: model, modelVersion: "7", list: "", category: .csam,
                score: score)
        }
        func result(_ assessments: MediaAssessment...) -> MatchResult {
            match(
                [item([], assessments: assessments)], in: .empty, settings: settings)
        }
        #expect(result(assessment(0.19)).matches.isEmpty)
        #expect(result(assessment(0.2)).matches.map(\.lead?.priority) == [14])
        let certain = result(assessment(1))
        #expect(certain.matches.map(\.lead) == [ReviewLead(probability: 1, priority: 70)])
        #expect(certain.matches.map(\.category) == [.lead])
        #expect(certain.uncalibrated.isEmpty)
        let other = result(assessment(0.89, "n"), assessment(0.9, "n"), assessment(nil, "n"))
        #expect(other.matches.map(\.lead?.priority) == [10, 10])
        #expect(other.uncalibrated.map(\.name) == ["n", "n"])
    }

    @Test("A video matches when enough of its frames are near frames of one file")
    mutating func video() {
        let frames = (0..<10).map { _ in generator.bytes(32) }
        let banks = snapshot(
            frames.enumerated().map { entry("f\($0)", $1, algorithm: .vpdq, key: "file-1") }
                + [entry("g", frames[0], algorithm: .vpdq, key: "file-2")])
        func video(_ matching: Int) -> MediaItem {
            item(
                (0..<10).map { i in
                    MediaDigest(
                        .vpdq,
                        i < matching
                            ? flipped(frames[i], i, using: &generator) : generator.bytes(32))
                })
        }
        let enough = match([video(8)], in: banks).matches
        #expect(enough.map(\.entryKey) == ["file-1"])
        #expect(enough.map(\.distance) == [7])
        #expect(match([video(7)], in: banks).matches.isEmpty)
    }

    @Test("A change replaces the entry as a whole and takes its old digest away")
    mutating func change() {
        let (old, new) = (generator.bytes(32), generator.bytes(32))
        let banks = snapshot([entry("a", old), entry("a", new, operation: .change)], batch: 1)
        #expect(match([item([MediaDigest(.pdq, old)])], in: banks).matches.isEmpty)
        #expect(match([item([MediaDigest(.pdq, new)])], in: banks).matches.map(\.entry) == ["a"])
        #expect(banks.entryCount == 1)
    }

    @Test("An older snapshot keeps answering as it did")
    mutating func immutable() {
        let bytes = generator.bytes(32)
        let first = snapshot([entry("a", bytes)])
        let second = first.applying([(1, entry("a", bytes, operation: .remove))], version: 2)
        #expect(match([item([MediaDigest(.pdq, bytes)])], in: first).matches.count == 1)
        #expect(match([item([MediaDigest(.pdq, bytes)])], in: second).matches.isEmpty)
        #expect((first.version, second.version) == (1, 2))
        #expect(first.applying([(1, nil)], version: 9).version == 9)
    }

    @Test("The settings' normal form does not depend on the order they were written in")
    func normalForm() {
        let names = (0..<20).map { "bank-\($0)" }
        var forward = MatchSettings()
        var backward = MatchSettings()
        for name in names { forward.banks[name] = BankSettings(distance: 20) }
        for name in names.reversed() { backward.banks[name] = BankSettings(distance: 20) }
        #expect(forward.normalForm == backward.normalForm)
        backward.banks["bank-3"] = BankSettings(distance: 21)
        #expect(forward.normalForm != backward.normalForm)
    }
}
