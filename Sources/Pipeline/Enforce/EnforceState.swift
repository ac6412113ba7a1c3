internal import CyberTip
internal import EventSchemas
internal import SafetyModel
internal import StateStore
internal import Streaming

/// Everything Enforce remembers, with an overlay for the open batch.
struct EnforceState: Sendable {
    private var rows = KeyedState(codec: EnforceRowCodec())
    private var decisions = EvictionQueue()
    private var held = EvictionQueue()
    /// Rows of proposals kept whole; the queue may name more, which are gone.
    private var heldCount = 0
    private var committedHeldCount = 0
    private let limits: EnforceLimits

    init(limits: EnforceLimits) { self.limits = limits }

    /// Rows of the open batch, for the changelog.
    func changes() -> ChangeSet { rows.changes() }

    mutating func publish() {
        rows.publish()
        decisions.publish()
        held.publish()
        committedHeldCount = heldCount
    }

    mutating func discard() {
        rows.discard()
        decisions.discard()
        held.discard()
        heldCount = committedHeldCount
    }

    /// Applies a record of the changelog.
    /// - Returns: false where it is no row.
    mutating func restore(_ record: Record) throws(RowError) -> Bool {
        try rows.restore(record)
    }

    /// All rows are restored: the order of forgetting follows from them.
    mutating func finishRestoring() {
        var decisions: [EvictionQueue.Item] = []
        var held: [EvictionQueue.Item] = []
        rows.forEachSorted { _, row in
            switch row {
            case .decision(let row):
                decisions.append(EvictionQueue.Item(sequence: row.sequence, origin: row.origin))
            case .held(let row):
                held.append(EvictionQueue.Item(sequence: row.sequence, origin: row.origin))
            default: break
            }
        }
        self.decisions = EvictionQueue(decisions)
        self.held = EvictionQueue(held)
        heldCount = held.count
        committedHeldCount = held.count
    }

    /// All rows in the order of their keys, for tests.
    func forEach(_ body: (EnforceRow) -> Void) { rows.forEachSorted { body($1) } }

    var rowCount: Int { rows.count }
}

/// Keys of rows.
enum RowKey {
    static func decision(_ origin: ContentID) -> StateKey { key(1) { $0.add(origin) } }
    static func enforcement(_ id: ContentID) -> StateKey { key(2) { $0.add(id) } }

    static func standing(_ subject: Subject, _ action: Action, _ mode: Mode) -> StateKey {
        key(3) {
            $0.add(.subject(subject))
            $0.add(Int64(action.rawValue))
            $0.add(Int64(mode.rawValue))
        }
    }

    static func budget(_ scope: BudgetScope) -> StateKey {
        key(4) {
            switch scope {
            case .rule(let name):
                $0.add(1)
                $0.add(name)
            case .entry(let name):
                $0.add(2)
                $0.add(name.bank)
                $0.add(name.entry)
            case .action(let action):
                $0.add(3)
                $0.add(Int64(action.rawValue))
            }
        }
    }

    static func shields(_ subject: Subject) -> StateKey { key(5) { $0.add(.subject(subject)) } }

    static func tips(_ account: Subject, _ incident: ContentID) -> StateKey {
        key(6) {
            $0.add(.subject(account))
            $0.add(incident)
        }
    }

    static func held(_ proposal: ContentID) -> StateKey { key(7) { $0.add(proposal) } }

    static func entry(_ name: EntryName) -> StateKey {
        key(8) {
            $0.add(name.bank)
            $0.add(name.entry)
        }
    }

    static let counter = key(9) { _ in }

    private static func key(_ kind: Int64, _ parts: (inout ContentHash) -> Void) -> StateKey {
        var hash = ContentHash("tutela.enforce.row.v1")
        hash.add(kind)
        parts(&hash)
        let id = hash.finish()
        return StateKey(high: id.high, low: id.low)
    }
}

/// What a budget counts.
enum BudgetScope: Hashable, Sendable {
    case rule(String)
    case entry(EntryName)
    case action(Action)
}

extension EnforceState {
    func decision(_ origin: ContentID) -> DecisionRow? {
        guard case .decision(let row) = rows.row(RowKey.decision(origin)) else { return nil }
        return row
    }

    func enforcement(_ id: ContentID) -> EnforcementRow? {
        guard case .enforcement(let row) = rows.row(RowKey.enforcement(id)) else { return nil }
        return row
    }

    func standing(_ subject: Subject, _ action: Action, _ mode: Mode) -> StandingRow {
        guard case .standing(let row) = rows.row(RowKey.standing(subject, action, mode)) else {
            return StandingRow(subject: subject, action: action, mode: mode)
        }
        return row
    }

    func budget(_ scope: BudgetScope) -> BudgetRow? {
        guard case .budget(let row) = rows.row(RowKey.budget(scope)) else { return nil }
        return row
    }

    func shields(_ subject: Subject) -> [Shield] {
        guard case .shields(let row) = rows.row(RowKey.shields(subject)) else { return [] }
        return row.shields
    }

    func tips(_ account: Subject, _ incident: ContentID) -> [TipRow.Published] {
        guard case .tips(let row) = rows.row(RowKey.tips(account, incident)) else { return [] }
        return row.tips
    }

    func held(_ proposal: ContentID) -> [UInt8]? {
        guard case .held(let row) = rows.row(RowKey.held(proposal)) else { return nil }
        return row.proposal
    }

    func entry(_ name: EntryName) -> EntryRow {
        guard case .entry(let row) = rows.row(RowKey.entry(name)) else { return EntryRow() }
        return row
    }

