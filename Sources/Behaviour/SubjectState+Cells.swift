public import SafetyModel

/// Writing and reading the pack's cells. `place` is the cell's place in the layout.
extension SubjectState {
    /// Adds to a sum per bucket, where the bucket is still held.
    public mutating func add(
        _ layout: Layout, _ place: Int, _ amount: Int64, at time: Instant
    ) {
        let cell = layout.cells[place]
        guard let bucket = heldBucket(cell, time) else { return }
        features.add(cell, place, layout.mapWords, UInt32(clamping: amount), bucket: bucket)
    }

    /// A party was seen; 0 is nobody.
    public mutating func insert(
        _ layout: Layout, _ place: Int, party: UInt64, at time: Instant
    ) {
        let cell = layout.cells[place]
        guard let bucket = heldBucket(cell, time) else { return }
        features.insert(cell, place, layout.mapWords, token: party, bucket: bucket)
    }

    /// A party is taken out of a set of parties.
    public mutating func withdraw(_ layout: Layout, _ place: Int, party: UInt64) {
        features.withdraw(place, layout.mapWords, token: party)
    }

    /// Adds to a decaying sum.
    public mutating func decay(
        _ layout: Layout, _ place: Int, _ amount: Double, at time: Instant
    ) {
        features.decay(layout.cells[place], place, layout.mapWords, amount, at: time)
    }

    /// A value of a signal; the newest signal's is kept.
    public mutating func setLast(
        _ layout: Layout, _ place: Int, _ value: Double, at time: Instant
    ) {
        features.setLast(place, layout.mapWords, value, at: time)
    }

    /// The time of a signal; the newest or the oldest is kept.
    public mutating func setTime(_ layout: Layout, _ place: Int, at time: Instant) {
        features.setTime(
            place, layout.mapWords, time, keepsNewest: layout.cells[place].form == .newest)
    }

    /// What a cell says for a signal at `time`: a number; for `newest` and `oldest`, the
    /// milliseconds since. Not a number where nothing was put in, except that an empty window holds
    /// 0.
    public func value(_ layout: Layout, _ place: Int, at time: Instant) -> Double {
        let cell = layout.cells[place]
        let at = features.find(place, layout.mapWords)
        switch cell.form {
        case .ring, .distinct:
            guard at >= 0, let window = cell.window else { return 0 }
            let resolution = window.resolution
            let end = resolution.bucket(time)
            var first = end - Int64(window.count) + 1
            if let newest { first = max(first, resolution.bucket(newest) - Int64(cell.held) + 1) }
            return cell.form == .ring
                ? features.sum(cell, at, from: first, to: end)
                : features.distinct(at, from: first, to: end)
        case .decayed: return at < 0 ? 0 : features.decayed(cell, at, time)
        case .last: return at < 0 ? .nan : features.value(at)
        case .newest, .oldest:
            return at < 0 ? .nan : Double((time - features.time(at)).milliseconds)
        }
    }

    /// nil where the bucket of `time` is no longer held, judged by the subject's own newest time.
    private func heldBucket(_ cell: Cell, _ time: Instant) -> Int64? {
        guard let resolution = cell.window?.resolution else { return nil }
        let bucket = resolution.bucket(time)
        guard let newest else { return bucket }
        return bucket > resolution.bucket(newest) - Int64(cell.held) ? bucket : nil
    }

    /// The same state under another pack's layout: cells that both define are kept bit for bit,
    /// others dropped. Facts, ties, feedback and cool-downs belong to no pack.
    public mutating func move(from old: Layout, to new: Layout) {
        if !features.isEmpty { features = features.moved(from: old, to: new) }
    }

    /// Drops cells that were not kept all the time since the row was written.
    public mutating func settle(_ layout: Layout, _ history: CellHistory) {
        guard epoch != history.epoch else { return }
        var gone: [Int] = []
        features.forEach(layout.mapWords) { place, _ in
            if history.started(layout.cells[place].digest) > epoch { gone.append(place) }
        }
        for place in gone { features.remove(place, layout.mapWords) }
        epoch = history.epoch
    }
}
