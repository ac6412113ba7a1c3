import Foundation
import MediaHashing
import Testing

/// Mutated images through the decoders: each gives a hash or a typed error, and nothing else.
/// `FUZZ_ROUNDS` and `FUZZ_SEED` make it longer or other (`make fuzz-images`).
@Suite("Mutated images")
struct FuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let rounds = environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 1_500
    private static let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
    /// Small, so that a mutated size costs little time.
    private static let limits = ImageLimits(bytes: 1 << 20, pixels: 1 << 20)

    @Test("Nothing that bytes say makes a decoder crash or answer without an end")
    func mutations() throws {
        let corpus = try lines(of: "expected.txt").map { try imageBytes($0[0]) }
        var random = Seeded(Self.seed)
        var (hashes, errors) = (0, 0)
        for _ in 0..<Self.rounds {
            let mutant = mutate(corpus, &random)
            switch outcome(of: mutant, limits: Self.limits) {
            case .success: hashes += 1
            case .failure: errors += 1
            }
        }
        #expect(hashes + errors == Self.rounds)
        #expect(hashes > 0 && errors > 0)
    }

    private func mutate(_ corpus: [[UInt8]], _ random: inout Seeded) -> [UInt8] {
        var bytes = corpus[random.below(corpus.count)]
        for _ in 0...random.below(6) {
            // Headers decide most; half of the changes go there.
            let reach = random.below(2) == 0 ? min(bytes.count, 128) : bytes.count
            let at = random.below(reach)
            let length = min(random.below(16) + 1, bytes.count - at)
            switch random.below(7) {
            case _ where bytes.isEmpty: return bytes
            case 0: bytes[at] ^= 1 << UInt8(random.below(8))
            case 1: bytes[at] = [0, 1, 0x7f, 0x80, 0xff, 0xfe][random.below(6)]
            case 2: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 3: bytes.removeSubrange(at..<at + length)
            case 4: bytes.insert(contentsOf: bytes[at..<at + length], at: at)
            case 5: bytes.removeSubrange(at...)
            default:
                let other = corpus[random.below(corpus.count)]
                let from = random.below(other.count)
                bytes.replaceSubrange(
                    at..<at + length, with: other[from..<min(other.count, from + length)])
            }
        }
        return bytes
    }
}
