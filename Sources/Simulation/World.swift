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
    var priorEnforcements: UInt32 = 0
    /// Deleted by its owner, or enforced: it does nothing any more.
    var isGone = false

    var subject: Subject { Subject(.account, id) }
    var isMinor: Bool { ageBand != .adult && ageBand != .unspecified }
}

struct SimulatedGroup {
    var id: String
    var creator: Int
    var members: [Int] = []
    var links: [Int] = []
    var isGone = false
    /// Keyed sketch of its name: near copies share most values.
    var sketch: [UInt64] = []

    var subject: Subject { Subject(.group, id) }
}

struct SimulatedLink {
    var id: String
    var group: Int
    var isGone = false

    var subject: Subject { Subject(.inviteLink, id) }
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
    /// Indices by home partition; one list where people mix freely.
    private var pools: [[Int]]
    private var groupPools: [[Int]]
    private var linkPools: [[Int]]
    private(set) var index: [Subject: Int] = [:]
    private let settings: SimulationSettings
    private var nextNumber = 1

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
    private mutating func newID(_ prefix: String, near: Subject?) -> String {
        let wanted = near.map { pool(of: $0) }
        while true {
            let digits = String(nextNumber)
            let zeros = String(repeating: "0", count: max(0, 7 - digits.utf8.count))
            nextNumber += 1
            let id = prefix + zeros + digits
            if wanted == nil || pool(of: Subject(.account, id)) == wanted { return id }
        }
    }

    mutating func addAccount(
        registered: Instant, near: Subject? = nil, device: String? = nil, adult: Bool = false,
        _ random: inout SeededRandom
    ) -> Int {
        let roll = random.unit()
        let band: PBAgeBand =
            adult || roll < 0.75 ? .adult : roll < 0.85 ? .unspecified : .ageBand16To17
        let account = SimulatedAccount(
            id: newID("acct-", near: near), region: random.pick(Region.all),
            registered: registered, ageBand: band,
            device: device ?? "dev-" + random.bytes(8).hex,
            address: "192.0.2.\(random.below(250) + 1)")
        accounts.append(account)
        let at = accounts.count - 1
        pools[pool(of: account.subject)].append(at)
        index[account.subject] = at
        return at
    }

    mutating func addGroup(creator: Int, sketch: [UInt64]) -> Int {
        let near = settings.keepsSubjectsTogether ? accounts[creator].subject : nil
        let group = SimulatedGroup(
            id: newID("grp-", near: near), creator: creator, members: [creator], sketch: sketch)
        groups.append(group)
        let at = groups.count - 1
        groupPools[pool(of: group.subject)].append(at)
        index[group.subject] = at
        return at
    }

    mutating func addLink(group: Int) -> Int {
        let near = settings.keepsSubjectsTogether ? groups[group].subject : nil
        let link = SimulatedLink(id: newID("lnk-", near: near), group: group)
        links.append(link)
        let at = links.count - 1
        linkPools[pool(of: link.subject)].append(at)
        groups[group].links.append(at)
        index[link.subject] = at
        return at
    }

    /// Somebody at random who is there; with `near`, a neighbour by partition.
    func someone(near: Subject? = nil, _ random: inout SeededRandom) -> Int? {
        choose(pools, near, &random) { !accounts[$0].isGone }
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
        _ pools: [[Int]], _ near: Subject?, _ random: inout SeededRandom, where fits: (Int) -> Bool
    ) -> Int? {
        let pool =
            near.map { pools[self.pool(of: $0)] } ?? pools[random.below(pools.count)]
        guard !pool.isEmpty else { return nil }
        for _ in 0..<8 {
            let candidate = pool[random.below(pool.count)]
            if fits(candidate) { return candidate }
        }
        return nil
    }
}
