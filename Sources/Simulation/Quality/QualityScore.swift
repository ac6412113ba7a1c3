public import SafetyModel

/// How a rule's proposals compare with the truth.
public struct RuleQuality: Sendable {
    public let rule: String
    public var isShadow: Bool
    public var proposals = 0
    /// Subjects that the actions were for, by their part.
    public var targets = Counts<TruthLabel.Part>()
    /// Of those, victims for whom nothing was proposed that punishes them.
    public var victimsHelped = 0
    /// Enforcements that restrict, and name the rule; those that a verdict ordered are left out.
    public var restrictions = 0
    /// Of those, on innocents, victims and targets.
    public var wrongRestrictions = 0
    public var reviews = 0

    public init(rule: String, isShadow: Bool) {
        self.rule = rule
        self.isShadow = isShadow
    }

    /// Part of the subjects who are offenders, or victims for whom nothing was proposed that
    /// punishes them. False reporters count neither way.
    public var precision: Double? {
        share(targets[.offender] + victimsHelped, of: targets.total - targets[.falseReporter])
    }

    mutating func merge(_ other: RuleQuality) {
        isShadow = isShadow || other.isShadow
        proposals += other.proposals
        targets += other.targets
        victimsHelped += other.victimsHelped
        restrictions += other.restrictions
        wrongRestrictions += other.wrongRestrictions
        reviews += other.reviews
    }
}

/// Somebody who should have been caught and was not.
public struct Miss: Hashable, Sendable {
    public var seed: UInt64
    public var pattern: TrafficPattern
    public var incident: Int
    public var subject: Subject
    /// When it first did harm.
    public var since: Instant
}

/// An action on somebody who should have none.
public struct WrongHit: Hashable, Sendable {
    public var seed: UInt64
    public var subject: Subject
    public var label: TruthLabel
    public var action: Action
    public var ground: Ground
    public var rule: String
    public var time: Instant
    public var length: TimeSpan
    public var isLifted: Bool
}

/// What a pack is worth on labelled traffic, over one run or several.
public struct QualityScore: Sendable {
    /// Misses and wrong hits kept of each pattern; more are only counted.
    public static let examplesOfPattern = 15

    public private(set) var runs = 0
    /// Accounts that existed, added over runs.
    public private(set) var accounts = 0
    public private(set) var accountDays = 0.0
    /// All patterns, in the order of their list.
    public internal(set) var patterns = TrafficPattern.allCases.map { PatternQuality($0) }
    /// By rule, in the order of names.
    public internal(set) var rules: [RuleQuality] = []
    public internal(set) var misses: [Miss] = []
    public internal(set) var wrongHits: [WrongHit] = []
    public internal(set) var wrongHitCount = 0

    /// No run yet.
    public init() {}

    init(accounts: Int, days: Int) {
        runs = 1
        self.accounts = accounts
        accountDays = Double(accounts) * Double(days)
    }

    /// Adds what another run came to.
    public mutating func merge(_ other: QualityScore) {
        runs += other.runs
        accounts += other.accounts
        accountDays += other.accountDays
        for place in patterns.indices { patterns[place].merge(other.patterns[place]) }
        for rule in other.rules {
            if let place = rules.firstIndex(where: { $0.rule == rule.rule }) {
                rules[place].merge(rule)
            } else {
                rules.append(rule)
            }
        }
        rules.sort { $0.rule < $1.rule }
        other.misses.forEach { add($0) }
        other.wrongHits.forEach { add($0) }
        wrongHitCount += other.wrongHitCount
    }

    /// All patterns as one.
    public var all: PatternQuality {
        var sum = PatternQuality(.ordinary)
        for pattern in patterns { sum.merge(pattern) }
        return sum
    }

    /// A count by the hundred thousand accounts and day.
    public func per100kAndDay(_ count: Int) -> Double {
        accountDays > 0 ? Double(count) * 100_000 / accountDays : 0
    }

    /// A count by the hundred thousand accounts, over the days that a run has.
    public func per100k(_ count: Int) -> Double {
        accounts > 0 ? Double(count) * 100_000 / Double(accounts) : 0
    }

    /// Keeps it unless the pattern has enough.
    mutating func add(_ miss: Miss) {
        let known = misses.count { $0.pattern == miss.pattern }
        if known < Self.examplesOfPattern { misses.append(miss) }
    }

    mutating func add(_ hit: WrongHit) {
        let known = wrongHits.count { $0.label.pattern == hit.label.pattern }
        if known < Self.examplesOfPattern { wrongHits.append(hit) }
    }

    mutating func update(_ pattern: TrafficPattern, _ body: (inout PatternQuality) -> Void) {
        guard let place = patterns.firstIndex(where: { $0.pattern == pattern }) else { return }
        body(&patterns[place])
    }
}
