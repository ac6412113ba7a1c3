public import SafetyModel

/// An enforcement that stands against the subject, or against one tied to it.
public struct Standing: Hashable, Sendable {
    /// The enforcement's id; its reversal names the same.
    public var decision: ContentID
    /// What was done; nil where the feedback does not say.
    public var action: Action?
    /// Event time of the feedback.
    public var time: Instant
    /// How often the feedback had travelled when it came.
    public var hops: UInt8
    /// Whom it is against.
    public var nearness: Nearness
    /// Who told: the enforced subject itself, or one on the way from it; nil where it is the own.
    public var teller: Subject?
    /// Of a group that is or told of it: the sketch of its name then; 0 where none is known.
    public var name: UInt64 = 0
    /// Whom this was passed on to, so that a reversal reaches the same.
    public var told: [Subject]
    /// Of an account, where `teller` is a group: the ids of groups that it came to since, which
    /// were told so.
    public var joined: [String] = []

    /// The most groups in `joined` (I11); the newest are remembered, an older one is told that the
    /// account counts there no more.
    static let maximumJoined = 8
}

/// Whom an enforcement is against, as its neighbour sees it. Raw values are in stored state.
public enum Nearness: UInt8, Sendable {
    /// The subject itself.
    case own = 0
    /// What the subject created, administers or leads to, or who does so with it.
    case close = 1
    /// Somebody who merely joined it.
    case loose = 2
}

/// The feedback that has not been taken back.
struct Feedback: Sendable, Equatable {
    /// The most that are remembered (I11): the furthest and then the oldest give way.
    static let limit = 16

    /// In order of arrival.
    private(set) var all: [Standing] = []

    init() {}

    init(_ all: [Standing]) { self.all = all }

    /// Of a decision that is known already, the shorter way counts.
    mutating func add(_ standing: Standing) {
        let joined = joined(from: standing.teller)
        if let index = all.firstIndex(where: { $0.decision == standing.decision }) {
            guard standing.hops < all[index].hops else { return }
            all[index].hops = standing.hops
            all[index].nearness = standing.nearness
            all[index].teller = standing.teller
            all[index].name = standing.name
            all[index].joined = joined
            return
        }
        all.append(standing)
        all[all.count - 1].joined = joined
        guard all.count > Self.limit,
            let weakest = all.indices.min(by: {
                (all[$1].hops, all[$0].time) < (all[$0].hops, all[$1].time)
            })
        else { return }
        all.remove(at: weakest)
    }

    /// - Returns: what stood; nil where nothing did.
    mutating func withdraw(_ decision: ContentID) -> Standing? {
        guard let index = all.firstIndex(where: { $0.decision == decision }) else { return nil }
        return all.remove(at: index)
    }

    mutating func setTold(_ subjects: [Subject], of decision: ContentID) {
        guard let index = all.firstIndex(where: { $0.decision == decision }) else { return }
        all[index].told = subjects
    }

    /// What came from one teller remembers the same, so that the last to be taken back tells them.
    private func joined(from teller: Subject?) -> [String] {
        guard let teller else { return [] }
        return all.first { $0.teller == teller }?.joined ?? []
    }

    /// - Returns: the group that is forgotten for it; nil where none is.
    mutating func addJoined(_ group: String, from teller: Subject) -> String? {
        var joined = joined(from: teller)
        guard !joined.contains(group) else { return nil }
        let forgotten = joined.count == Standing.maximumJoined ? joined.removeFirst() : nil
        joined.append(group)
        for index in all.indices where all[index].teller == teller { all[index].joined = joined }
        return forgotten
    }
}
