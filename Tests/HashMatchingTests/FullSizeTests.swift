import CHamming
import Foundation
import HashMatching
import SafetyModel
import Testing

/// Sizes that take minutes: `make test-hash-full`.
@Suite(
    "Full size",
    .enabled(if: ProcessInfo.processInfo.environment["TUTELA_HASH_TESTS"] == "full"))
struct FullSizeTests {
    @Test("A million digests: every kernel finds 12 800 planted neighbours, as brute force does")
    func planted() {
        var generator = SplitMix64(seed: 21)
        var words = (0..<1_000_000).map { _ in generator.words() }
        var queries: [[UInt64]] = []
        for number in 0..<12_800 {
            let query = generator.words()
            let d = number % 32
            var near = query
            for flip in 0..<d {
                let bit = (flip * 8 + number) % 256
                near[bit / 64] ^= 1 << UInt64(bit % 64)
            }
            words.append(near)
            queries.append(query)
        }
        let index = SmallIndex(words)
        for (number, query) in queries.enumerated() {
            for kernel in SmallIndex.kernels {
                let found = index.result(query, room: 64, by: kernel) ?? [:]
                #expect(found[UInt32(1_000_000 + number)] == UInt16(number % 32))
            }
            if number % 50 == 0 {
                let expected = index.look(query)
                #expect(index.result(query, room: 64, by: chamming_best()) == expected)
            }
        }
    }

    @Test("Two million entries in steps, a fifth removed, some changed: matches, rebuilt and not")
    func entries() {
        var generator = SplitMix64(seed: 22)
        let digests = (0..<2_000_000).map { _ in generator.bytes(32) }
        var banks = BankSnapshot.empty
        var version: Int64 = 0
        func apply(_ entries: [HashEntry]) {
            let numbered = entries.map { (offset: version, entry: $0 as HashEntry?) }
            version += Int64(entries.count)
            banks = banks.applying(numbered, version: version)
        }
        for from in stride(from: 0, to: digests.count, by: 50_000) {
            apply((from..<from + 50_000).map { entry("e\($0)", digests[$0]) })
        }
        banks = banks.rebuilt()
        apply(
            stride(from: 0, to: digests.count, by: 5).map {
                entry("e\($0)", [], operation: .remove)
            })
        apply(
            stride(from: 1, to: digests.count, by: 5_000).map {
                entry("e\($0)", digests[$0 - 1], operation: .change)
            })
        let rebuilt = banks.rebuilt()
        #expect(banks.entryCount == 1_600_000)
        #expect(rebuilt.entryCount == 1_600_000)
        for index in stride(from: 0, to: digests.count, by: 501) {
            let query = flipped(digests[index], index % 32, using: &generator)
            let media = [item([MediaDigest(.pdq, query)])]
            let found = match(media, in: rebuilt).matches
            #expect(found == match(media, in: banks).matches)
            var expected = index % 5 == 0 || index % 5_000 == 1 ? [] : ["e\(index)"]
            if index % 5_000 == 0 { expected.append("e\(index + 1)") }
            #expect(found.map(\.entry) == expected)
        }
    }
}
