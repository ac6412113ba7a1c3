import Behaviour
import SafetyModel

/// What a rule or a condition may ask of a text that was set.
extension Field {
    /// Only signals that set a text have it.
    var isOfText: Bool {
        (Field.textSurface.rawValue...Field.textChange.rawValue).contains(rawValue)
    }

    static let textTable: [FieldInfo] = [
        text("surface", .choice(.textSurface), "which text was set"),
        text("terms", .number, "different terms of all lists that it holds"),
        text(
            "hidden_terms", .number,
            "those of them that it holds only in disguise: in look-alike letters, digits for letters, "
                + "spelled out"),
        text("list_weight", .number, "the sum of the weights of its terms, over all lists"),
        text(
            "list", .text,
            "the name of a list, in double quotes; of several that it holds terms of, each"),
        text(
            "disguised", .truth,
            "written to get past software: letters of two scripts in a word, digits or invisible "
                + "marks between letters, letters spelled out; listed terms or not"),
        text("model", .number, "the text model's probability, 0 to 1; unknown without a model"),
        text(
            "sealed", .truth,
            "sealed by the platform: what it holds, and whether in disguise, is unknown then"),
        text("cut", .truth, "longer than the 4,096 characters that are looked at"),
        text(
            "change", .number,
            "bits by which its sketch differs from that of the text before it, 0 to 64: up to "
                + "\(TextSketch.nearDistance) looks nearly the same, 32 has nothing in common; "
                + "unknown where none was seen, or one of the two is sealed"),
    ]

    private static func text(_ name: String, _ type: ValueType, _ meaning: String) -> FieldInfo {
        FieldInfo(name: "text.\(name)", type: type, kinds: [.account, .group], meaning: meaning)
    }

    /// What `last` may keep of a text; by name in packs.
    static let textValues: [(String, Field)] = [
        ("terms", .textTerms), ("hidden_terms", .textHiddenTerms), ("list_weight", .textListWeight),
        ("model", .textModel), ("change", .textChange),
    ]
}

extension Program {
    /// Not a number where the signal sets no text, or the platform sealed it.
    func ofText(
        _ field: Field, _ state: borrowing SubjectState, _ signal: borrowing Signal
    ) -> Double {
        guard signal.kind == .textSet, let text = signal.text else {
            return field.info.type == .truth ? 0 : .nan
        }
        switch field {
        case .textSurface: return Double(text.surface.rawValue)
        case .textSealed: return text.isSealed ? 1 : 0
        case .textCut: return text.isCut ? 1 : 0
        case .textChange:
            return state.textChange(text, at: signal.time).map { Double($0) } ?? .nan
        default: break
        }
        // Nobody looked: that is not "none" (I6).
        if text.isSealed { return .nan }
        switch field {
        case .textDisguised: return text.isDisguised ? 1 : 0
        case .textTerms: return Double(text.lists.reduce(0) { $0 + $1.count })
        case .textHiddenTerms: return Double(text.lists.reduce(0) { $0 + $1.hidden })
        case .textListWeight: return text.lists.reduce(0) { $0 + $1.weight }
        case .textModel: return text.modelScore ?? .nan
        default: return .nan
        }
    }
}

extension TextFacts {
    /// For a reviewer: the weight of each list, and which terms; by number, for the text is not here.
    var reasons: [Reason] {
        lists.flatMap { listed in
            [Reason(name: "text/\(listed.list)", value: listed.weight)]
                + listed.terms.map { Reason(name: "text/\(listed.list)/\($0)", value: 1) }
        }
    }
}

extension Typed {
    /// Whether it reads the text that the signal sets.
    var readsText: Bool {
        var reads = false
        forEach { if $0.isOfText { reads = true } }
        return reads
    }

    var isOfText: Bool {
        switch form {
        case .field(let field), .textIsIn(let field, _, _): field.isOfText
        default: false
        }
    }
}
