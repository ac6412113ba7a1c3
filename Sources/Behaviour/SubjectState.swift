public import SafetyModel

/// What is remembered about one subject: facts, relations, feedback, rule arming, and the cells
/// that the pack defines. A value, of bounded size (I11), and a pure function of the signals
/// applied (I3).
public struct SubjectState: Sendable, Equatable {
    // What every signal needs comes first, so that it is in one line of the cache.
    var features = FeatureRow()
    /// The task's epoch when the row was last written: see `CellHistory`.
    public internal(set) var epoch: UInt32 = 0
    private var newestTime = OptionalInstant()
    var facts = Facts()
    var relations = Relations()
    /// One, or none where it would be empty: see `Seldom`.
    var seldomBox: [Seldom] = []

    /// The state before any signal.
    /// - Parameter epoch: the task's.
    public init(epoch: UInt32 = 0) { self.epoch = epoch }

    /// Event time of the newest signal; buckets expire by it. nil before the first.
    public internal(set) var newest: Instant? {
        get { newestTime.instant }
        set { newestTime.instant = newValue }
    }

    /// Whether the identity is among the last 32 seen; if not, it is now.
    public mutating func isDuplicate(_ id: ContentID) -> Bool {
        features.insert(identity: id.high)
    }

    /// The ties that are remembered, ascending by tie and id.
    public var ties: [Relation] { relations.all }

    /// The enforcements that stand against the subject or its neighbours, in order of arrival.
    public var standing: [Standing] { seldomBox.first?.feedback.all ?? [] }

    /// Whether a rule may fire: it never did, or its cool-down has passed.
    /// - Parameter rule: a hash of its id that never changes.
    public func isArmed(_ rule: UInt64, at time: Instant, cooldown: TimeSpan) -> Bool {
        guard cooldown.milliseconds > 0, let seldom = seldomBox.first else { return true }
        return seldom.arming.isArmed(rule, at: time, cooldown: cooldown)
    }

    /// When the rule last fired, as far as is remembered.
    public func lastFired(_ rule: UInt64) -> Instant? {
        seldomBox.first?.arming.lastFired(rule)
    }

    /// Remembers that a rule fired.
    public mutating func fire(_ rule: UInt64, at time: Instant) {
        changeSeldom { $0.arming.fire(rule, at: time) }
    }

    /// Remembers whom a decision was passed on to, so that its reversal reaches the same.
    public mutating func remember(_ told: [Subject], of decision: ContentID) {
        changeSeldom { $0.feedback.setTold(Array(told.prefix(Self.maximumTold)), of: decision) }
    }

    /// Remembers that the account of an enforced group came to another one.
    /// - Returns: the group, told before, that is forgotten for it; nil where none is.
    @discardableResult
    public mutating func remember(joined group: String, from teller: Subject) -> String? {
        changeSeldom { $0.feedback.addJoined(group, from: teller) }
    }

    /// The most neighbours one decision is passed on to (I11).
    public static let maximumTold = 32

    /// What the subject's own history says about its role (I13), for a proposal's snapshot. Where
    /// the platform sent facts too, either side's word that there was a forcing condition counts,
    /// and the later of two instants.
    public func facts(_ account: String, platform: ActorFacts?) -> ActorFacts {
        var result = platform ?? ActorFacts(account: account)
        result.registered = result.registered ?? facts.born.instant
        result.isMinor = result.isMinor || facts.flags.contains(.minor)
        result.lastDeviceChange = later(result.lastDeviceChange, facts.deviceChange.instant)
        result.lastNumberChange = later(result.lastNumberChange, seldom.numberChange.instant)
        result.reportedThreat = later(result.reportedThreat, seldom.threat.instant)
        let own = standing.count { $0.nearness == .own && $0.isRestriction }
        result.priorEnforcements = max(result.priorEnforcements, Int64(own))
        return result
    }
}

/// The later of two instants, either of which may be unknown.
func later(_ a: Instant?, _ b: Instant?) -> Instant? {
    guard let a, let b else { return a ?? b }
    return max(a, b)
}

/// An instant or none, in the room of one.
struct OptionalInstant: Sendable, Equatable {
    private var raw = Int64.min

    init(_ instant: Instant? = nil) { self.instant = instant }

    var instant: Instant? {
        get { raw == .min ? nil : Instant(milliseconds: raw) }
        set { raw = newValue.map { max($0.milliseconds, .min + 1) } ?? .min }
    }

    mutating func raise(to time: Instant?) { instant = later(instant, time) }
}

/// What is true of the subject outside any window.
struct Facts: Sendable, Equatable {
    /// Registration of an account, creation of a group or link.
    var born = OptionalInstant()
    var deviceChange = OptionalInstant()
    /// Those of `kept` that were ever seen.
    var flags: EventFlags = []

    static let kept: EventFlags = [
        .reusedDevice, .reusedNumber, .virtualNumber, .minor, .publicGroup,
    ]
}
