import HashMatching
import SafetyModel
import Testing

/// A bank as a dictionary, and a look at every entry.
struct NaiveBank {
    private(set) var standing: [String: HashEntry] = [:]

    mutating func apply(_ entry: HashEntry) {
        let key = "\(entry.bank)/\(entry.entry)"
        standing[key] = entry.operation == .remove ? nil : entry
    }

    func near(_ digest: [UInt8]) -> [String] {
        standing.values.filter {
            $0.digest.algorithm == .pdq && distance($0.digest.bytes, digest) <= 31
        }.map { "\($0.bank)/\($0.entry)" }.sorted()
    }
}

@Suite("Rebuilds")
struct RebuildTests {
    @Test("What a version answers does not depend on when rebuilds began and ended (I3)")
    func interleavings() {
        for seed in 0..<12 as Range<UInt64> {
            var generator = SplitMix64(seed: 100 + seed)
            let centres = (0..<5).map { _ in generator.bytes(32) }
            var naive = NaiveBank()
            var plain = BankSnapshot.empty
            var live = BankSnapshot.empty
            var rebuild: (sealed: BankSnapshot, rebuilt: BankSnapshot)?
            var version: Int64 = 0
            for _ in 0..<60 {
                let step = (0..<(1 + generator.next() % 40)).map { _ in
                    change(centres, using: &generator)
                }
                for entry in step { naive.apply(entry) }
                let numbered = step.map { (offset: version, entry: $0 as HashEntry?) }
                version += Int64(step.count)
                plain = plain.applying(numbered, version: version)
                live = live.applying(numbered, version: version)
                switch (generator.next() % 4, rebuild) {
                case (0, nil):
                    live = live.sealing()
                    rebuild = (live, live.rebuilt())
                case (1, let done?):
                    let adopted = live.adopting(done.rebuilt, of: done.sealed)
                    #expect(adopted != nil)
                    live = adopted ?? live
                    rebuild = nil
                default: break
                }
                expectEqual(plain, live, naive, centres, version: version)
            }
            expectEqual(plain, live.rebuilt(), naive, centres, version: version)
        }
    }

    private func change(_ centres: [[UInt8]], using generator: inout SplitMix64) -> HashEntry {
        let centre = centres[Int(generator.next() % 5)]
        return entry(
            "e\(generator.next() % 150)", bank: "bank-\(generator.next() % 3)",
            flipped(centre, Int(generator.next() % 50), using: &generator),
            key: "key-\(generator.next() % 9)",
            operation: generator.next() % 4 == 0 ? .remove : .add)
    }

    private func expectEqual(
        _ plain: BankSnapshot, _ live: BankSnapshot, _ naive: NaiveBank, _ centres: [[UInt8]],
        version: Int64
    ) {
        for snapshot in [plain, live] {
            #expect(snapshot.version == version)
            #expect(snapshot.entryCount == naive.standing.count)
        }
        for centre in centres {
            let media = [item([MediaDigest(.pdq, centre)])]
            let found = match(media, in: live)
            #expect(found == match(media, in: plain))
            let expected = naive.near(centre)
            #expect(found.matches.count == min(expected.count, MatchResult.maximumMatches))
            if expected.count <= MatchResult.maximumMatches {
                #expect(found.matches.map { "\($0.bank)/\($0.entry)" } == expected)
            }
        }
        for bank in 0..<3 {
            for id in stride(from: 0, to: 150, by: 7) {
                let expected = naive.standing["bank-\(bank)/e\(id)"]
                #expect(live.contains(bank: "bank-\(bank)", entry: "e\(id)") == expected)
            }
        }
    }

    @Test("A rebuild of a bank that was moved back meanwhile is not adopted")
    func movedBack() {
        var generator = SplitMix64(seed: 7)
        let first = snapshot([entry("a", generator.bytes(32))])
        let sealed = first.sealing()
        let rebuilt = sealed.rebuilt()
        let other = snapshot([entry("b", generator.bytes(32))])
        #expect(other.adopting(rebuilt, of: sealed) == nil)
        #expect(BankSnapshot.empty.adopting(rebuilt, of: sealed) == nil)
        #expect(sealed.adopting(rebuilt, of: sealed)?.entryCount == 1)
    }

