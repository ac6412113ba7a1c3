internal import EventSchemas
internal import SafetyModel
internal import ScoreModels
internal import TextAnalysis

/// Looks at texts with a library. Pure: key and library decide.
struct TextJudge: TextAssessor {
    private let library: TextLibrary
    private let key: SketchKey

    /// - Parameter key: sixteen bytes.
    init(_ library: TextLibrary, key: [UInt8]) {
        guard let key = SketchKey(key) else {
            preconditionFailure("a sealer's sketch key has 16 bytes")
        }
        self.library = library
        self.key = key
    }

    func facts(about text: String, on surface: TextSurface) -> TextFacts {
        let text = normalise(text)
        var facts = TextFacts(
            surface: surface, sketch: NameSketch(text, key: key)?.bits ?? 0,
            isDisguised: text.isEvasive, isCut: text.isCut)
        guard !text.isEmpty else { return facts }
        for list in library.lists {
            let found = list.matches(in: text)
            guard found.count > 0 else { continue }
            facts.lists.append(
                ListedTerms(
                    list: list.name, count: found.count, weight: found.weight,
                    hidden: found.disguised,
                    terms: found.named.prefix(ListedTerms.maximumTerms).map(\.term)))
        }
        facts.modelScore = library.model?.score(text).value
        return facts
    }

    func facts(aboutSealed sketch: [UInt64], on surface: TextSurface) -> TextFacts {
        TextFacts(
            surface: surface, sketch: NameSketch(platformValues: sketch, key: key)?.bits ?? 0,
            isSealed: true)
    }
}
