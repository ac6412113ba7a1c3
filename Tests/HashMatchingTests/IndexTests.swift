import CHamming
import Testing

/// The two-level index, by each kernel that this processor runs, against a look at every digest.
@Suite("The two-level index")
struct IndexTests {
    @Test("Finds every planted neighbour at 0 to 31, with flips spread evenly, its worst case")
    func plantedNeighbours() {
        var generator = SplitMix64(seed: 11)
        var words = (0..<20_000).map { _ in generator.words() }
        let query = generator.words()
        var planted: [UInt32: UInt16] = [:]
        for d in 0...40 {
            for copy in 0..<8 {
                // As many flips in each 32 bits as in any other, then in each 16 of them.
                let start = Int(generator.next() % 256)
                var near = query
                for flip in 0..<d {
                    let bit = (start + flip * 32 + flip / 8 * 16 + flip / 16 + copy) % 256
                    near[bit / 64] ^= 1 << UInt64(bit % 64)
                }
                let distance = zip(near, query).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
                planted[UInt32(words.count)] = UInt16(distance)
                words.append(near)
            }
        }
        let index = SmallIndex(words)
        for kernel in SmallIndex.kernels {
            let found = index.find(query, by: kernel)
            #expect(found == planted.filter { $0.value <= 31 }, "kernel \(kernel.rawValue)")
        }
    }

    @Test("Finds neighbours with the flips in any places, at every distance and every radius")
    func randomFlips() {
        var generator = SplitMix64(seed: 12)
        let words = (0..<10_000).map { _ in generator.words() }
        let index = SmallIndex(words)
        for round in 0..<400 {
            let target = Int(generator.next() % UInt64(words.count))
            let d = round % 34
            let query = generator.flipped(words[target], d)
            let radius = UInt32(round % 32)
            let expected = index.look(query, radius: radius)
            #expect((expected[UInt32(target)] != nil) == (d <= radius))
            for kernel in SmallIndex.kernels {
                #expect(index.find(query, radius: radius, by: kernel) == expected)
            }
        }
    }

    @Test("Near-equal digests are all found, though their buckets are crowded")
    func clusters() {
        var generator = SplitMix64(seed: 13)
        let centres = [
            [UInt64](repeating: 0, count: 4), [UInt64](repeating: .max, count: 4),
            generator.words(), [0x0007_001F_003F_0000, 0, 0x0007_001F_003F_0000, 0],
        ]
        let words = (0..<4_000).map { generator.flipped(centres[$0 % 4], $0 / 4 % 24) }
        let index = SmallIndex(words)
        for centre in centres {
            for d in [0, 1, 9, 20, 31] {
                let query = generator.flipped(centre, d)
                let expected = index.look(query)
                for kernel in SmallIndex.kernels {
                    #expect(index.find(query, by: kernel) == expected)
                }
            }
        }
    }

    @Test("Where candidates are too many it says so, and a scan of all finds the same")
    func degrades() {
        var generator = SplitMix64(seed: 14)
        let zero = [UInt64](repeating: 0, count: 4)
        // All share 15 chunks with the query and differ from it by more than the radius... or not.
        let words = (0..<60_000).map { _ in
            var near = zero
            near[3] = generator.next()
            near[2] = generator.next() & generator.next()
            return near
        }
        let index = SmallIndex(words)
        for kernel in SmallIndex.kernels {
            #expect(index.result(zero, room: 4_096, by: kernel) == nil)
            #expect(index.find(zero, by: kernel) == index.look(zero))
        }
        #expect(!index.look(zero).isEmpty)
        // More results than there is room for are no answer either.
        let few = SmallIndex((0..<9).map { generator.flipped(zero, $0) })
        for kernel in SmallIndex.kernels {
            #expect(few.result(zero, room: 8, by: kernel) == nil)
            #expect(few.result(zero, room: 9, by: kernel)?.count == 9)
        }
    }

    @Test("The order of bits is undone, keeps distances, and takes diagonals")
    func spread() {
        var generator = SplitMix64(seed: 15)
        for _ in 0..<200 {
            let (a, b) = (generator.words(), generator.words())
            var (x, y) = (chamming_spread(a), chamming_spread(b))
            var back: [UInt64] = [0, 0, 0, 0]
            chamming_gather(&x, &back)
            #expect(back == a)
            let expected = zip(a, b).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
            let spread = withUnsafeBytes(of: &x) { x in
                withUnsafeBytes(of: &y) { y in
                    zip(x, y).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
                }
            }
            #expect(spread == expected)
        }
        // A whole row of 16 bits puts one bit into each chunk.
        var row = chamming_spread([0xFFFF, 0, 0, 0])
        let counts = withUnsafeBytes(of: &row) { raw in
            raw.bindMemory(to: UInt16.self).map(\.nonzeroBitCount)
        }
        #expect(counts == Array(repeating: 1, count: 16))
    }

