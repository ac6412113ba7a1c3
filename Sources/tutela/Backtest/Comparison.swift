import EventSchemas
package import SafetyModel

/// Which of the two packs.
package enum Side: UInt8, Sendable, CaseIterable {
    case baseline = 1
    case candidate = 2
}

/// One number for each pack.
package struct Pair: Hashable, Sendable {
    package var baseline = 0
    package var candidate = 0

    package init(baseline: Int = 0, candidate: Int = 0) {
        self.baseline = baseline
        self.candidate = candidate
    }

    package subscript(side: Side) -> Int {
        get { side == .baseline ? baseline : candidate }
        set { if side == .baseline { baseline = newValue } else { candidate = newValue } }
    }

    package var differs: Bool { baseline != candidate }
}

/// What is counted on a line of its own.
package enum Line: Hashable, Sendable {
    case proposals(rule: String, isShadow: Bool)
    case enforcements(Action, Mode)
    /// What lifts an earlier decision.
    case reversals
    /// Review requests about a rule's proposals.
    case reviews(rule: String)
    /// Review requests about verdicts that could not be carried out in full.
    case refusedVerdicts
    /// Proposals that found a budget spent.
    case budgetHits(rule: String)
    /// Records that could not be read, by topic and reason.
    case deadLetters(topic: String, reason: String)
}

/// Something that one of the packs led to.
package struct Fact: Sendable {
    package var line: Line
    /// The same where both packs led to the same (I5).
    package var id: ContentID
    package var subject: Subject?
    package var example: Example?

    package init(line: Line, id: ContentID, subject: Subject?, example: Example? = nil) {
        self.line = line
        self.id = id
        self.subject = subject
        self.example = example
    }
}

/// A proposal as the report shows it.
package struct Example: Hashable, Sendable {
    package var subject: Subject
    package var time: Instant
    package var actions: [Action]
    /// What the rule saw.
    package var reasons: [Reason]

    package init(subject: Subject, time: Instant, actions: [Action], reasons: [Reason]) {
        self.subject = subject
        self.time = time
        self.actions = actions
        self.reasons = reasons
    }
}

/// What two packs led to, side by side. Keeps 128 bits for each subject of a line and for each fact
/// that only one side has; the sides may be told in any order.
package struct Comparison: Sendable {
    private struct Row {
        var facts = Pair()
        /// Facts of one side only, so far.
        var unmatched: [ContentID: Side] = [:]
        /// Bits of the sides that touched it.
        var subjects: [SubjectKey: UInt8] = [:]
        var gained: [(SubjectKey, Example)] = []
        var lost: [(SubjectKey, Example)] = []
    }

    /// The most that is kept of subjects and unmatched facts, about 40 bytes each (I11).
    package let limit: Int
    private let examples: Int
    private var rows: [Line: Row] = [:]
    private var kept = 0

    /// - Parameters:
    ///   - examples: the most examples of gained and of lost subjects for each rule.
    ///   - limit: see `limit`.
    package init(examples: Int, limit: Int = 10_000_000) {
        self.examples = examples
        self.limit = limit
    }

    /// - Returns: false where no more can be kept; the comparison is of no use then.
    package mutating func add(_ fact: Fact, _ side: Side) -> Bool {
        var row = rows.removeValue(forKey: fact.line) ?? Row()
        defer { rows[fact.line] = row }
        row.facts[side] += 1
        switch row.unmatched[fact.id] {
        case nil:
            row.unmatched[fact.id] = side
            kept += 1
        case side: break
        default:
            row.unmatched[fact.id] = nil
            kept -= 1
        }
        guard let subject = fact.subject else { return kept <= limit }
        let key = SubjectKey.subject(subject)
        let touched = row.subjects[key]
        if touched == nil { kept += 1 }
        row.subjects[key] = (touched ?? 0) | side.rawValue
        if touched == nil, let example = fact.example { keep(example, key, side, &row) }
        return kept <= limit
    }

    /// Examples that a later fact of the other side may undo are kept beyond what is shown.
    private func keep(_ example: Example, _ key: SubjectKey, _ side: Side, _ row: inout Row) {
        let room = max(64, examples * 8)
        var pool = side == .candidate ? row.gained : row.lost
        if side == .candidate { row.gained = [] } else { row.lost = [] }
        if pool.count >= room { pool.removeAll { row.subjects[$0.0] != side.rawValue } }
        if pool.count < room { pool.append((key, example)) }
        if side == .candidate { row.gained = pool } else { row.lost = pool }
    }

    package var lines: [Line] { Array(rows.keys) }

    /// What came of a line.
    package func result(_ line: Line) -> LineResult {
        guard let row = rows[line] else { return LineResult() }
        var result = LineResult(facts: row.facts)
        for side in row.unmatched.values { result.oneSided[side] += 1 }
        for bits in row.subjects.values {
            if let side = Side(rawValue: bits) {
                result.oneSidedSubjects[side] += 1
            } else {
                result.sharedSubjects += 1
            }
        }
        func shown(_ pool: [(SubjectKey, Example)], _ side: Side) -> [Example] {
            let still = pool.filter { row.subjects[$0.0] == side.rawValue }.map(\.1)
            return Array(still.prefix(examples))
        }
        result.gained = shown(row.gained, .candidate)
        result.lost = shown(row.lost, .baseline)
        return result
    }
}

/// What the two packs made of one line.
package struct LineResult: Hashable, Sendable {
    package var facts = Pair()
    /// Facts that only one of them led to.
    package var oneSided = Pair()
    /// Subjects that only one of them touched: the candidate's are gained, the baseline's lost.
    package var oneSidedSubjects = Pair()
    package var sharedSubjects = 0
    package var gained: [Example] = []
    package var lost: [Example] = []

    package init(facts: Pair = Pair()) { self.facts = facts }

    package var differs: Bool { oneSided != Pair() || facts.differs }
}
