import HashMatching
import SafetyModel
import Testing

@Suite("Near matches")
struct RadiusTests {
    @Test("Every planted neighbour at 0 to 31 is found with its distance, none at 32 and beyond")
    func plantedNeighbours() {
        var generator = SplitMix64(seed: 2)
        let query = generator.bytes(32)
        var entries = (0..<3000).map { entry("random-\($0)", generator.bytes(32)) }
        for d in 0...40 {
            for copy in 0..<4 {
                entries.append(
                    entry("planted-\(d)-\(copy)", flipped(query, d, using: &generator)))
            }
        }
        let found = match([item([MediaDigest(.pdq, query)])], in: snapshot(entries)).matches
        // At most 64 are kept, the nearest first.
        #expect(found.count == 64)
        let expected = entries.filter { distance($0.digest.bytes, query) < 16 }
        #expect(Set(found.map(\.entry)) == Set(expected.map(\.entry)))
        for d in 0...40 {
            let only = entries.filter { $0.entry.hasPrefix("planted-\(d)-") }
            let hits = match([item([MediaDigest(.pdq, query)])], in: snapshot(only)).matches
            #expect(hits.map(\.distance) == Array(repeating: UInt16(d), count: d <= 31 ? 4 : 0))
            #expect(hits.allSatisfy { !$0.isExact && $0.threshold == 31 })
        }
    }

    @Test("The answer equals brute force over random entries, changes and removals in any batches")
    func equalsBruteForce() {
        var generator = SplitMix64(seed: 3)
        let centres = (0..<6).map { _ in generator.bytes(32) }
        var operations: [HashEntry] = []
        var standing: [String: HashEntry] = [:]
        for _ in 0..<900 {
            let id = "e\(generator.next() % 300)"
            let centre = centres[Int(generator.next() % 6)]
            let bytes = flipped(centre, Int(generator.next() % 60), using: &generator)
            let isRemoval = generator.next() % 4 == 0
            let row = entry(id, bytes, operation: isRemoval ? .remove : .add)
            operations.append(row)
            standing[id] = isRemoval ? nil : row
        }
        for batch in [1, 7, 64, .max] {
            let banks = snapshot(operations, batch: batch)
            #expect(banks.entryCount == standing.count)
            #expect(banks.version == 900)
            for id in (0..<300).map({ "e\($0)" }) {
                #expect(banks.contains(bank: "listed", entry: id) == standing[id])
            }
            for centre in centres {
                let near = standing.values.filter { distance($0.digest.bytes, centre) <= 31 }
                let found = match([item([MediaDigest(.pdq, centre)])], in: banks).matches
                #expect(near.count <= 64)
                #expect(found.map(\.entry) == near.map(\.entry).sorted())
                #expect(
                    found.allSatisfy { hit in
                        standing[hit.entry].map { distance($0.digest.bytes, centre) }
                            == Int(hit.distance)
                    })
            }
        }
    }

    @Test("All-zero, all-one and equal digests are found like any other")
    func edgeDigests() {
        let zero = [UInt8](repeating: 0, count: 32)
        let one = [UInt8](repeating: 255, count: 32)
        let banks = snapshot([entry("a", zero), entry("b", zero), entry("c", one)])
        #expect(
            match([item([MediaDigest(.pdq, zero)])], in: banks).matches.map(\.entry) == ["a", "b"])
        #expect(match([item([MediaDigest(.pdq, one)])], in: banks).matches.map(\.entry) == ["c"])
    }

    @Test("A bank's own distance, quality floor and switch decide what counts")
    func bankSettings() {
        var generator = SplitMix64(seed: 4)
        let query = generator.bytes(32)
        let banks = snapshot([
            entry("x", bank: "tight", flipped(query, 10, using: &generator)),
            entry("y", bank: "loose", flipped(query, 10, using: &generator)),
            entry("z", bank: "off", query),
            entry("flat", bank: "loose", query, quality: 49),
        ])
        let settings = MatchSettings(banks: [
            "tight": BankSettings(distance: 9), "off": BankSettings(isEnabled: false),
        ])
        let found = match([item([MediaDigest(.pdq, query)])], in: banks, settings: settings)
        #expect(found.matches.map(\.entry) == ["y"])
        let poor = match(
            [item([MediaDigest(.pdq, query, quality: 49)])], in: banks, settings: settings)
        #expect(poor.matches.isEmpty)
    }

    @Test("A distance beyond the index's radius is brought into it")
    func distanceIsClamped() {
        #expect(BankSettings(distance: 99).distance == 31)
    }
}
