public import SafetyModel

/// How far something that should be caught was caught.
public enum Catch: Int, Sendable, CaseIterable {
    /// Restricted without waiting for a human, and not given back.
    case automatic
    /// Put before a human, or restricted by one.
    case review
    case missed
}

/// What an irreversible action rests on (I7).
public enum Ground: Int, Sendable, CaseIterable {
    /// Automation, on evidence that Enforce called conclusive.
    case conclusiveMatch
    /// A reviewer who was right about the subject.
    case verdict
    /// A reviewer who was wrong, as the simulated one is on purpose.
    case wrongVerdict
    /// Neither: a fault of ours.
    case nothing

    public var isHuman: Bool { self == .verdict || self == .wrongVerdict }
}

/// How many of each.
public struct Counts<Key: Hashable & Sendable>: Hashable, Sendable {
    private var counts: [Key: Int] = [:]

    public init() {}

    public subscript(key: Key) -> Int {
        get { counts[key] ?? 0 }
        set { counts[key] = newValue }
    }

    public var total: Int { counts.values.reduce(0, +) }

    public static func += (a: inout Self, b: Self) {
        a.counts.merge(b.counts, uniquingKeysWith: +)
    }
}

extension Counts<Catch> {
    public var caught: Int { self[.automatic] + self[.review] }
    /// Part that was caught, 0 to 1; nil where there was nothing to catch.
    public var recall: Double? { share(caught, of: total) }
}

/// One irreversible action's kind.
public struct Finality: Hashable, Sendable {
    public var part: TruthLabel.Part
    public var ground: Ground

    public init(_ part: TruthLabel.Part, _ ground: Ground) {
        self.part = part
        self.ground = ground
    }
}

/// How one pattern ended, over one run or several.
public struct PatternQuality: Sendable {
    public let pattern: TrafficPattern
    /// Incidents in which somebody was to be caught, by the best that happened to any of them.
    public var incidents = Counts<Catch>()
    /// Accounts, groups and links to be caught.
    public var wanted = Counts<Catch>()
    /// Of those, abusive groups, and accounts of incidents that spread links.
    public var spreading = Counts<Catch>()
    /// For each incident the time from its first harm to the first action about any of its subjects
    /// to be caught, in event time; nil where none came. An action is a restriction that was not
    /// lifted, or a request that a human look.
    public var firstActions: [TimeSpan?] = []
    /// The same to the first restriction.
    public var firstRestrictions: [TimeSpan?] = []
    /// Subjects who were labelled, and those of them who were restricted, if only for a time.
    public var labelled = Counts<TruthLabel.Part>()
    public var restricted = Counts<TruthLabel.Part>()
    /// Of those restricted, whom automation alone restricted.
    public var automatically = Counts<TruthLabel.Part>()
    /// Accounts that others brigade or frame, and automation restricted.
    public var targetsTouched = 0
    /// Innocents, victims and targets who were banned, removed or reported.
    public var finallyRestricted = 0
    public var irreversible = Counts<Finality>()
    /// Irreversible actions that a reviewer lifted again.
    public var lifted = Counts<TruthLabel.Part>()
    /// How long each reversible action of automation held on somebody who should have none.
    public var friction: [TimeSpan] = []
    /// Such actions that a reviewer ordered.
    public var frictionByVerdict = 0
    /// Review requests, by the part of their subject, and how many subjects that were.
    public var reviews = Counts<TruthLabel.Part>()
    public var reviewedSubjects = 0
    /// Tips by the part of the reported person.
    public var tips = Counts<TruthLabel.Part>()

    init(_ pattern: TrafficPattern) { self.pattern = pattern }

    mutating func merge(_ other: PatternQuality) {
        incidents += other.incidents
        wanted += other.wanted
        spreading += other.spreading
        firstActions += other.firstActions
        firstRestrictions += other.firstRestrictions
        labelled += other.labelled
        restricted += other.restricted
        automatically += other.automatically
        targetsTouched += other.targetsTouched
        finallyRestricted += other.finallyRestricted
        irreversible += other.irreversible
        lifted += other.lifted
        friction += other.friction
        frictionByVerdict += other.frictionByVerdict
        reviews += other.reviews
        reviewedSubjects += other.reviewedSubjects
        tips += other.tips
    }

    /// Part of the restricted subjects who are offenders; nil where nobody was restricted. False
    /// reporters count neither way.
    public var precision: Double? {
        share(restricted[.offender], of: restricted.total - restricted[.falseReporter])
    }

    /// Part of the review requests that are about an offender or a victim.
    public var reviewPrecision: Double? {
        share(reviews[.offender] + reviews[.victim], of: reviews.total)
    }

    /// Innocents, victims and targets who were restricted.
    public var wronglyRestricted: Int {
        TruthLabel.Part.allCases.filter(\.isProtected).reduce(0) { $0 + restricted[$1] }
    }

    /// Irreversible actions on people with one of these parts, on one of these grounds.
    public func irreversible(
        on parts: [TruthLabel.Part], where counts: (Ground) -> Bool = { _ in true }
    ) -> Int {
        parts.reduce(0) { sum, part in
            sum
                + Ground.allCases.filter(counts).reduce(0) {
                    $0 + irreversible[Finality(part, $1)]
                }
        }
    }
}

extension TruthLabel.Part {
    /// Whether a restriction is a mistake.
    public var isProtected: Bool { self != .offender && self != .falseReporter }
}

/// nil for a part of nothing.
func share(_ part: Int, of whole: Int) -> Double? {
    whole > 0 ? Double(part) / Double(whole) : nil
}

/// The nearest-rank quantile, where what never came is longer than all that came; nil for never,
/// and for no values at all.
public func quantile(_ fraction: Double, of spans: [TimeSpan?]) -> TimeSpan? {
    let sorted = spans.compactMap(\.self).sorted()
    let rank = max(1, Int((fraction * Double(spans.count)).rounded(.up)))
    return rank <= sorted.count ? sorted[rank - 1] : nil
}
