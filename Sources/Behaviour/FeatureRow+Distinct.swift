import SafetyModel

// Parties per bucket. Up to `exactLimit` they are held one by one, each with a mask of the buckets
// it was seen in (bit b mod 32); past that, each bucket with content has HyperLogLog registers.
extension FeatureRow {
    /// The most parties that are told apart exactly.
    static let exactLimit = 64

    /// The party was seen in a bucket that is held.
    mutating func insert(
        _ cell: Cell, _ place: Int, _ mapWords: Int, token: UInt64, bucket: Int64
    ) {
        guard token != 0 else { return }
        let new = UInt32(truncatingIfNeeded: bucket)
        var at = find(place, mapWords)
        if at < 0 {
            at = insert(place, BlockHead(length: 1, variant: .exact, newest: new), mapWords)
        }
        var head = BlockHead(words[at])
        if new > head.newest {
            forget(at, passed: Int64(new) - Int64(head.newest), to: bucket)
            head = BlockHead(words[at])
            head.newest = new
            words[at] = head.word
        } else if Int64(new) <= Int64(head.newest) - 32 {
            return
        }
        let bit = UInt32(1) << (new & 31)
        guard head.variant == .exact else { return sketch(at, token, bit) }
        for i in 0..<head.count where words[at + 1 + i] == token {
            setMask(at, head.count, i, mask(at, head.count, i) | bit)
            return
        }
        guard head.count < Self.exactLimit else {
            turnIntoSketch(at)
            return sketch(at, token, bit)
        }
        var masks = (0..<head.count).map { mask(at, head.count, $0) }
        var tokens = (0..<head.count).map { words[at + 1 + $0] }
        tokens.append(token)
        masks.append(bit)
        store(at, tokens, masks)
    }

    /// Takes the party out. A sketch cannot: there a party that is taken out still counts.
    mutating func withdraw(_ place: Int, _ mapWords: Int, token: UInt64) {
        let at = find(place, mapWords)
        guard at >= 0 else { return }
        let head = BlockHead(words[at])
        guard head.variant == .exact,
            let index = (0..<head.count).first(where: { words[at + 1 + $0] == token })
        else { return }
        keep(at, head.count) { i, mask in i == index ? 0 : mask }
    }

    /// How many parties were seen in the buckets `from` to `to`, both included.
    func distinct(_ at: Int, from: Int64, to: Int64) -> Double {
        let head = BlockHead(words[at])
        let last = min(to, Int64(head.newest))
        let first = max(from, Int64(head.newest) - 31, 0)
        guard first <= last else { return 0 }
        var wanted: UInt32 = 0
        for bucket in first...last { wanted |= 1 << UInt32(bucket & 31) }
        guard head.variant == .exact else {
            let live = UInt32(truncatingIfNeeded: words[at + 1])
            return words.withUnsafeBytes { bytes in
                HyperLogLog.estimate { registers in
                    var pane = 0
                    for bit in 0..<32 as Range<UInt32> where live >> bit & 1 == 1 {
                        if wanted >> bit & 1 == 1 {
                            registers.merge(bytes, at: (at + 2) * 8 + pane * HyperLogLog.count)
                        }
                        pane += 1
                    }
                }
            }
        }
        var found = 0
        for i in 0..<head.count where mask(at, head.count, i) & wanted != 0 { found += 1 }
        return Double(found)
    }

