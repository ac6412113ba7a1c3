public import CyberTip
public import SafetyModel

/// What decides in Enforce, beside proposals, verdicts and bank (I3). A pack cannot widen any of it.
public struct EnforceSettings: Hashable, Sendable {
    /// The kill switch: Enforce does not run, and its input waits. Assess goes on (I14).
    public var isStopped = false
    /// Which matches count as a key (I7).
    public var evidence = EvidenceSettings()
    /// How far Enforce may go (I14).
    public var modes = ModeTable()
    /// How much automation may do (I8).
    public var budgets = BudgetSettings()
    /// Whose verdicts count.
    public var verdictKeys: [VerdictKey] = []
    /// How tips are made.
    public var tips = TipSettings()

    /// How long an action lasts that rests on behaviour alone, and every suspension by automation.
    public var friction: TimeSpan = .hours(72)
    /// What behaviour alone may do by itself; everything else goes to review.
    public var frictionActions: Set<Action> = [
        .limitGroupAdds, .limitInvites, .limitForwarding, .delistInviteLink,
    ]
    /// A device or number change this recent forces the role unknown (I13).
    public var recentChange: TimeSpan = .days(14)
    /// The account's own report of being threatened counts this long (I13).
    public var recentThreat: TimeSpan = .days(180)
    /// How long a verdict shields what it considered (I9); a verdict's own end comes first.
    public var shield: TimeSpan = .days(365)
    /// How long a flooding hash entry stays in quarantine.
    public var quarantine: TimeSpan = .days(7)
    /// How soon a human should answer, by harm.
    public var deadlines = DeadlineSettings()
    /// The bank that verdicts teach; only it is written to.
    public var learnedBank = "learned"
    /// How much is remembered (I11).
    public var limits = EnforceLimits()

    /// The defaults observe and enforce nothing.
    public init() {}

    /// The mode for an action in a region.
    public func mode(of action: Action, in region: String) -> Mode {
        modes.mode(of: action, in: region)
    }
}

/// Enforce's own idea of what is conclusive.
public struct EvidenceSettings: Hashable, Sendable {
    /// Banks whose exact `csam` matches are conclusive; empty for none.
    public var conclusiveBanks: Set<String> = []

    /// No bank is conclusive.
    public init() {}
}

/// Modes per region and action. The most specific entry wins: region and action, then action, then
/// region, then the standard.
public struct ModeTable: Hashable, Sendable {
    /// One line of the table.
    public struct Entry: Hashable, Sendable {
        /// ISO 3166-1 alpha-2; nil for every region.
        public var region: String?
        /// nil for every action.
        public var action: Action?
        /// How far Enforce may go.
        public var mode: Mode

        /// Makes a line of the table.
        public init(region: String? = nil, action: Action? = nil, mode: Mode) {
            self.region = region
            self.action = action
            self.mode = mode
        }
    }

    /// Where no entry fits.
    public var standard: Mode = .observe
    /// At most one for each pair of region and action.
    public var entries: [Entry] = []

    /// Observes everywhere.
    public init() {}

    /// - Parameter standard: the mode where no entry fits.
    public init(standard: Mode, entries: [Entry] = []) {
        self.standard = standard
        self.entries = entries
    }

    func mode(of action: Action, in region: String) -> Mode {
        var best = (rank: 0, mode: standard)
        for entry in entries {
            if let wanted = entry.region, wanted != region { continue }
            if let wanted = entry.action, wanted != action { continue }
            let rank = (entry.region == nil ? 0 : 1) + (entry.action == nil ? 0 : 2)
            if rank > best.rank || (rank == 0 && best.rank == 0) { best = (rank, entry.mode) }
        }
        return best.mode
    }
}

/// Budgets of automation, counted in log time (I8). A rule's own budget comes with its proposals.
public struct BudgetSettings: Hashable, Sendable {
    /// How many proposals may act on one hash entry in a period; past it the entry is quarantined.
    public var entry = Budget(period: .days(1), limit: 100)
    /// For actions that `actions` does not name.
    public var action = Budget(period: .days(1), limit: 10_000)
    /// By action.
    public var actions: [Action: Budget] = [
        .banAccount: Budget(period: .days(1), limit: 500),
        .reportCyberTip: Budget(period: .days(1), limit: 500),
        .suspendAccount: Budget(period: .days(1), limit: 1_000),
        .disableGroup: Budget(period: .days(1), limit: 1_000),
    ]

    /// The defaults above.
    public init() {}

    func budget(of action: Action) -> Budget { actions[action] ?? self.action }
}

/// A reviewer's public key.
public struct VerdictKey: Hashable, Sendable {
    /// The key's name, as verdicts cite it.
    public var id: String
    /// The only reviewer whose verdicts it signs.
    public var reviewer: String
    /// Ed25519, 32 bytes.
    public var publicKey: [UInt8]

    /// Makes a key; `EnforceSettings.validate()` checks it.
    public init(id: String, reviewer: String, publicKey: [UInt8]) {
        self.id = id
        self.reviewer = reviewer
        self.publicKey = publicKey
    }
}

/// How soon a human should answer a review request.
public struct DeadlineSettings: Hashable, Sendable {
    /// For imminent danger.
    public var imminent: TimeSpan = .hours(1)
    /// For sextortion.
    public var sextortion: TimeSpan = .hours(4)
    /// For csam.
    public var csam: TimeSpan = .hours(24)
    /// For enticement.
    public var enticement: TimeSpan = .hours(24)
    /// For trafficking.
    public var trafficking: TimeSpan = .hours(24)

    /// The defaults above.
    public init() {}

    /// The time to answer for a harm.
    public func deadline(of harm: Harm) -> TimeSpan {
        switch harm {
        case .imminent: imminent
        case .sextortion: sextortion
        case .csam: csam
        case .enticement: enticement
        case .trafficking: trafficking
        }
    }
}

/// Limits of Enforce's memory (I11).
public struct EnforceLimits: Hashable, Sendable {
    /// Decisions remembered. The oldest that hold nothing are forgotten first; when all hold
    /// something, automation stops and everything goes to review.
    public var decisions = 1_000_000
    /// How long a decision that holds nothing is remembered, to know its proposal again.
    public var memory: TimeSpan = .days(90)
    /// Proposals kept whole for the tips that verdicts ask for.
    public var heldProposals = 20_000
    /// Verdicts' shields kept for one subject; the oldest goes first.
    public var shields = 8
    /// Pieces of evidence remembered for a decision or a shield.
    public var evidenceKeys = 64
    /// Decisions that may hold one action on one subject; the oldest goes first.
    public var holders = 64

    /// The defaults above.
    public init() {}
}
