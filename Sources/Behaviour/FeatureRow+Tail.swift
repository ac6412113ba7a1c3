import SafetyModel

// What follows the cells: three words for each text that is kept, ascending by surface, the last of
// them its time, shifted by a bit that says whether it is sealed; then the identities of the last
// events, oldest first.
extension FeatureRow {
    /// The most identities that are remembered (I11).
    static let identityLimit = 32
    private static let textLength = 3

    @inline(__always)
    var tailLength: Int { surfaces.nonzeroBitCount * Self.textLength + Int(identityCount) }

    var identities: ArraySlice<UInt64> { words.suffix(Int(identityCount)) }

    /// Whether it is held; if not, it is now.
    mutating func insert(identity: UInt64) -> Bool {
        let count = Int(identityCount)
        // No early exit: the whole is a few vector comparisons.
        let isKnown = words.withUnsafeBufferPointer { words in
            var found: UInt64 = 0
            for known in words[(words.count - count)...] { found |= known == identity ? 1 : 0 }
            return found == 1
        }
        if isKnown { return true }
        if count == Self.identityLimit {
            words.withUnsafeMutableBufferPointer { words in
                for i in words.count - count + 1..<words.count { words[i - 1] = words[i] }
                words[words.count - 1] = identity
            }
            return false
        }
        append(identity)
        identityCount += 1
        return false
    }

    /// A word at the very end, which is one more identity.
    private mutating func append(_ word: UInt64) {
        resize(words.count, from: 0, to: 1)
        words[words.count - 1] = word
    }

    /// Where the text's words begin, or would.
    private func place(of surface: TextSurface) -> Int {
        let before = surfaces & (1 << surface.rawValue - 1)
        return words.count - tailLength + before.nonzeroBitCount * Self.textLength
    }

    /// nil where none is kept.
    func text(_ surface: TextSurface) -> KeptText? {
        guard surfaces >> surface.rawValue & 1 == 1 else { return nil }
        let at = place(of: surface)
        return KeptText(
            surface: surface, sketch: words[at], isSealed: words[at + 2] & 1 == 1,
            before: words[at + 1],
            since: Instant(milliseconds: Int64(bitPattern: words[at + 2]) >> 1))
    }

    mutating func keep(_ text: KeptText) {
        let at = place(of: text.surface)
        if surfaces >> text.surface.rawValue & 1 == 0 {
            resize(at, from: 0, to: Self.textLength)
            surfaces |= 1 << text.surface.rawValue
        }
        words[at] = text.sketch
        words[at + 1] = text.before
        words[at + 2] =
            UInt64(bitPattern: text.since.milliseconds << 1) | (text.isSealed ? 1 : 0)
    }

    /// The tail alone.
    var withoutCells: FeatureRow {
        var result = self
        result.words = Array(words.suffix(tailLength))
        return result
    }
}
