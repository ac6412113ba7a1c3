import SafetyModel

/// The cells that a subject has something in: a bit map, then a block of fixed layout for each, in
/// the order of the pack's layout. One piece of memory; cells without content take one bit.
struct FeatureRow: Sendable, Equatable {
    /// Empty, or the bit map and the blocks. A block's first word is its `BlockHead`.
    var words: [UInt64] = []

    var isEmpty: Bool { words.isEmpty }

    /// Where the cell's block begins; -1 where it has none.
    @inline(__always)
    func find(_ place: Int, _ mapWords: Int) -> Int {
        words.withUnsafeBufferPointer { words in
            guard !words.isEmpty else { return -1 }
            let word = place >> 6
            let bit = UInt64(1) << UInt64(place & 63)
            guard words[word] & bit != 0 else { return -1 }
            var before = (words[word] & (bit - 1)).nonzeroBitCount
            for earlier in 0..<word { before += words[earlier].nonzeroBitCount }
            var at = mapWords
            for _ in 0..<before { at += BlockHead(words[at]).length }
            return at
        }
    }

    /// Makes room for a cell's block, which must not be there, all zero but for the head.
    /// - Returns: where it begins.
    mutating func insert(_ place: Int, _ head: BlockHead, _ mapWords: Int) -> Int {
        if words.isEmpty { words = [UInt64](repeating: 0, count: mapWords) }
        words[place >> 6] |= 1 << UInt64(place & 63)
        let word = place >> 6
        var before = (words[word] & (1 << UInt64(place & 63) - 1)).nonzeroBitCount
        for earlier in 0..<word { before += words[earlier].nonzeroBitCount }
        var at = mapWords
        for _ in 0..<before { at += BlockHead(words[at]).length }
        resize(at, from: 0, to: head.length)
        words[at] = head.word
        return at
    }

    /// Takes a cell's block out.
    mutating func remove(_ place: Int, _ mapWords: Int) {
        let at = find(place, mapWords)
        guard at >= 0 else { return }
        resize(at, from: BlockHead(words[at]).length, to: 0)
        words[place >> 6] &= ~(1 << UInt64(place & 63))
        if words.count == mapWords { words = [] }
    }

    /// Changes the length of what begins at `at`. New words at its end are zero. The memory is as
    /// large as what it holds, for there are a million rows.
    mutating func resize(_ at: Int, from old: Int, to new: Int) {
        let count = words.count - old + new
        let before = words
        words = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            for i in 0..<at + min(old, new) { buffer[i] = before[i] }
            for i in min(old, new)..<max(new, min(old, new)) { buffer[at + i] = 0 }
            for i in at + old..<before.count { buffer[i - old + new] = before[i] }
            initialized = count
        }
    }

    /// Calls `body` with place and beginning of each block, in order.
    func forEach(_ mapWords: Int, _ body: (_ place: Int, _ at: Int) -> Void) {
        guard !words.isEmpty else { return }
        var at = mapWords
        for word in 0..<mapWords {
            var bits = words[word]
            while bits != 0 {
                body(word << 6 + bits.trailingZeroBitCount, at)
                at += BlockHead(words[at]).length
                bits &= bits - 1
            }
        }
    }
}

/// The first word of a block.
struct BlockHead {
    var word: UInt64

    @inline(__always)
    init(_ word: UInt64) { self.word = word }

    init(length: Int, variant: Variant, count: Int = 0, newest: UInt32 = 0) {
        word = UInt64(newest) | UInt64(length) << 32 | UInt64(variant.rawValue) << 48
        word |= UInt64(count) << 56
    }

    /// How the block holds its content. Raw values are in stored state: append only.
    enum Variant: UInt8 {
        /// A byte per bucket.
        case narrow = 0
        /// Four bytes per bucket.
        case wide
        /// Tokens, then a mask of buckets for each.
        case exact
        /// HyperLogLog registers for each bucket that holds something.
        case sketch
        /// One or two words.
        case plain
    }

    /// The newest bucket with content.
    @inline(__always) var newest: UInt32 {
        get { UInt32(truncatingIfNeeded: word) }
        set { word = word & ~0xffff_ffff | UInt64(newValue) }
    }

    /// Words of the block, the head included.
    @inline(__always) var length: Int {
        get { Int(word >> 32 & 0xffff) }
        set { word = word & ~(0xffff << 32) | UInt64(newValue) << 32 }
    }

    @inline(__always) var variant: Variant {
        get { Variant(rawValue: UInt8(word >> 48 & 0xff)) ?? .plain }
        set { word = word & ~(0xff << 48) | UInt64(newValue.rawValue) << 48 }
    }

    /// Parties of an exact set.
    @inline(__always) var count: Int {
        get { Int(word >> 56) }
        set { word = word & ~(0xff << 56) | UInt64(newValue) << 56 }
    }
}
