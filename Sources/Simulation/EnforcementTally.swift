public import EventSchemas
import FoundationEssentials
import SafetyModel

/// What became of whom: every enforcement seen, and what was lifted again.
public struct EnforcementTally: Sendable {
    struct Touch: Sendable {
        var id: Data
        var action: Action
        var isReversed = false
    }

    private(set) var touches: [Subject: [Touch]] = [:]

    public init() {}

    /// Counts a published enforcement; those that are not to be carried out count for nothing.
    public mutating func add(_ enforcement: PBEnforcement) {
        guard enforcement.mode == .enforce, let subject = Subject(enforcement.subject) else {
            return
        }
        if enforcement.action == .reverse {
            for i in touches[subject, default: []].indices
            where touches[subject]?[i].id == enforcement.reversesEnforcementID {
                touches[subject]?[i].isReversed = true
            }
            return
        }
        guard let action = Action(rawValue: UInt8(clamping: enforcement.action.rawValue)) else {
            return
        }
        touches[subject, default: []].append(Touch(id: enforcement.enforcementID, action: action))
    }

    /// Compares what was done with what is true.
    public func score(_ truth: GroundTruth) -> [PatternScore] {
        var caught: [TrafficPattern: Set<Int>] = [:]
        var rows: [TrafficPattern: PatternScore] = [:]
        for pattern in TrafficPattern.allCases {
            rows[pattern] = PatternScore(pattern: pattern, incidents: truth.started[pattern] ?? 0)
        }
        for (subject, touches) in touches {
            let label = truth.label(of: subject)
            let restrictive = touches.filter { Self.isPunishment($0.action, label.part) }
            guard !restrictive.isEmpty else { continue }
            if label.part == .offender {
                caught[label.pattern, default: []].insert(label.incident)
                rows[label.pattern]?.offendersTouched += 1
            }
            guard label.isProtected else { continue }
            rows[label.pattern]?.wronglyTouched += 1
            if restrictive.allSatisfy(\.isReversed) { rows[label.pattern]?.reversed += 1 }
            if restrictive.contains(where: { $0.action.actionClass == .irreversible }) {
                rows[label.pattern]?.wronglyIrreversible += 1
            }
        }
        return TrafficPattern.allCases.compactMap { pattern in
            rows[pattern]?.caught = caught[pattern]?.count ?? 0
            return rows[pattern]
        }
    }

    /// Known media on a victim's profile is to be removed; that punishes nobody.
    private static func isPunishment(_ action: Action, _ part: TruthLabel.Part) -> Bool {
        if action.actionClass == .protective { return false }
        let removesMedia = action == .removeProfileMedia || action == .removeGroupMedia
        return !(part == .victim && removesMedia)
    }
}

/// How one pattern ended.
public struct PatternScore: Hashable, Sendable {
    public var pattern: TrafficPattern
    public var incidents: Int
    /// Incidents of which any offending account, group or link was restricted.
    public var caught = 0
    public var offendersTouched = 0
    /// Innocents and victims who were restricted, if only for a time.
    public var wronglyTouched = 0
    /// Of those, banned, reported or removed for good.
    public var wronglyIrreversible = 0
    /// Of those wrongly touched, given back everything.
    public var reversed = 0

    public var missed: Int { pattern.hasOffender ? incidents - caught : 0 }

    init(pattern: TrafficPattern, incidents: Int) {
        self.pattern = pattern
        self.incidents = incidents
    }
}
