/// Where a text stands. Raw values are the wire's and in stored state: append only.
public enum TextSurface: UInt8, Hashable, Sendable, CaseIterable {
    case displayName = 1
    case about
    case groupName
    case groupDescription

    /// Whose text it is.
    public var subjectKind: SubjectKind {
        switch self {
        case .displayName, .about: .account
        case .groupName, .groupDescription: .group
        }
    }
}

/// What is known of a text once the text itself is gone (I10): signals, state and proposals hold
/// this, never a word of it.
public struct TextFacts: Hashable, Sendable {
    /// Where it stands.
    public var surface: TextSurface
    /// A keyed sketch, to be compared with `TextSketch`; 0 where the text is empty or too short.
    public var sketch: UInt64
    /// A disguise had to be undone to read it: look-alike letters, digits for letters, letters
    /// spelled out, marks or accents inside a word.
    public var isDisguised: Bool
    /// The platform sealed it: of the rest only the sketch may be known.
    public var isSealed: Bool
    /// It was longer than what is looked at.
    public var isCut: Bool
    /// What it holds of each term list; ascending by name, none that it holds nothing of.
    public var lists: [ListedTerms]
    /// A text model's probability; nil without a model, and for an empty or sealed text.
    public var modelScore: Double?

    /// Whether it holds something that a list or a model looks for.
    public var isNotable: Bool { !lists.isEmpty || modelScore ?? 0 >= 0.5 }

    /// The most term lists of a pipeline (I11).
    public static let maximumLists = 8

    /// Facts about one text.
    public init(
        surface: TextSurface, sketch: UInt64 = 0, isDisguised: Bool = false,
        isSealed: Bool = false, isCut: Bool = false, lists: [ListedTerms] = [],
        modelScore: Double? = nil
    ) {
        self.surface = surface
        self.sketch = sketch
        self.isDisguised = isDisguised
        self.isSealed = isSealed
        self.isCut = isCut
        self.lists = lists
        self.modelScore = modelScore
    }
}

/// The terms of one list that a text holds.
public struct ListedTerms: Hashable, Sendable {
    /// The list's name.
    public var list: String
    /// Distinct terms.
    public var count: Int
    /// The sum of their weights.
    public var weight: Double
    /// The heaviest by number, as the list counts them from 0; at most `maximumTerms`.
    public var terms: [Int]

    /// The most terms of a list that are named (I11).
    public static let maximumTerms = 4
    /// The most bytes of a list's name (I11).
    public static let maximumNameBytes = 64

    /// What a text holds of a list.
    public init(list: String, count: Int, weight: Double, terms: [Int]) {
        self.list = list
        self.count = count
        self.weight = weight
        self.terms = terms
    }
}

/// Comparison of `TextFacts.sketch`. Sketches of one key compare; a platform's own, of texts that it
/// seals, compare among themselves.
public enum TextSketch {
    /// Texts within this many bits are near. Unrelated ones are 32 ± 4 apart and by chance near once
    /// in 100,000 pairs: compare only what is related otherwise, or ask for a second reason.
    public static let nearDistance = 14

    /// Bits that differ, 0 to 64; nil where either text has no sketch.
    public static func distance(_ a: UInt64, _ b: UInt64) -> Int? {
        a == 0 || b == 0 ? nil : (a ^ b).nonzeroBitCount
    }

    /// Whether two texts look nearly the same.
    public static func isNear(_ a: UInt64, _ b: UInt64) -> Bool {
        distance(a, b).map { $0 <= nearDistance } ?? false
    }
}

/// Keeps facts about a text out of the values that seldom have them.
final class TextBox: Sendable {
    let facts: TextFacts

    init(_ facts: TextFacts) { self.facts = facts }
}
