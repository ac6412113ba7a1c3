internal import CHamming
internal import SafetyModel

/// Distinct digests of one algorithm, each with the first of the rows that have it.
struct DigestSet: Sendable {
    let algorithm: HashAlgorithm
    private(set) var count: Int
    /// `wordCount` words for each; near ones in the index's order of bits.
    let digests: Slab<UInt64>
    /// The row that starts the chain of rows with this digest.
    let heads: Slab<UInt32>
    /// Nil for near ones after building: they are never looked up by equality.
    private(set) var table: SlotTable?
    private let width: Int

    /// - Parameter capacity: how many it will hold at most.
    init(_ algorithm: HashAlgorithm, capacity: Int) {
        self.algorithm = algorithm
        width = algorithm.wordCount
        count = 0
        digests = Slab(capacity: capacity * width)
        heads = Slab(capacity: capacity)
        table = SlotTable(count: capacity)
    }

    /// The set over memory that was filled before.
    init(
        _ algorithm: HashAlgorithm, count: Int, digests: Slab<UInt64>, heads: Slab<UInt32>,
        table: SlotTable?
    ) {
        self.algorithm = algorithm
        width = algorithm.wordCount
        self.count = count
        self.digests = digests
        self.heads = heads
        self.table = table
    }

    /// The digest's place, and the row that was first in its chain until now.
    mutating func add(
        _ words: UnsafePointer<UInt64>, row: UInt32
    ) -> (place: UInt32, next: UInt32?) {
        if let known = table?.find(hash(words), adding: count, { equals(words, $0) }) {
            let next = heads[known]
            heads[known] = row
            return (UInt32(known), next)
        }
        for w in 0..<width { digests[count * width + w] = words[w] }
        heads[count] = row
        count += 1
        return (UInt32(count - 1), nil)
    }

    /// The place of an equal digest.
    func find(_ words: UnsafePointer<UInt64>) -> Int? {
        table?.find(hash(words)) { equals(words, $0) }
    }

    mutating func finish() {
        if !algorithm.isExact { table = nil }
    }

    func words(at place: Int) -> UnsafePointer<UInt64> {
        UnsafePointer(digests.base + place * width)
    }

    /// The digest as it came.
    func bytes(at place: Int) -> [UInt8] {
        var words: [UInt64] = [0, 0, 0, 0]
        if algorithm.isExact {
            for w in 0..<width { words[w] = digests[place * width + w] }
        } else {
            self.words(at: place).withMemoryRebound(to: chamming_digest.self, capacity: 1) {
                chamming_gather($0, &words)
            }
        }
        return (0..<algorithm.digestBytes).map {
            UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - 8 * ($0 % 8)))
        }
    }

    private func hash(_ words: UnsafePointer<UInt64>) -> UInt64 {
        Mixing.mix(Mixing.mix(0, words[0]), words[1])
    }

    private func equals(_ words: UnsafePointer<UInt64>, _ place: Int) -> Bool {
        for w in 0..<width where digests[place * width + w] != words[w] { return false }
        return true
    }
}
