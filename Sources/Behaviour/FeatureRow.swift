import SafetyModel

/// The cells that a subject has something in: a bit map, then a block of fixed layout for each, in
/// the order of the pack's layout; cells without content take one bit. Behind them the texts and
/// identities (`FeatureRow+Tail`). One piece of memory, for a signal mostly waits for memory.
struct FeatureRow: Sendable, Equatable {
    /// The bit map and the blocks, unless no cell has content; then the tail. A block's first word
    /// is its `BlockHead`.
    var words: [UInt64] = []
    /// How many identities there are.
    var identityCount: UInt8 = 0
    /// The surfaces of the texts: bit `TextSurface.rawValue`.
    var surfaces: UInt8 = 0

    /// The most words a row has that it does not use when it grows, and when it shrinks.
    private static let spare = (grown: 3, shrunk: 16)

    /// Whether no cell has content.
    var isEmpty: Bool { words.count == tailLength }

    /// Where the cell's block begins; -1 where it has none.
    @inline(__always)
    func find(_ place: Int, _ mapWords: Int) -> Int {
        words.withUnsafeBufferPointer { words in
            guard words.count > tailLength else { return -1 }
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
        if isEmpty { resize(0, from: 0, to: mapWords) }
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
        if words.count == mapWords + tailLength { resize(0, from: mapWords, to: 0) }
    }

    /// Changes the length of what begins at `at`. New words at its end are zero. The memory is little
    /// larger than what it holds, for there are a million rows.
    mutating func resize(_ at: Int, from old: Int, to new: Int) {
        let count = words.count - old + new
        let capacity = words.capacity
        if count > words.count, count <= capacity { return open(at + old, new - old) }
        if count <= words.count, capacity <= count + Self.spare.shrunk {
            return words.removeSubrange(at + new..<at + old)
        }
        let before = words
        let room = count == 0 ? 0 : count + Self.spare.grown
        words = [UInt64](unsafeUninitializedCapacity: room) { buffer, initialized in
            for i in 0..<at + min(old, new) { buffer[i] = before[i] }
            for i in min(old, new)..<max(new, min(old, new)) { buffer[at + i] = 0 }
            for i in at + old..<before.count { buffer[i - old + new] = before[i] }
            initialized = count
        }
    }

    /// Makes room for words at `at`, within the memory there is.
    private mutating func open(_ at: Int, _ length: Int) {
        for _ in 0..<length { words.append(0) }
        words.withUnsafeMutableBufferPointer { words in
            for i in stride(from: words.count - 1, to: at + length - 1, by: -1) {
                words[i] = words[i - length]
            }
            for i in at..<at + length { words[i] = 0 }
        }
    }

    /// Calls `body` with place and beginning of each block, in order.
    func forEach(_ mapWords: Int, _ body: (_ place: Int, _ at: Int) -> Void) {
        guard !isEmpty else { return }
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
