import EventSchemas
import SafetyModel

struct SimulatedAccount {
    var id: String
    var region: Region
    var registered: Instant
    var ageBand: PBAgeBand
    var device: String
    var address: String
    var lastDeviceChange: Instant?
    var lastNumberChange: Instant?
    var threatened: Instant?
    /// The platform sends no tokens of it.
    var hidesTokens = false
    /// The platform seals what it writes.
    var sealsTexts = false
    var priorEnforcements: UInt32 = 0
    /// Deleted by its owner, or enforced: it does nothing any more.
    var isGone = false

    var subject: Subject { Subject(.account, id) }
    var deviceToken: String { hidesTokens ? "" : device }
    func isOf(_ age: Age) -> Bool {
        switch age {
        case .any: true
        case .adult: ageBand == .adult
        case .minor: isMinor
        }
    }

    var isMinor: Bool { ageBand != .adult && ageBand != .unspecified }
}

/// How old the owner of a new account is.
enum Age { case any, adult, minor }

struct SimulatedGroup {
    var id: String
    var creator: Int
    var members: [Int] = []
    var links: [Int] = []
    var isGone = false
    var name = ""

    var subject: Subject { Subject(.group, id) }
}

struct SimulatedLink {
    var id: String
    var group: Int
    var isGone = false

    var subject: Subject { Subject(.inviteLink, id) }
}

struct OpenReport {
    var reporter: Int
    /// Filed in bad faith.
    var isFalse: Bool
}

struct Region {
    var code: String
    var offsetMinutes: Int

    static let all = [
        Region(code: "DE", offsetMinutes: 60), Region(code: "BR", offsetMinutes: -180),
        Region(code: "IN", offsetMinutes: 330), Region(code: "US", offsetMinutes: -300),
        Region(code: "NG", offsetMinutes: 60), Region(code: "ID", offsetMinutes: 420),
    ]
}

/// Who and what exists on the simulated platform, and the truth about them.
struct World {
    var accounts: [SimulatedAccount] = []
    var groups: [SimulatedGroup] = []
    var links: [SimulatedLink] = []
    var truth = GroundTruth()
    /// Those whom anybody may meet, as indices by home partition; one list where people mix freely.
    /// The people and groups of incidents are none of them, so that incidents do not disturb each
    /// other.
    private var pools: [[Int]]
    private var groupPools: [[Int]]
    private var linkPools: [[Int]]
    private(set) var index: [Subject: Int] = [:]
    private let settings: SimulationSettings

    init(_ settings: SimulationSettings) {
        self.settings = settings
        let count = settings.keepsSubjectsTogether ? Int(settings.partitions) : 1
        pools = Array(repeating: [], count: count)
        groupPools = pools
        linkPools = pools
    }

    func pool(of subject: Subject) -> Int {
        guard pools.count > 1 else { return 0 }
        return Int(settings.partitioner.partition(of: subject.id.utf8, count: Int32(pools.count)))
    }

    /// An id that nobody has; with `near`, one that lives where `near` lives.
    private func newID(_ kind: SubjectKind, near: Subject?, _ random: inout SeededRandom) -> String
    {
        let wanted = near.map { pool(of: $0) }
        while true {
            let id = Self.prefix(kind) + random.bytes(6).hex
            guard index[Subject(kind, id)] == nil else { continue }
            if wanted == nil || pool(of: Subject(kind, id)) == wanted { return id }
        }
    }

    private static func prefix(_ kind: SubjectKind) -> String {
        switch kind {
        case .account: "acct-"
        case .group: "grp-"
        case .inviteLink: "lnk-"
        }
    }

