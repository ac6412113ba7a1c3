internal import SafetyModel

extension PBTextFacts {
    init(_ facts: TextFacts) {
        self.init()
        surface = facts.surface.wire()
        sketch = facts.sketch
        disguised = facts.isDisguised
        sealed = facts.isSealed
        cut = facts.isCut
        lists = facts.lists.map { listed in
            var wire = PBListedTerms()
            wire.list = listed.list
            wire.count = UInt32(clamping: listed.count)
            wire.weight = listed.weight
            wire.terms = listed.terms.map { UInt32(clamping: $0) }
            return wire
        }
        if let score = facts.modelScore { modelScore = score }
    }
}

extension TextFacts {
    init(_ wire: PBTextFacts) throws(Rejection) {
        try Check.required(wire.surface, "surface")
        guard let surface = TextSurface(wire: wire.surface) else {
            throw Rejection(.unknownEnum, field: "surface")
        }
        try Check.count(wire.lists.count, atMost: Self.maximumLists, "lists")
        self.init(
            surface: surface, sketch: wire.sketch, isDisguised: wire.disguised,
            isSealed: wire.sealed, isCut: wire.cut)
        for listed in wire.lists {
            try Check.id(listed.list, "lists.list")
            if listed.list.utf8.count > ListedTerms.maximumNameBytes {
                throw Rejection(.oversize, field: "lists.list")
            }
            try Check.count(listed.terms.count, atMost: ListedTerms.maximumTerms, "lists.terms")
            guard listed.weight.isFinite else {
                throw Rejection(.outOfRange, field: "lists.weight")
            }
            lists.append(
                ListedTerms(
                    list: listed.list, count: Int(listed.count), weight: listed.weight,
                    terms: listed.terms.map { Int($0) }))
        }
        guard wire.hasModelScore else { return }
        guard (0...1).contains(wire.modelScore) else {
            throw Rejection(.outOfRange, field: "model_score")
        }
        modelScore = wire.modelScore
    }
}