    /// The masks of an exact set lie behind its tokens, two a word.
    @inline(__always)
    func mask(_ at: Int, _ count: Int, _ i: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: words[at + 1 + count + i / 2] >> UInt64(i & 1 * 32))
    }

    private mutating func setMask(_ at: Int, _ count: Int, _ i: Int, _ mask: UInt32) {
        let shift = UInt64(i & 1 * 32)
        let word = at + 1 + count + i / 2
        words[word] = words[word] & ~(0xffff_ffff << shift) | UInt64(mask) << shift
    }

    /// Writes an exact set; an empty one keeps its head.
    mutating func store(_ at: Int, _ tokens: [UInt64], _ masks: [UInt32]) {
        var head = BlockHead(words[at])
        let length = 1 + tokens.count + (tokens.count + 1) / 2
        resize(at, from: head.length, to: length)
        head.length = length
        head.count = tokens.count
        words[at] = head.word
        for i in 0..<(tokens.count + 1) / 2 { words[at + 1 + tokens.count + i] = 0 }
        for (i, token) in tokens.enumerated() {
            words[at + 1 + i] = token
            setMask(at, tokens.count, i, masks[i])
        }
    }

    /// Keeps the parties whose new mask is not empty.
    private mutating func keep(_ at: Int, _ count: Int, _ change: (Int, UInt32) -> UInt32) {
        var tokens: [UInt64] = []
        var masks: [UInt32] = []
        for i in 0..<count {
            let changed = change(i, mask(at, count, i))
            guard changed != 0 else { continue }
            tokens.append(words[at + 1 + i])
            masks.append(changed)
        }
        store(at, tokens, masks)
    }

    /// The newest bucket moves on: buckets that share their bit with a new one are forgotten.
    private mutating func forget(_ at: Int, passed: Int64, to bucket: Int64) {
        var gone: UInt32 = passed >= 32 ? ~0 : 0
        if passed < 32 {
            for b in bucket - passed + 1...bucket { gone |= 1 << UInt32(b & 31) }
        }
        let head = BlockHead(words[at])
        if head.variant == .exact {
            let dies = (0..<head.count).contains { mask(at, head.count, $0) & gone != 0 }
            if dies { keep(at, head.count) { _, mask in mask & ~gone } }
            return
        }
        let live = UInt32(truncatingIfNeeded: words[at + 1])
        guard live & gone != 0 else { return }
        var panes: [ArraySlice<UInt64>] = []
        var pane = 0
        let before = words
        for bit in 0..<32 as Range<UInt32> where live >> bit & 1 == 1 {
            let start = at + 2 + pane * HyperLogLog.words
            if gone >> bit & 1 == 0 { panes.append(before[start..<start + HyperLogLog.words]) }
            pane += 1
        }
        setPanes(at, live & ~gone, panes)
    }

    private mutating func setPanes(_ at: Int, _ live: UInt32, _ panes: [ArraySlice<UInt64>]) {
        var head = BlockHead(words[at])
        // A sketch without content is an exact set again.
        let length = panes.isEmpty ? 1 : 2 + panes.count * HyperLogLog.words
        resize(at, from: head.length, to: length)
        head.length = length
        head.variant = panes.isEmpty ? .exact : .sketch
        head.count = 0
        words[at] = head.word
        guard !panes.isEmpty else { return }
        words[at + 1] = UInt64(live)
        var next = at + 2
        for pane in panes {
            for word in pane {
                words[next] = word
                next += 1
            }
        }
    }

    private mutating func turnIntoSketch(_ at: Int) {
        let head = BlockHead(words[at])
        let tokens = Array(words[at + 1..<at + 1 + head.count])
        let masks = (0..<head.count).map { mask(at, head.count, $0) }
        let live = masks.reduce(0, |)
        let empty = [UInt64](repeating: 0, count: HyperLogLog.words)[...]
        setPanes(at, live, Array(repeating: empty, count: live.nonzeroBitCount))
        for (token, mask) in zip(tokens, masks) {
            for bit in 0..<32 as Range<UInt32> where mask >> bit & 1 == 1 {
                sketch(at, token, 1 << bit)
            }
        }
    }

    private mutating func sketch(_ at: Int, _ token: UInt64, _ bit: UInt32) {
        var live = UInt32(truncatingIfNeeded: words[at + 1])
        let pane = (live & (bit - 1)).nonzeroBitCount
        let start = at + 2 + pane * HyperLogLog.words
        if live & bit == 0 {
            live |= bit
            resize(start, from: 0, to: HyperLogLog.words)
            words[at + 1] = UInt64(live)
            var head = BlockHead(words[at])
            head.length += HyperLogLog.words
            words[at] = head.word
        }
        words.withUnsafeMutableBytes { HyperLogLog.insert(token, $0, at: start * 8) }
    }
}