    /// - Parameters:
    ///   - near: somebody in whose partition the account is to live.
    ///   - isPublic: whether it is one of those whom anybody may meet by chance.
    mutating func addAccount(
        registered: Instant, near: Subject? = nil, age: Age = .any, isPublic: Bool = true,
        _ random: inout SeededRandom
    ) -> Int {
        var account = SimulatedAccount(
            id: newID(.account, near: near, &random), region: random.pick(Region.all),
            registered: registered, ageBand: band(age, &random),
            device: "dev-" + random.bytes(8).hex,
            address: "192.0.2.\(random.below(250) + 1)")
        account.hidesTokens = random.chance(settings.withheldFacts)
        account.sealsTexts = random.chance(settings.sealedTexts)
        accounts.append(account)
        truth.accountCount += 1
        let at = accounts.count - 1
        if isPublic { pools[pool(of: account.subject)].append(at) }
        index[account.subject] = at
        return at
    }

    private func band(_ age: Age, _ random: inout SeededRandom) -> PBAgeBand {
        let young: PBAgeBand = random.chance(0.4) ? .ageBand13To15 : .ageBand16To17
        let roll = random.unit()
        return switch age {
        case .adult: .adult
        case .minor: young
        case .any:
            roll < settings.minorShare
                ? young
                : roll < settings.minorShare + settings.unknownAgeShare ? .unspecified : .adult
        }
    }

    mutating func addGroup(
        creator: Int, name: String, isPublic: Bool = true, _ random: inout SeededRandom
    ) -> Int {
        let near = settings.keepsSubjectsTogether ? accounts[creator].subject : nil
        let group = SimulatedGroup(
            id: newID(.group, near: near, &random), creator: creator, members: [creator],
            name: name)
        groups.append(group)
        let at = groups.count - 1
        if isPublic { groupPools[pool(of: group.subject)].append(at) }
        index[group.subject] = at
        return at
    }

    mutating func addLink(
        group: Int, isPublic: Bool = true, _ random: inout SeededRandom
    ) -> Int {
        let near = settings.keepsSubjectsTogether ? groups[group].subject : nil
        let link = SimulatedLink(id: newID(.inviteLink, near: near, &random), group: group)
        links.append(link)
        let at = links.count - 1
        if isPublic { linkPools[pool(of: link.subject)].append(at) }
        groups[group].links.append(at)
        index[link.subject] = at
        return at
    }

    /// Users' reports that no reviewer has answered yet, at most this many about a subject.
    private var openReports: [Subject: [OpenReport]] = [:]
    private static let maximumOpenReports = 256

    mutating func note(_ report: OpenReport, about subject: Subject) {
        if openReports[subject, default: []].count < Self.maximumOpenReports {
            openReports[subject, default: []].append(report)
        }
    }

    mutating func takeReports(about subject: Subject) -> [OpenReport] {
        openReports.removeValue(forKey: subject) ?? []
    }

    /// Somebody at random who is there; with `near`, a neighbour by partition. Nil where luck does
    /// not find one.
    func someone(
        near: Subject? = nil, age: Age = .any, _ random: inout SeededRandom
    ) -> Int? {
        choose(pools, near, tries: age == .minor ? 48 : 8, &random) {
            !accounts[$0].isGone && accounts[$0].isOf(age)
        }
    }

    func someGroup(near: Subject? = nil, _ random: inout SeededRandom) -> Int? {
        choose(groupPools, near, &random) {
            !groups[$0].isGone && !accounts[groups[$0].creator].isGone
        }
    }

    func someLink(near: Subject? = nil, _ random: inout SeededRandom) -> Int? {
        choose(linkPools, near, &random) { !links[$0].isGone && !groups[links[$0].group].isGone }
    }

    private func choose(
        _ pools: [[Int]], _ near: Subject?, tries: Int = 8, _ random: inout SeededRandom,
        where fits: (Int) -> Bool
    ) -> Int? {
        let pool =
            near.map { pools[self.pool(of: $0)] } ?? pools[random.below(pools.count)]
        guard !pool.isEmpty else { return nil }
        for _ in 0..<tries {
            let candidate = pool[random.below(pool.count)]
            if fits(candidate) { return candidate }
        }
        return nil
    }
}
