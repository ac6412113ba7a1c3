import SafetyModel
import TestSupport
import Testing

import TextAnalysis

@Suite("Name sketches")
struct NameSketchTests {
    private func key(_ first: UInt8) throws -> SketchKey {
        try #require(SketchKey((0..<16).map { $0 + first }))
    }

    private func sketch(_ name: String, _ first: UInt8 = 0) throws -> NameSketch {
        try #require(NameSketch(normalise(name), key: key(first)))
    }

    @Test("SipHash is that of its authors' reference")
    func vectors() throws {
        #expect(SipHash.hash([], key: try key(0)) == 0x726F_DB47_DD0E_0E31)
        #expect(SipHash.hash([0x0706_0504_0302_0100], key: try key(0)) == 0x93F5_F579_9A93_2462)
        #expect(
            SipHash.hash([0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908], key: try key(0))
                == 0x3F2A_CC7F_57C2_9BDB)
    }

    @Test("A disguised name has the sketch of the plain one")
    func disguised() throws {
        let plain = try sketch("quiet river club")
        for name in [
            "QUIET  RIVER club", "quіet rіver сlub", "qu1et r1ver club", "q.u.i.e.t river club",
        ] {
            #expect(try sketch(name) == plain, "\(name)")
        }
    }

    @Test("Names with one change are near, unrelated names are not")
    func similarity() throws {
        var random = SeededRandom(seed: 12)
        let letters = "abcdefghijklmnopqrstuvwxyz"
        var (near, distant, sum) = (0, 0, 0)
        let rounds = 2_000
        for _ in 0..<rounds {
            let name = random.name()
            var changed = Array(name)
            changed[random.below(changed.count)] = Character(random.word(letters, 1))
            let own = try sketch(name)
            if own.isNear(try sketch(String(changed))) { near += 1 }
            if own.isNear(try sketch(name + " 2")) { near += 1 }
            let other = try sketch(random.name())
            sum += own.distance(to: other)
            if own.isNear(other) { distant += 1 }
        }
        #expect(Double(near) / Double(2 * rounds) > 0.8, "\(near) of \(2 * rounds)")
        #expect(distant <= 2, "\(distant) of \(rounds)")
        #expect((30...34).contains(Double(sum) / Double(rounds)))
    }

    @Test("Under another key the sketch is another, so that it tells nothing")
    func keyed() throws {
        var random = SeededRandom(seed: 13)
        var sum = 0
        for _ in 0..<500 {
            let name = random.name()
            sum += try sketch(name, 0).distance(to: sketch(name, 1))
        }
        #expect((30...34).contains(Double(sum) / 500))
    }

    @Test("Platforms' own sketches are near where they share most values")
    func platformValues() throws {
        var random = SeededRandom(seed: 14)
        let values = (0..<32).map { _ in random.next() }
        let near = values.dropLast(3) + (0..<3).map { _ in random.next() }
        let other = (0..<32).map { _ in random.next() }
        let own = try #require(NameSketch(platformValues: values, key: key(0)))
        #expect(own.isNear(try #require(NameSketch(platformValues: Array(near), key: key(0)))))
        #expect(!own.isNear(try #require(NameSketch(platformValues: other, key: key(0)))))
        #expect(NameSketch(platformValues: [], key: try key(0)) == nil)
    }

    @Test("A name of three characters has no sketch; a key has 16 bytes")
    func tooShort() throws {
        #expect(NameSketch(normalise("abc"), key: try key(0)) == nil)
        #expect(SketchKey([1, 2, 3]) == nil)
    }
}

extension NameSketch {
    fileprivate func isNear(_ other: NameSketch) -> Bool { TextSketch.isNear(bits, other.bits) }

    fileprivate func distance(to other: NameSketch) -> Int {
        TextSketch.distance(bits, other.bits) ?? 64
    }
}
