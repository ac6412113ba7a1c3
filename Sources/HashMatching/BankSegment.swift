import SafetyModel

/// Which entry: a bank and an id in it.
struct EntryKey: Hashable {
    var bank: String
    var entry: String

    init(_ entry: HashEntry) {
        bank = entry.bank
        self.entry = entry.entry
    }

    init(bank: String, entry: String) {
        self.bank = bank
        self.entry = entry
    }
}

/// A part of the banks, indexed once and never changed. Equal digests are held once, with the list
/// of their entries.
final class BankSegment: Sendable {
    /// One for each key; removals are kept while an older segment may hold what they remove.
    let rows: [HashEntry]
    private let byKey: [EntryKey: Int32]
    private let byDigest: [DigestKey: Int32]
    /// The next row of an equal digest, -1 at the end.
    private let next: [Int32]
    private let pdq: HammingPlanes
    private let pdqHeads: [Int32]
    private let frames: HammingPlanes
    private let frameHeads: [Int32]

    /// - Parameter rows: no two of one key.
    init(_ rows: [HashEntry]) {
        self.rows = rows
        var byKey: [EntryKey: Int32] = [:]
        byKey.reserveCapacity(rows.count)
        var heads: [DigestKey: Int32] = [:]
        heads.reserveCapacity(rows.count)
        var next = [Int32](repeating: -1, count: rows.count)
        var (pdqDigests, frameDigests): ([DigestKey], [DigestKey]) = ([], [])
        // Backwards, so that the lists of equal digests run forwards.
        for index in rows.indices.reversed() {
            let row = rows[index]
            byKey[EntryKey(row)] = Int32(index)
            guard row.operation != .remove, let digest = DigestKey(row.digest) else { continue }
            if let head = heads.updateValue(Int32(index), forKey: digest) {
                next[index] = head
            } else if digest.algorithm == .pdq {
                pdqDigests.append(digest)
            } else if digest.algorithm == .vpdq {
                frameDigests.append(digest)
            }
        }
        pdq = HammingPlanes(pdqDigests)
        pdqHeads = pdqDigests.map { heads[$0] ?? -1 }
        frames = HammingPlanes(frameDigests)
        frameHeads = frameDigests.map { heads[$0] ?? -1 }
        self.byKey = byKey
        byDigest = heads
        self.next = next
    }

    func row(_ key: EntryKey) -> HashEntry? { byKey[key].map { rows[Int($0)] } }

    func holds(_ key: EntryKey) -> Bool { byKey[key] != nil }

    func forEach(equal digest: DigestKey, _ body: (HashEntry) -> Void) {
        forEach(from: byDigest[digest] ?? -1, body)
    }

    /// Perceptual digests within a radius.
    func forEach(
        within radius: UInt16, of digest: DigestKey, _ body: (HashEntry, _ distance: UInt16) -> Void
    ) {
        let isFrame = digest.algorithm == .vpdq
        let heads = isFrame ? frameHeads : pdqHeads
        (isFrame ? frames : pdq).forEach(within: radius, of: digest) { index, distance in
            forEach(from: heads[index]) { body($0, distance) }
        }
    }

    private func forEach(from head: Int32, _ body: (HashEntry) -> Void) {
        var index = Int(head)
        while index >= 0 {
            body(rows[index])
            index = Int(next[index])
        }
    }
}
