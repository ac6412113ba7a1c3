/// A scalar of a normalised text.
package struct Glyph: Hashable, Sendable {
    package var scalar: UInt32
    /// Written otherwise: a look-alike, a digit for a letter, with something in front that is gone.
    package var isAltered = false
    /// One of a run of single letters, between which a word may begin anywhere.
    package var isSpelled = false
}

/// A name, about text, group name or description, made comparable.
///
/// Nothing here prints the text: it is personal data (I10).
public struct NormalisedText: Sendable, CustomStringConvertible, CustomReflectable {
    /// Longer texts are cut.
    public static let maximumScalars = 4_096

    /// NFKC_Casefold with single spaces.
    package let folded: [Glyph]
    /// As a reader sees it: look-alikes, leetspeak and spacing undone. One reading for each of the two
    /// letters that 1, ! and | may stand for, where it matters; none where nothing was undone.
    package let disguised: [[Glyph]]
    /// The text was longer than `maximumScalars`.
    public let isCut: Bool
    /// Written to get past software, as no honest name is; see `Evasion`.
    public let isEvasive: Bool

    /// The reading that undoes most, for features that must not see a disguise.
    var plainest: [Glyph] { disguised.first ?? folded }

    /// A disguise was undone. Accents alone are one too.
    public var isDisguised: Bool { !disguised.isEmpty }

    public var isEmpty: Bool { folded.isEmpty }

    /// The folded text itself. Keep it out of logs, errors, state and topics.
    public var foldedText: String { text(folded) }

    /// The disguised readings themselves. Keep them out of logs, errors, state and topics.
    public var disguisedTexts: [String] { disguised.map(text) }

    public var description: String { "text of \(folded.count) scalars" }

    public var customMirror: Mirror { Mirror(self, children: ["scalars": folded.count]) }

    private func text(_ glyphs: [Glyph]) -> String {
        var text = String.UnicodeScalarView()
        for glyph in glyphs { text.append(Unicode.Scalar(glyph.scalar) ?? "\u{FFFD}") }
        return String(text)
    }
}

/// Makes a text comparable: NFKC, case folding, invisible and bidirectional marks removed (together
/// NFKC_Casefold, UAX #31), spaces collapsed; and the readings without disguise. Pure; in time linear
/// in the text.
public func normalise(_ text: String) -> NormalisedText {
    let data = UnicodeData.shared
    var source: [UInt32] = []
    var isCut = false
    for scalar in text.unicodeScalars {
        if source.count == NormalisedText.maximumScalars {
            isCut = true
            break
        }
        source.append(scalar.value)
    }
    let folded = collapsed(composed(fold(source, data), data))
    return NormalisedText(
        folded: folded, disguised: Disguise(data).readings(of: source, besides: folded),
        isCut: isCut, isEvasive: Evasion(data).isEvasive(source))
}

private func fold(_ source: [UInt32], _ data: UnicodeData) -> [Glyph] {
    var glyphs: [Glyph] = []
    glyphs.reserveCapacity(source.count)
    for scalar in source {
        if let mapped = data.foldings[scalar] {
            for each in mapped { glyphs.append(Glyph(scalar: each)) }
        } else {
            glyphs.append(Glyph(scalar: scalar))
        }
    }
    return glyphs
}

/// Canonical order and composition (UAX #15).
func composed(_ glyphs: [Glyph], _ data: UnicodeData) -> [Glyph] {
    guard glyphs.contains(where: { $0.scalar >= 0x300 }) else { return glyphs }
    let sorted = ordered(glyphs, data)
    var result: [Glyph] = []
    result.reserveCapacity(sorted.count)
    var starter: Int?
    var lastClass: UInt8 = 0
    for glyph in sorted {
        let ownClass = data.combiningClass(glyph.scalar)
        if let at = starter, at == result.count - 1 || (lastClass != 0 && lastClass < ownClass),
            let composite = data.composite(result[at].scalar, glyph.scalar)
        {
            result[at].scalar = composite
            if glyph.isAltered { result[at].isAltered = true }
            continue
        }
        result.append(glyph)
        if ownClass == 0 { starter = result.count - 1 }
        lastClass = ownClass
    }
    return result
}

/// Marks behind a starter, stably by class. A run of them is sorted at once, so that a text of nothing
/// but marks costs no more than n log n.
private func ordered(_ glyphs: [Glyph], _ data: UnicodeData) -> [Glyph] {
    var result: [Glyph] = []
    result.reserveCapacity(glyphs.count)
    var marks: [(order: UInt8, index: Int)] = []
    for (index, glyph) in glyphs.enumerated() {
        let order = data.combiningClass(glyph.scalar)
        if order > 0 {
            marks.append((order, index))
            continue
        }
        settle(&marks)
        result.append(glyph)
    }
    settle(&marks)
    return result

    func settle(_ marks: inout [(order: UInt8, index: Int)]) {
        guard !marks.isEmpty else { return }
        marks.sort { ($0.order, $0.index) < ($1.order, $1.index) }
        for mark in marks { result.append(glyphs[mark.index]) }
        marks.removeAll(keepingCapacity: true)
    }
}

/// One space for each run of them, none at either end.
func collapsed(_ glyphs: [Glyph]) -> [Glyph] {
    var result: [Glyph] = []
    result.reserveCapacity(glyphs.count)
    for glyph in glyphs where glyph.scalar != 0x20 || (result.last?.scalar ?? 0x20) != 0x20 {
        result.append(glyph)
    }
    if result.last?.scalar == 0x20 { result.removeLast() }
    return result
}
