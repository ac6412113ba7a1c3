import CHamming
import HashMatching
import SafetyModel
import Testing

/// Many queries at once, by each kernel that this processor runs, against each by itself.
@Suite("Many queries together")
struct CrowdTests {
    private typealias Found = [UInt32: UInt16]

    @Test("Find what each finds alone: strangers, planted neighbours, and equal queries")
    func equalsEachAlone() {
        var generator = SplitMix64(seed: 31)
        let words = (0..<20_000).map { _ in generator.words() }
        let index = SmallIndex(words)
        var queries = (0..<600).map { number in
            number % 2 == 0
                ? generator.words()
                : generator.flipped(words[Int(generator.next() % 20_000)], number % 34)
        }
        queries += queries.prefix(50)
        for radius in [UInt32(0), 17, 31] {
            for kernel in SmallIndex.kernels {
                let expected = queries.map { index.find($0, radius: radius, by: kernel) }
                for count in [0, 1, 2, 33, queries.count] {
                    let found = index.findAll(
                        Array(queries.prefix(count)), radius: radius, room: 4_096, by: kernel)
                    #expect(found == Array(expected.prefix(count)), "kernel \(kernel.rawValue)")
                }
            }
        }
    }

    @Test("Crowded buckets give the same, or say that the query must be asked alone")
    func clusters() {
        var generator = SplitMix64(seed: 32)
        let zero = [UInt64](repeating: 0, count: 4)
        let centres = [zero, [UInt64](repeating: .max, count: 4), generator.words()]
        var words = (0..<40_000).map { generator.flipped(centres[$0 % 3], 20 + $0 / 3 % 30) }
        words += (0..<20_000).map { _ in [0, 0, generator.next(), generator.next()] }
        let index = SmallIndex(words)
        let queries = (0..<60).map { number in
            number < 30 ? generator.words() : generator.flipped(centres[number % 3], number % 32)
        }
        for kernel in SmallIndex.kernels {
            let expected = queries.map { index.look($0) }
            #expect(expected.contains { $0.count > 100 })
            let found = index.findAll(queries, room: 1 << 20, by: kernel)
            var alone = 0
            for (mine, right) in zip(found, expected) {
                if let mine { #expect(mine == right) } else { alone += 1 }
            }
            #expect(found.prefix(30).allSatisfy { $0 != nil })
            // Where all share their chunks, a scan is less work.
            #expect(alone > 0)
            // No room is no answer for those who find something, and an answer for all others.
            for (mine, right) in zip(index.findAll(queries, room: 0, by: kernel), expected) {
                #expect(mine == nil || right.isEmpty)
            }
        }
    }

    @Test("A query that long runs make a scan of all is asked alone, and no other")
    func longRuns() {
        var generator = SplitMix64(seed: 35)
        // The four chunks hold one value everywhere: their runs are the whole index.
        func crowded() -> chamming_digest {
            var digest = chamming_spread(generator.words())
            (digest.chunks.0, digest.chunks.1) = (7, 7)
            (digest.chunks.2, digest.chunks.3) = (7, 7)
            return digest
        }
        func words(_ digest: chamming_digest) -> [UInt64] {
            var (digest, words) = (digest, [UInt64](repeating: 0, count: 4))
            chamming_gather(&digest, &words)
            return words
        }
        let index = SmallIndex((0..<20_000).map { _ in words(crowded()) })
        let alike = (0..<30).map { _ in words(crowded()) }
        let strangers = (0..<30).map { _ in generator.words() }
        for kernel in SmallIndex.kernels {
            let found = index.findAll(alike + strangers, room: 4_096, by: kernel)
            #expect(found.prefix(30).allSatisfy { $0 == nil })
            #expect(found.suffix(30).allSatisfy { $0 == [:] })
        }
    }

    @Test("Many queries of nearly one value find what each finds alone")
    func nearlyEqualQueries() {
        var generator = SplitMix64(seed: 34)
        let centre = generator.words()
        let words = (0..<9_000).map { number in
            number % 100 == 0 ? generator.flipped(centre, number / 100 % 34) : generator.words()
        }
        let index = SmallIndex(words)
        // Each looks at eleven values and more of every chunk that lie close together.
        let queries = (0..<1_500).map { generator.flipped(centre, $0 % 3) }
        for kernel in SmallIndex.kernels {
            let expected = queries.map { index.find($0, by: kernel) }
            #expect(expected.allSatisfy { $0.count > 50 })
            #expect(index.findAll(queries, room: 1 << 20, by: kernel) == expected)
        }
    }

    @Test("No digests give no results")
    func empty() {
        let query: [UInt64] = [1, 2, 3, 4]
        for kernel in SmallIndex.kernels {
            #expect(SmallIndex([]).findAll([query], room: 8, by: kernel) == [[:]])
        }
    }

    /// Banks of 22,001 entries in several segments, and 1,000 events of up to three items.
    private func scene() -> (banks: BankSnapshot, events: [[MediaItem]]) {
        var generator = SplitMix64(seed: 33)
        let digests = (0..<12_000).map { _ in generator.bytes(32) }
        var entries = digests.enumerated().map { entry("e\($0)", $1) }
        entries += (0..<10_000).map {
            entry("f\($0)", bank: "video", generator.bytes(32), algorithm: .vpdq, key: "v\($0 / 9)")
        }
        entries.append(entry("ok", bank: "benign", digests[5], category: .knownBenign))
        // An index, segments beside it that have none, and a removal in the newest.
        let banks = snapshot(entries, batch: 9_000)
            .applying([(0, entry("e7", [], operation: .remove))], version: 30_000)
        #expect(banks.looseRows > 0)
        let events = (0..<1_000).map { number -> [MediaItem] in
            let frames = entries[12_000 + 9 * number..<12_000 + 9 * number + 8].map(\.digest)
            let near = flipped(digests[number], number % 34, using: &generator)
            let items = [
                item([MediaDigest(.pdq, near), MediaDigest(.pdq, generator.bytes(32))]),
                item(frames + [MediaDigest(.md5, generator.bytes(16))]),
                item([MediaDigest(.pdq, generator.bytes(31)), MediaDigest(.pdq, near)]),
            ]
            return Array(items.prefix(number % 4))
        }
        return (banks, events)
    }

    @Test(
        "In small parts and with little room they find the same",
        arguments: [(100, 65_536), (100, 50), (33, 7), (7, 0)])
    func limits(crowd: Int, mostHits: Int) {
        let (banks, events) = scene()
        var limits = CrowdLimits()
        (limits.crowd, limits.mostHits, limits.fewest) = (crowd, mostHits, 1)
        #expect(
            match(events: events, in: banks, limits: limits)
                == events.map { match($0, in: banks) })
    }