    @Test("Everything removed leaves nothing, also in a rebuild")
    func allRemoved() {
        var generator = SplitMix64(seed: 8)
        let p = generator.bytes(32)
        let added = snapshot([entry("a", p), entry("b", p)]).rebuilt()
        let removed = added.applying(
            ["a", "b"].enumerated().map {
                (Int64(2 + $0), entry($1, p, operation: .remove))
            }, version: 4)
        for banks in [removed, removed.rebuilt(), removed.rebuilt().rebuilt()] {
            #expect(banks.entryCount == 0)
            #expect(banks.version == 4)
            #expect(match([item([MediaDigest(.pdq, p)])], in: banks).matches.isEmpty)
        }
        #expect(removed.rebuilt().rebuilt().baseRows == 0)
    }

    @Test("Thousands of entries, indexed, with equal digests, changes and removals")
    func indexed() {
        var generator = SplitMix64(seed: 9)
        let digests = (0..<12_000).map { _ in generator.bytes(32) }
        var entries = digests.enumerated().map { entry("e\($0)", $1) }
        entries += (0..<3_000).map { entry("twin\($0)", digests[$0]) }
        let banks = snapshot(entries, batch: 5_000)
        let removed = banks.applying(
            (0..<500).map { (Int64(15_000 + $0), entry("e\($0)", [], operation: .remove)) },
            version: 15_500)
        for current in [removed, removed.rebuilt()] {
            #expect(current.entryCount == 14_500)
            for index in stride(from: 0, to: 12_000, by: 97) {
                let query = flipped(digests[index], index % 32, using: &generator)
                let found = match([item([MediaDigest(.pdq, query)])], in: current).matches
                var expected = index < 500 ? [] : ["e\(index)"]
                if index < 3_000 { expected.append("twin\(index)") }
                #expect(found.map(\.entry) == expected)
                #expect(found.allSatisfy { Int($0.distance) == index % 32 })
            }
        }
    }

    @Test("Many files that share a frame are merged, each with a place of its own")
    func sharedFrame() {
        var generator = SplitMix64(seed: 11)
        let frame = generator.bytes(32)
        // Without a key each entry is a file, so files are many and digests one.
        let entries = (0..<48).map { n in
            entry("f\(n / 2)", bank: "bank-\(n % 2)", frame, algorithm: .vpdq)
        }
        let settings = MatchSettings(standard: BankSettings(listedFramePercentage: 100))
        let video = item([MediaDigest(.vpdq, frame)])
        for batch in [6, 12] {
            let banks = snapshot(entries, batch: batch)
            for current in [banks, banks.rebuilt(), banks.rebuilt().rebuilt()] {
                #expect(current.entryCount == 48)
                #expect(match([video], in: current, settings: settings).matches.count == 48)
            }
        }
    }

    @Test("The share of a listed file's frames counts where its bank asks for it")
    func listedFrames() {
        var generator = SplitMix64(seed: 10)
        let frames = (0..<20).map { _ in generator.bytes(32) }
        let entries = frames.enumerated().map {
            entry("f\($0)", $1, algorithm: .vpdq, quality: $0 < 18 ? 80 : 20, key: "file")
        }
        let banks = snapshot(entries, batch: 7)
        func matches(_ shown: Int, listed: UInt8) -> Int {
            let video = item(frames.prefix(shown).map { MediaDigest(.vpdq, $0) })
            let settings = MatchSettings(
                standard: BankSettings(listedFramePercentage: listed))
            let found = match([video], in: banks, settings: settings).matches
            #expect(found == match([video], in: banks.rebuilt(), settings: settings).matches)
            return found.count
        }
        #expect(matches(3, listed: 0) == 1)
        // 18 frames are good enough to be compared: 9 are half of them.
        #expect(matches(8, listed: 50) == 0)
        #expect(matches(9, listed: 50) == 1)
        #expect(matches(18, listed: 100) == 1)
        // A removed frame is none of the file's.
        let fewer = banks.applying(
            [(20, entry("f17", [], algorithm: .vpdq, operation: .remove))], version: 21)
        let video = item(frames.prefix(17).map { MediaDigest(.vpdq, $0) })
        let settings = MatchSettings(standard: BankSettings(listedFramePercentage: 100))
        #expect(match([video], in: fewer, settings: settings).matches.count == 1)
        #expect(match([video], in: banks, settings: settings).matches.isEmpty)
    }
}
