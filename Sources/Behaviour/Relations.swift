public import SafetyModel

/// How one subject is tied to another of its own will: never by being added or contacted. Raw
/// values are in stored state: append only.
public enum Tie: UInt8, Sendable, CaseIterable {
    /// Of a group or link: the account that created it.
    case creator = 1
    /// Of a group: an account with admin rights.
    case administrator
    case createdGroup, administeredGroup, createdLink
    /// Of an account: a group it joined by link.
    case joinedGroup
    /// Of a group: a link that leads to it.
    case link
    /// Of a link: where it leads.
    case group
    /// Of a group: an account that joined of its own will, one of a sample.
    case member

    /// The other end.
    public var kind: SubjectKind {
        switch self {
        case .creator, .administrator, .member: .account
        case .createdGroup, .administeredGroup, .joinedGroup, .group: .group
        case .createdLink, .link: .inviteLink
        }
    }

    /// The most that are remembered (I11); past it the oldest is forgotten, of members the one with
    /// the largest mark, whenever each of them joined. Who leaves is removed, and nobody who was passed
    /// over before takes the place.
    public var limit: Int { self == .creator || self == .group ? 1 : 16 }
}

/// A tie and its other end.
public struct Relation: Hashable, Sendable {
    /// How they are tied.
    public var tie: Tie
    /// The id of the other end; its kind is the tie's.
    public var id: String
    /// Event time of the signal that told.
    public var since: Instant

    /// The other end.
    public var subject: Subject { Subject(tie.kind, id) }

    init(tie: Tie, id: String, since: Instant) {
        self.tie = tie
        self.id = id
        self.since = since
    }
}

/// A bounded list of voluntary ties.
struct Relations: Sendable, Equatable {
    /// Ascending by tie and id.
    private(set) var all: [Relation] = []

    init() {}

    /// - Returns: nil where they do not ascend.
    init?(_ relations: [Relation]) {
        for (a, b) in zip(relations, relations.dropFirst()) where !Self.precedes(a, b) {
            return nil
        }
        all = relations
    }

    static func precedes(_ a: Relation, _ b: Relation) -> Bool {
        a.tie == b.tie ? a.id < b.id : a.tie.rawValue < b.tie.rawValue
    }

    mutating func add(_ tie: Tie, _ subject: Subject?, at time: Instant) {
        guard let subject, subject.kind == tie.kind else { return }
        let new = Relation(tie: tie, id: subject.id, since: time)
        guard !all.contains(where: { $0.tie == tie && $0.id == new.id }) else { return }
        let same = all.indices.filter { all[$0].tie == tie }
        if same.count >= tie.limit, tie == .member {
            let marks = same.map { all[$0].subject.mark }
            guard let largest = marks.max(), subject.mark < largest,
                let last = marks.firstIndex(of: largest)
            else { return }
            all.remove(at: same[last])
        } else if same.count >= tie.limit {
            // The creator and the group of a link are what they were first said to be.
            guard tie.limit > 1,
                let oldest = same.min(by: { all[$0].since < all[$1].since }),
                all[oldest].since < time
            else { return }
            all.remove(at: oldest)
        }
        // No larger than what it holds: there are a million rows.
        all.reserveCapacity(all.count + 1)
        all.insert(new, at: all.firstIndex { Self.precedes(new, $0) } ?? all.count)
    }

    mutating func remove(_ tie: Tie, _ subject: Subject?) {
        guard let subject else { return }
        all.removeAll { $0.tie == tie && $0.id == subject.id }
    }

    func has(_ ties: [Tie], _ subject: Subject) -> Bool {
        all.contains { ties.contains($0.tie) && $0.id == subject.id && $0.tie.kind == subject.kind }
    }
}
