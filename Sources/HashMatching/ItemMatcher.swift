internal import SafetyModel

/// Finds all matches of one item of media, benign ones included, in no order.
struct ItemMatcher {
    let snapshot: BankSnapshot
    let settings: MatchSettings
    let media: Int
    private(set) var found: [Match] = []
    /// Near answers of the batch, taken in the digests' order.
    private(set) var lookup: NearLookup

    init(snapshot: BankSnapshot, settings: MatchSettings, media: Int, lookup: NearLookup) {
        self.snapshot = snapshot
        self.settings = settings
        self.media = media
        self.lookup = lookup
    }

    mutating func match(_ item: MediaItem) {
        guard snapshot.entryCount > 0 else { return }
        for digest in item.digests {
            guard let key = DigestKey(digest) else { continue }
            switch digest.algorithm {
            case .md5, .sha1, .sha256: matchExact(digest, key)
            case .pdq: matchNear(digest, key)
            case .vpdq: break
            }
        }
        matchFrames(item.digests.filter { $0.algorithm == .vpdq })
    }

    private mutating func matchExact(_ digest: MediaDigest, _ key: DigestKey) {
        snapshot.forEach(equal: key) { row in
            guard settings[row.bank].isEnabled else { return }
            found.append(made(row.hashEntry, digest, distance: 0, threshold: 0))
        }
    }

    private mutating func matchNear(_ digest: MediaDigest, _ key: DigestKey) {
        snapshot.forEach(near: key, lookup.next(of: .pdq)) { row, distance in
            let bank = settings[row.bank]
            guard counts(row, digest, distance, bank) else { return }
            found.append(made(row.hashEntry, digest, distance: distance, threshold: bank.distance))
        }
    }

    /// One match for each listed file of which enough frames are near, seen from both sides: at its
    /// first near entry and the largest of the frames' smallest distances.
    private mutating func matchFrames(_ frames: [MediaDigest]) {
        guard !frames.isEmpty else { return }
        var files: [ListedFile: FileHits] = [:]
        for (index, frame) in frames.enumerated() {
            guard let key = DigestKey(frame) else { continue }
            snapshot.forEach(near: key, lookup.next(of: .vpdq)) { row, distance in
                guard counts(row, frame, distance, settings[row.bank]) else { return }
                files[ListedFile(bank: row.bank, file: row.file), default: FileHits()]
                    .add(row, frame: index, distance: distance)
            }
        }
        for (file, hits) in files {
            let bank = settings[file.bank]
            let compared = frames.count { $0.quality >= bank.qualityFloor }
            guard let entry = hits.entry, let first = hits.frames.keys.min(),
                hits.frames.count * 100 >= Int(bank.framePercentage) * compared,
                hits.listed.count * 100 >= Int(bank.listedFramePercentage) * count(file, bank)
            else { continue }
            found.append(
                made(
                    entry, frames[first], distance: hits.frames.values.max() ?? 0,
                    threshold: bank.distance))
        }
    }

    /// Frames of a listed file that are compared at all.
    private func count(_ file: ListedFile, _ bank: BankSettings) -> Int {
        guard bank.listedFramePercentage > 0 else { return 0 }
        var count = 0
        snapshot.forEachFrame(bank: file.bank, file: file.file) { row in
            if row.quality >= bank.qualityFloor { count += 1 }
        }
        return count
    }

    private func counts(
        _ row: BankRow, _ digest: MediaDigest, _ distance: UInt16, _ bank: BankSettings
    ) -> Bool {
        bank.isEnabled && distance <= bank.distance && digest.quality >= bank.qualityFloor
            && row.quality >= bank.qualityFloor
    }

    private func made(
        _ entry: HashEntry, _ digest: MediaDigest, distance: UInt16, threshold: UInt16
    ) -> Match {
        Match(
            bank: entry.bank, entry: entry.entry, category: entry.category, source: entry.source,
            listVersion: entry.listVersion, quarantined: entry.quarantined, digest: digest,
            distance: distance, threshold: threshold, media: media, entryKey: entry.entryKey)
    }
}

/// A video of a list: entries of one bank that share a key.
private struct ListedFile: Hashable {
    var bank: String
    var file: String
}

/// The frames of an item that are near frames of one listed file.
private struct FileHits {
    /// The first by id.
    var entry: HashEntry?
    /// Smallest distance of each of the item's frames.
    var frames: [Int: UInt16] = [:]
    /// Ids of the file's frames that are near one of the item's.
    var listed: Set<String> = []

    mutating func add(_ row: BankRow, frame: Int, distance: UInt16) {
        let id = row.entry
        if listed.insert(id).inserted, entry.map({ id < $0.entry }) ?? true {
            entry = row.hashEntry
        }
        frames[frame] = min(frames[frame] ?? .max, distance)
    }
}