    @Test("Events matched together match what each matches alone, in the same order")
    func events() {
        let (banks, events) = scene()
        let alone = events.map { match($0, in: banks) }
        #expect(alone.contains { !$0.suppressed.isEmpty })
        #expect(alone.count { !$0.matches.isEmpty } > 600)
        #expect(match(events: events, in: banks) == alone)
        // Few are looked up one by one.
        #expect(match(events: Array(events.prefix(9)), in: banks) == Array(alone.prefix(9)))
    }
}

extension SmallIndex {
    /// Index and distance of each query's results; nil where it must be asked alone.
    func findAll(
        _ queries: [[UInt64]], radius: UInt32 = 31, room: Int, by kernel: chamming_kernel
    ) -> [[UInt32: UInt16]?] {
        let spread = queries.map { chamming_spread($0) }
        var alone = [UInt8](repeating: 0, count: queries.count)
        let hits = [chamming_hit](unsafeUninitializedCapacity: max(1, room)) { buffer, count in
            count = withIndex { index in
                var index = index
                return chamming_find_all(
                    kernel, &index, spread, spread.count, radius, room, buffer.baseAddress,
                    &alone)
            }
        }
        var found: [[UInt32: UInt16]?] = alone.map { $0 == 0 ? [:] : nil }
        for hit in hits where alone[Int(hit.query)] == 0 {
            let before = found[Int(hit.query)]?.updateValue(
                UInt16(hit.distance), forKey: hit.place)
            #expect(before == nil, "a digest was found twice")
        }
        return found
    }
}
