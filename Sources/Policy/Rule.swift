import Behaviour
import SafetyModel

/// A comparison of two numbers.
enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"

    func holds(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .equal: a == b
        case .unequal: a != b
        case .atLeast: a >= b
        case .atMost: a <= b
        case .above: a > b
        case .below: a < b
        }
    }
}

struct FeatureTest: Sendable {
    var feature: Feature
    var comparison: Comparison
    var value: Double
}

/// What one match must be; every part must hold for the same match.
struct MatchTest: Sendable {
    /// Bit n: the category, use or attribution of raw value n will do.
    var categories: UInt16 = .max
    var uses: UInt16 = .max
    var attributions: UInt16 = .max
    var isExact: Bool?
    var isExternal: Bool?
    var isQuarantined: Bool?
    var uploaderRunsGroup: Bool?
    var distances: [(comparison: Comparison, value: Double)] = []
    /// Banks it must, or must not, be of.
    var banks: [(names: [String], isMember: Bool)] = []
}

/// A rule, compiled: closed parts in fixed order, no names to look up.
struct Rule: Sendable {
    var id: String
    /// FNV-1a of the id: the rule's key in stored state.
    var key: UInt64
    var triggers: [Trigger]
    var harm: Harm
    var isShadow: Bool
    var budget: Budget
    var cooldown: TimeSpan
    var proposals: [(target: Target, actions: [Action])]

    var features: [FeatureTest] = []
    var requiredFlags: EventFlags = []
    var forbiddenFlags: EventFlags = []
    /// Bit n: report category n will do; all bits where the rule does not ask.
    var categories: UInt16 = .max
    /// The kinds of signal at which the rule is asked; nil where it does not say.
    var kinds: [SignalKind]?
    var match = MatchTest()

    /// A rule about behaviour is asked when something it reads may have changed.
    func isAsked(at kind: SignalKind) -> Bool {
        guard categories == .max || kind.isReport else { return false }
        if let kinds { return kinds.contains(kind) }
        let touched = Feature.touched(by: kind)
        return features.isEmpty || features.contains { touched.contains($0.feature) }
    }
}

/// What decides at most signals that a rule does not fire, in a flat form.
struct RuleTest: Sendable {
    var key: UInt64
    var cooldown: TimeSpan
    var requiredFlags: EventFlags
    var forbiddenFlags: EventFlags
    var categories: UInt16
    /// Which of the pack's feature tests.
    var features: Range<Int>

    init(_ rule: Rule, features: Range<Int>) {
        key = rule.key
        cooldown = rule.cooldown
        requiredFlags = rule.requiredFlags
        forbiddenFlags = rule.forbiddenFlags
        categories = rule.categories
        self.features = features
    }
}

extension SignalKind {
    /// Whether a signal's category is a report category; for a sighting it is something else.
    var isReport: Bool {
        self == .reported || self == .filedReport || self == .reportWithdrawn
    }
}

/// FNV-1a, 64 bits.
func stableHash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}
