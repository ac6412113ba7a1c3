public import SafetyModel

/// What is remembered about one subject: windows, relations, feedback, rule arming. A value, of
/// bounded size (I11), and a pure function of the signals applied (I3).
public struct SubjectState: Sendable, Equatable {
    /// Event time of the oldest signal; nil before the first.
    public internal(set) var first: Instant?
    /// Event time of the newest signal; buckets expire by it.
    public internal(set) var newest: Instant?
    var facts = Facts()
    var identities = IdentityRing()
    var counters = WindowCounters()
    var distinct = DistinctSets()
    var relations = Relations()
    var feedback = Feedback()
    var arming = RuleArming()

    /// The state before any signal.
    public init() {}

    /// Whether the identity is among the last 32 seen; if not, it is now.
    public mutating func isDuplicate(_ id: ContentID) -> Bool { identities.insert(id.high) }

    /// The ties that are remembered, ascending by tie and id.
    public var ties: [Relation] { relations.all }

    /// The enforcements that stand against the subject or its neighbours, in order of arrival.
    public var standing: [Standing] { feedback.all }

    /// Whether a rule may fire: it never did, or its cool-down has passed.
    /// - Parameter rule: a hash of its id that never changes.
    public func isArmed(_ rule: UInt64, at time: Instant, cooldown: TimeSpan) -> Bool {
        cooldown.milliseconds <= 0 || arming.isArmed(rule, at: time, cooldown: cooldown)
    }

    /// Remembers that a rule fired.
    public mutating func fire(_ rule: UInt64, at time: Instant) { arming.fire(rule, at: time) }

    /// Remembers whom a decision was passed on to, so that its reversal reaches the same.
    public mutating func remember(_ told: [Subject], of decision: ContentID) {
        feedback.setTold(Array(told.prefix(Self.maximumTold)), of: decision)
    }

    /// The most neighbours one decision is passed on to (I11).
    public static let maximumTold = 32

    /// What the subject's own history says about its role (I13), for a proposal's snapshot. Where
    /// the platform sent facts too, either side's word that there was a forcing condition counts,
    /// and the later of two instants.
    public func facts(_ account: String, platform: ActorFacts?) -> ActorFacts {
        var result = platform ?? ActorFacts(account: account)
        result.registered = result.registered ?? facts.born
        result.isMinor = result.isMinor || facts.flags.contains(.minor)
        result.lastDeviceChange = later(result.lastDeviceChange, facts.deviceChange)
        result.lastNumberChange = later(result.lastNumberChange, facts.numberChange)
        result.reportedThreat = later(result.reportedThreat, facts.threat)
        let own = feedback.all.count { $0.nearness == .own && Feature.isRestriction($0.action) }
        result.priorEnforcements = max(result.priorEnforcements, Int64(own))
        return result
    }
}

/// The later of two instants, either of which may be unknown.
func later(_ a: Instant?, _ b: Instant?) -> Instant? {
    guard let a, let b else { return a ?? b }
    return max(a, b)
}

/// What is true of the subject outside any window.
struct Facts: Sendable, Equatable {
    /// Registration of an account, creation of a group or link.
    var born: Instant?
    var deviceChange: Instant?
    var numberChange: Instant?
    /// When the account reported being threatened.
    var threat: Instant?
    /// Those of `kept` that were ever seen.
    var flags: EventFlags = []

    static let kept: EventFlags = [
        .reusedDevice, .reusedNumber, .virtualNumber, .minor, .publicGroup,
    ]
}
