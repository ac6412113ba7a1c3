import HashMatching
import SafetyModel

/// A seeded generator, so that a failure can be run again.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// The digest with `count` distinct bits flipped.
func flipped(_ bytes: [UInt8], _ count: Int, using generator: inout SplitMix64) -> [UInt8] {
    var result = bytes
    for bit in Array(0..<256).shuffled(using: &generator).prefix(count) {
        result[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    return result
}

func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
}

func entry(
    _ id: String, bank: String = "listed", _ bytes: [UInt8], algorithm: HashAlgorithm = .pdq,
    category: BankCategory = .csam, quality: UInt8 = 100, key: String = "",
    operation: HashEntry.Operation = .add
) -> HashEntry {
    HashEntry(
        operation: operation, bank: bank, entry: id, category: category,
        digest: MediaDigest(algorithm, bytes, quality: quality), source: "source-a",
        listVersion: "1", entryKey: key)
}

func item(_ digests: [MediaDigest], assessments: [MediaAssessment] = []) -> MediaItem {
    MediaItem(
        reference: "media-1", use: .profilePhoto, attribution: .serverObserved,
        uploader: "account-1", digests: digests, assessments: assessments)
}

func snapshot(_ entries: [HashEntry], batch: Int = .max) -> BankSnapshot {
    var snapshot = BankSnapshot.empty
    var offset: Int64 = 0
    var rest = entries[...]
    while !rest.isEmpty {
        let part = rest.prefix(batch)
        rest = rest.dropFirst(part.count)
        let numbered = part.enumerated().map {
            (offset: offset + Int64($0), entry: $1 as HashEntry?)
        }
        offset += Int64(part.count)
        snapshot = snapshot.applying(numbered, version: offset)
    }
    return snapshot
}