    @Test("No digests and one digest")
    func smallest() {
        let zero = [UInt64](repeating: 0, count: 4)
        for kernel in SmallIndex.kernels {
            #expect(SmallIndex([]).find(zero, by: kernel).isEmpty)
            #expect(SmallIndex([zero]).find(zero, by: kernel) == [0: 0])
        }
    }

    @Test("A checksum goes on where it ended, and is the one of the standard")
    func checksum() {
        let text = Array("123456789".utf8)
        #expect(chamming_checksum(0, text, 9) == 0xE306_9283)
        #expect(
            chamming_checksum(chamming_checksum(0, text, 4), Array(text[4...]), 5) == 0xE306_9283)
    }
}

extension SplitMix64 {
    mutating func words() -> [UInt64] { (0..<4).map { _ in next() } }

    mutating func flipped(_ words: [UInt64], _ count: Int) -> [UInt64] {
        var result = words
        var left = count
        while left > 0 {
            let bit = Int(next() % 256)
            let mask: UInt64 = 1 << UInt64(bit % 64)
            guard (result[bit / 64] ^ words[bit / 64]) & mask == 0 else { continue }
            result[bit / 64] ^= mask
            left -= 1
        }
        return result
    }
}

/// An index over digests in arrays, without the thresholds of `HashMatching`.
struct SmallIndex {
    static let kernels = [chamming_portable, chamming_avx2, chamming_avx512, chamming_neon]
        .filter { chamming_supports($0) != 0 }

    private let digests: [chamming_digest]
    private var starts = [UInt32](
        repeating: 0, count: Int(CHAMMING_CHUNKS) * Int(CHAMMING_STARTS))
    /// Aligned as the kernels want it.
    private let signatures: Signatures
    private var places: [UInt32]

    private final class Signatures {
        let base: UnsafeMutablePointer<UInt16>?
        let byteCount: Int

        init(count: Int) {
            byteCount = 2 * count + Int(CHAMMING_PADDING)
            base = chamming_allocate(byteCount)?.bindMemory(
                to: UInt16.self, capacity: count)
        }

        deinit { chamming_release(base, byteCount) }
    }

    init(_ words: [[UInt64]]) {
        digests = words.map { chamming_spread($0) }
        let count = Int(CHAMMING_CHUNKS) * digests.count
        signatures = Signatures(count: count)
        places = [UInt32](repeating: 0, count: count)
        chamming_build(digests, digests.count, &starts, signatures.base, &places)
    }

    func withIndex<R>(_ body: (chamming_index) -> R) -> R {
        digests.withUnsafeBufferPointer { digests in
            starts.withUnsafeBufferPointer { starts in
                places.withUnsafeBufferPointer { places in
                    body(
                        chamming_index(
                            digests: digests.baseAddress, count: digests.count,
                            starts: starts.baseAddress, signatures: signatures.base,
                            places: places.baseAddress))
                }
            }
        }
    }

    /// Index and distance of each result; nil where the index says to scan.
    func result(
        _ query: [UInt64], radius: UInt32 = 31, room: Int, by kernel: chamming_kernel
    ) -> [UInt32: UInt16]? {
        var indices = [UInt32](repeating: 0, count: room)
        var distances = [UInt16](repeating: 0, count: room)
        var spread = chamming_spread(query)
        let found = withIndex { index in
            var index = index
            return chamming_find(
                kernel, &index, &spread, radius, room, &indices, &distances)
        }
        guard found >= 0 else { return nil }
        let pairs = zip(indices, distances).prefix(found)
        let result = Dictionary(pairs.map { ($0, $1) }) { first, _ in first }
        #expect(result.count == found, "a digest was found twice")
        return result
    }

    func find(
        _ query: [UInt64], radius: UInt32 = 31, by kernel: chamming_kernel
    ) -> [UInt32: UInt16] {
        result(query, radius: radius, room: 4_096, by: kernel)
            ?? look(query, radius: radius, by: kernel)
    }

    /// By looking at every digest.
    func look(
        _ query: [UInt64], radius: UInt32 = 31, by kernel: chamming_kernel = chamming_portable
    ) -> [UInt32: UInt16] {
        var indices = [UInt32](repeating: 0, count: digests.count)
        var distances = [UInt16](repeating: 0, count: digests.count)
        var spread = chamming_spread(query)
        let found = chamming_scan_digests(
            kernel, digests, 0, digests.count, &spread, radius, &indices, &distances)
        return Dictionary(zip(indices, distances).prefix(found).map { ($0, $1) }) { first, _ in
            first
        }
    }
}
