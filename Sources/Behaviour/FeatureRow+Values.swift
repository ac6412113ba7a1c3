import SafetyModel
import ScoreModels

// Cells without buckets.
extension FeatureRow {
    /// A sum that loses half its value each half-life, and the time it is told for.
    mutating func decay(
        _ cell: Cell, _ place: Int, _ mapWords: Int, _ amount: Double, at time: Instant
    ) {
        var at = find(place, mapWords)
        if at < 0 {
            at = insert(place, BlockHead(length: 3, variant: .plain), mapWords)
            words[at + 1] = amount.bitPattern
            words[at + 2] = UInt64(bitPattern: time.milliseconds)
            return
        }
        let known = Double(bitPattern: words[at + 1])
        let newest = Int64(bitPattern: words[at + 2])
        let length = Double(cell.halfLife)
        if time.milliseconds >= newest {
            let passed = Double(time.milliseconds - newest)
            words[at + 1] = (known * PortableMath.half(passed / length) + amount).bitPattern
            words[at + 2] = UInt64(bitPattern: time.milliseconds)
        } else {
            let passed = Double(newest - time.milliseconds)
            words[at + 1] = (known + amount * PortableMath.half(passed / length)).bitPattern
        }
    }

    /// The sum as it is at `time`, or at its newest signal where that is later.
    func decayed(_ cell: Cell, _ at: Int, _ time: Instant) -> Double {
        let newest = Int64(bitPattern: words[at + 2])
        let passed = Double(max(time.milliseconds - newest, 0))
        return Double(bitPattern: words[at + 1]) * PortableMath.half(passed / Double(cell.halfLife))
    }

    /// Of signals with equal times the one that came last counts.
    mutating func setLast(_ place: Int, _ mapWords: Int, _ value: Double, at time: Instant) {
        var at = find(place, mapWords)
        if at < 0 {
            at = insert(place, BlockHead(length: 3, variant: .plain), mapWords)
        } else if time.milliseconds < Int64(bitPattern: words[at + 2]) {
            return
        }
        words[at + 1] = value.bitPattern
        words[at + 2] = UInt64(bitPattern: time.milliseconds)
    }

    mutating func setTime(
        _ place: Int, _ mapWords: Int, _ time: Instant, keepsNewest: Bool
    ) {
        let at = find(place, mapWords)
        if at < 0 {
            let at = insert(place, BlockHead(length: 2, variant: .plain), mapWords)
            words[at + 1] = UInt64(bitPattern: time.milliseconds)
            return
        }
        let known = Int64(bitPattern: words[at + 1])
        let new = keepsNewest ? max(known, time.milliseconds) : min(known, time.milliseconds)
        words[at + 1] = UInt64(bitPattern: new)
    }

    func value(_ at: Int) -> Double { Double(bitPattern: words[at + 1]) }
    func time(_ at: Int) -> Instant { Instant(milliseconds: Int64(bitPattern: words[at + 1])) }

    /// Drops the windows whose every bucket is out of hold when the newest event is at `newest`.
    mutating func expire(_ layout: Layout, newest: Instant) {
        var gone: [Int] = []
        forEach(layout.mapWords) { place, at in
            let cell = layout.cells[place]
            guard let resolution = cell.window?.resolution else { return }
            let oldest = resolution.bucket(newest) - Int64(cell.held)
            if Int64(BlockHead(words[at]).newest) <= oldest { gone.append(place) }
        }
        for place in gone { remove(place, layout.mapWords) }
    }

    /// The same content under another layout: cells that both define are kept, bit for bit; others
    /// are dropped.
    func moved(from old: Layout, to new: Layout) -> FeatureRow {
        var result = withoutCells
        forEach(old.mapWords) { place, at in
            guard let target = new.place(of: old.cells[place].digest) else { return }
            let head = BlockHead(words[at])
            let start = result.insert(target, head, new.mapWords)
            for i in 0..<head.length { result.words[start + i] = words[at + i] }
        }
        return result
    }
}
