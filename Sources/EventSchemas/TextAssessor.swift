public import SafetyModel

/// Looks at clear texts while a record is decoded, and keeps nothing of them; `Pipeline` has the
/// real one. The same input gives the same facts (I4).
public protocol TextAssessor: Sendable {
    /// - Parameters:
    ///   - text: as the platform sent it, of any length.
    ///   - surface: where it stands.
    func facts(about text: String, on surface: TextSurface) -> TextFacts

    /// - Parameters:
    ///   - sketch: the platform's own of a text that it sealed, at most 64 values; may be empty.
    ///   - surface: where it stands.
    func facts(aboutSealed sketch: [UInt64], on surface: TextSurface) -> TextFacts
}

extension Envelope {
    /// The facts about a text; nil where the event does not tell it, neither clear nor sealed nor as
    /// a sketch. An empty text was taken away, and is told.
    func text(
        _ value: PBSealable?, sketch: [UInt64], on surface: TextSurface
    ) -> TextFacts? {
        guard let texts else { return nil }
        switch value?.value {
        case .clear(let text): return texts.facts(about: text, on: surface)
        case .sealed: return texts.facts(aboutSealed: sketch, on: surface)
        case nil: return sketch.isEmpty ? nil : texts.facts(aboutSealed: sketch, on: surface)
        }
    }
}
