import SafetyModel

/// Finds all matches of one item of media, benign ones included, in no order.
struct ItemMatcher {
    let snapshot: BankSnapshot
    let settings: MatchSettings
    let media: Int
    private(set) var found: [Match] = []

    init(snapshot: BankSnapshot, settings: MatchSettings, media: Int) {
        self.snapshot = snapshot
        self.settings = settings
        self.media = media
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
        snapshot.forEach(equal: key) { entry in
            guard settings[entry.bank].isEnabled else { return }
            found.append(made(entry, digest, distance: 0, threshold: 0))
        }
    }

    private mutating func matchNear(_ digest: MediaDigest, _ key: DigestKey) {
        snapshot.forEach(within: BankSettings.maximumDistance, of: key) { entry, distance in
            let bank = settings[entry.bank]
            guard counts(entry, digest, distance, bank) else { return }
            found.append(made(entry, digest, distance: distance, threshold: bank.distance))
        }
    }

    /// One match for each listed file of which enough frames are near: at its first entry and the
    /// largest of the frames' smallest distances.
    private mutating func matchFrames(_ frames: [MediaDigest]) {
        guard !frames.isEmpty else { return }
        var files: [EntryKey: FileHits] = [:]
        for (index, frame) in frames.enumerated() {
            guard let key = DigestKey(frame) else { continue }
            snapshot.forEach(within: BankSettings.maximumDistance, of: key) { entry, distance in
                guard counts(entry, frame, distance, settings[entry.bank]) else { return }
                let file = EntryKey(
                    bank: entry.bank, entry: entry.entryKey.isEmpty ? entry.entry : entry.entryKey)
                files[file, default: FileHits()].add(entry, frame: index, distance: distance)
            }
        }
        for (_, hits) in files {
            guard let entry = hits.entry else { continue }
            let bank = settings[entry.bank]
            let compared = frames.count { $0.quality >= bank.qualityFloor }
            guard hits.frames.count * 100 >= Int(bank.framePercentage) * compared,
                let first = hits.frames.keys.min()
            else { continue }
            found.append(
                made(
                    entry, frames[first], distance: hits.frames.values.max() ?? 0,
                    threshold: bank.distance))
        }
    }

    private func counts(
        _ entry: HashEntry, _ digest: MediaDigest, _ distance: UInt16, _ bank: BankSettings
    ) -> Bool {
        bank.isEnabled && distance <= bank.distance && digest.quality >= bank.qualityFloor
            && entry.digest.quality >= bank.qualityFloor
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

/// The frames of an item that are near frames of one listed file.
private struct FileHits {
    /// The first by id.
    var entry: HashEntry?
    /// Smallest distance of each of the item's frames.
    var frames: [Int: UInt16] = [:]

    mutating func add(_ hit: HashEntry, frame: Int, distance: UInt16) {
        if let known = entry, known.entry <= hit.entry {} else { entry = hit }
        frames[frame] = min(frames[frame] ?? .max, distance)
    }
}