    mutating func set(_ row: EnforcementRow) {
        set(RowKey.enforcement(row.enforcement.id), .enforcement(row))
    }

    mutating func set(_ row: StandingRow) {
        let key = RowKey.standing(row.subject, row.action, row.mode)
        set(key, row.holders.isEmpty ? nil : .standing(row))
    }

    mutating func set(_ row: BudgetRow, for scope: BudgetScope) {
        set(RowKey.budget(scope), .budget(row))
    }

    /// Counts from nothing again.
    mutating func reset(_ scope: BudgetScope) { set(RowKey.budget(scope), nil) }

    mutating func set(_ shields: [Shield], for subject: Subject) {
        set(RowKey.shields(subject), shields.isEmpty ? nil : .shields(ShieldRow(shields: shields)))
    }

    mutating func set(_ tips: [TipRow.Published], for account: Subject, _ incident: ContentID) {
        set(RowKey.tips(account, incident), tips.isEmpty ? nil : .tips(TipRow(tips: tips)))
    }

    mutating func set(_ row: EntryRow, for name: EntryName) {
        set(RowKey.entry(name), row.isEmpty ? nil : .entry(row))
    }

    // Deleting what is not there would write a tombstone for nothing.
    private mutating func set(_ key: StateKey, _ row: EnforceRow?) {
        if row == nil, rows.row(key) == nil { return }
        rows.update(key) { $0 = row }
    }
}

extension EnforceState {
    /// Records a decision; its place in the order of forgetting is the last.
    mutating func record(_ row: DecisionRow) {
        var row = row
        row.sequence = nextSequence()
        set(RowKey.decision(row.origin), .decision(row))
        decisions.append(EvictionQueue.Item(sequence: row.sequence, origin: row.origin))
    }

    /// Rewrites a decision in its place.
    mutating func amend(_ row: DecisionRow) {
        set(RowKey.decision(row.origin), .decision(row))
    }

    /// Keeps a proposal whole; the oldest is forgotten when there are too many.
    mutating func hold(_ proposal: [UInt8], of origin: ContentID) {
        let row = HeldRow(sequence: nextSequence(), origin: origin, proposal: proposal)
        release(origin)
        set(RowKey.held(origin), .held(row))
        heldCount += 1
        held.append(EvictionQueue.Item(sequence: row.sequence, origin: origin))
        while heldCount > limits.heldProposals, let oldest = held.removeFirst() {
            guard case .held(let row) = rows.row(RowKey.held(oldest.origin)),
                row.sequence == oldest.sequence
            else { continue }
            release(oldest.origin)
        }
    }

    private mutating func release(_ origin: ContentID) {
        guard rows.row(RowKey.held(origin)) != nil else { return }
        set(RowKey.held(origin), nil)
        heldCount -= 1
    }

    /// Whether another decision of automation may be recorded.
    var hasRoom: Bool { decisions.count < limits.decisions }

    /// Forgets decisions that hold nothing and are past their time, and more while there are too
    /// many; looks at a few only, so that no batch is slow.
    mutating func forget(at now: Instant) {
        var looks = 0
        while looks < Self.looksPerDecision, let first = decisions.first {
            guard let row = decision(first.origin) else {
                _ = decisions.removeFirst()
                continue
            }
            let isOld = row.time + limits.memory <= now
            guard isOld || decisions.count >= limits.decisions else { return }
            looks += 1
            _ = decisions.removeFirst()
            if holdsSomething(row, at: now) {
                record(row)
            } else {
                remove(row, at: now)
            }
        }
    }

    private static let looksPerDecision = 4

    private func holdsSomething(_ row: DecisionRow, at now: Instant) -> Bool {
        if !row.learned.isEmpty { return true }
        for subject in row.shielded
        where shields(subject).contains(where: { $0.verdict == row.origin && $0.until > now }) {
            return true
        }
        return row.enforcements.contains { id in
            guard let row = enforcement(id), !row.isReversed else { return false }
            guard row.enforcement.action.actionClass != .protective else { return false }
            return row.enforcement.expires.map { $0 > now } ?? true
        }
    }

    private mutating func remove(_ row: DecisionRow, at now: Instant) {
        for id in row.enforcements {
            guard let enforcement = enforcement(id) else { continue }
            removeHolder(enforcement)
            if enforcement.tip != nil {
                let subject = enforcement.enforcement.subject
                let rest = tips(subject, enforcement.incident)
                    .filter { $0.tip.enforcement != id }
                set(rest, for: subject, enforcement.incident)
            }
            set(RowKey.enforcement(id), nil)
        }
        for subject in row.shielded {
            set(shields(subject).filter { $0.verdict != row.origin }, for: subject)
        }
        for name in row.entries {
            var entry = entry(name)
            if let until = entry.quarantinedUntil, until <= now {
                entry.quarantinedUntil = nil
                entry.quarantinedAt = 0
                set(entry, for: name)
            }
            if let budget = budget(.entry(name)), budget.isStale(at: now) {
                set(RowKey.budget(.entry(name)), nil)
            }
        }
        release(row.origin)
        set(RowKey.decision(row.origin), nil)
    }

    /// - Returns: the holders that are left.
    @discardableResult
    mutating func removeHolder(_ row: EnforcementRow) -> [Holder] {
        let value = row.enforcement
        var standing = standing(value.subject, value.action, value.mode)
        standing.holders.removeAll { $0.enforcement == value.id }
        set(standing)
        return standing.holders
    }

    private mutating func nextSequence() -> Int64 {
        var next: Int64 = 1
        if case .counter(let last) = rows.row(RowKey.counter) { next = last + 1 }
        set(RowKey.counter, .counter(next))
        return next
    }
}
