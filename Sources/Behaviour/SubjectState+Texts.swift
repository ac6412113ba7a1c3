public import SafetyModel

/// What is remembered of a text that stands on a subject.
struct KeptText: Sendable, Equatable {
    var surface: TextSurface
    var sketch: UInt64
    /// Whether the platform sealed it, so that its sketch is of the platform's key.
    var isSealed = false
    /// Of the text that stood there before; 0 where none is known that can be compared with it.
    var before: UInt64 = 0
    /// Event time of the signal that set it.
    var since: Instant
}

extension SubjectState {
    /// The keyed sketch of the text that stands there now, to be compared with `TextSketch`; 0 where
    /// none was seen, or it has none.
    public func sketch(of surface: TextSurface) -> UInt64 {
        features.text(surface)?.sketch ?? 0
    }

    /// How far a text just set is from the one that stood there before: 0 to 64; nil where one of
    /// the two is not known, only one of them was sealed, or a newer one stands there.
    public func textChange(_ text: TextFacts, at time: Instant) -> Int? {
        guard let kept = features.text(text.surface), kept.since == time else { return nil }
        return TextSketch.distance(text.sketch, kept.before)
    }

    /// Keeps the sketch of a text of this subject's own; not over that of a newer one.
    public mutating func keep(_ text: TextFacts, at time: Instant) {
        let known = features.text(text.surface)
        if let known, time < known.since { return }
        let isComparable = known?.isSealed == text.isSealed
        features.keep(
            KeptText(
                surface: text.surface, sketch: text.sketch, isSealed: text.isSealed,
                before: isComparable ? known?.sketch ?? 0 : 0, since: time))
    }

    /// In stored state, of the surface's byte.
    fileprivate static let sealedBit: UInt8 = 0x80

    func encodeTexts(_ writer: inout StateWriter, _ base: Instant) {
        let texts = TextSurface.allCases.compactMap { features.text($0) }
        guard !texts.isEmpty else { return }
        writer.number(UInt64(texts.count))
        for text in texts {
            writer.byte(text.surface.rawValue | (text.isSealed ? Self.sealedBit : 0))
            writer.fixed(text.sketch)
            writer.fixed(text.before)
            write(text.since, from: base, &writer)
        }
    }
}

extension KeptText {
    static func read(
        _ reader: inout StateReader, _ base: Instant
    ) throws(StateError) -> [KeptText] {
        var texts: [KeptText] = []
        for _ in 0..<(try reader.count(limit: TextSurface.allCases.count)) {
            let byte = try reader.byte()
            guard let surface = TextSurface(rawValue: byte & ~SubjectState.sealedBit),
                surface.rawValue > texts.last?.surface.rawValue ?? 0
            else { throw StateError(.malformed) }
            let (sketch, before) = (try reader.fixed(), try reader.fixed())
            texts.append(
                KeptText(
                    surface: surface, sketch: sketch,
                    isSealed: byte & SubjectState.sealedBit != 0, before: before,
                    since: try readTime(&reader, base)))
        }
        return texts
    }
}
