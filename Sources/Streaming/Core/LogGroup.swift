/// A consumer group: who is a member, which generation holds, who has which partitions. A value
/// without waiting: its members learn of changes through their `control` queues.
///
/// Eager: a change takes all partitions from all members; once each has let go, a new generation
/// shares them out by range.
struct LogGroup {
    struct Member {
        let instance: String?
        let topics: [String]
        /// What the member has yet to learn.
        var control: [LaneEvent] = []
        var owned: Set<TopicPartition> = []
        /// The generation that the member started with: what it commits with. It moves with
        /// `start`, never with the assignment alone, so that a round of the time before cannot pass
        /// for one of the new generation.
        var generation = 0
        var assignedGeneration = 0
        /// An answer belongs to the event with its number: one that a later event has overtaken
        /// must not pass for an answer to that.
        var assignmentsSeen = 0
        var starts = 0
        var revocations = 0
        var releases = 0
        /// Why the member is beyond use.
        var failure: LogError?
        var started: [TopicPartition: Int64] = [:]
        var paused: Set<TopicPartition> = []
        var drainedAt: [TopicPartition: Int64] = [:]
        /// Whom delivery begins with: rotates.
        var turn = 0
        /// The member has been asked to let go of all it owns.
        var isRevoked = false
        /// An assignment that the member has not seen, which can be taken back in silence.
        var isAssignmentUnseen = false
    }

    private(set) var generation = 0
    private(set) var isRebalancing = false
    var offsets: [TopicPartition: Int64] = [:]
    var members: [Int: Member] = [:]

    /// A static member takes the place of the one with its name, which is fenced.
    mutating func join(_ id: Int, instance: String?, topics: [String]) {
        if let instance {
            for (other, member) in members where member.instance == instance {
                members[other]?.failure = LogError(
                    .fenced, "another member joined as \(instance)")
                letGo(other)
            }
        }
        members[id] = Member(instance: instance, topics: topics)
        beginRebalance()
    }

    mutating func leave(_ id: Int) {
        guard let member = members.removeValue(forKey: id) else { return }
        if member.failure == nil { beginRebalance() }
    }

    /// The group gives the member up, as for a session that timed out: the member learns that its
    /// partitions are lost, and takes part in the next generation.
    mutating func expire(_ id: Int) {
        guard var member = members[id], member.failure == nil else { return }
        if !member.owned.isEmpty {
            member.control.append(.lost(member.owned.sorted()))
        }
        members[id] = member
        letGo(id)
        beginRebalance()
    }

    mutating func beginRebalance() {
        isRebalancing = true
        for id in members.keys.sorted() {
            guard let member = members[id], member.failure == nil, !member.owned.isEmpty else {
                continue
            }
            if member.isAssignmentUnseen {
                members[id]?.control.removeAll { if case .assigned = $0 { true } else { false } }
                letGo(id)
            } else if !member.isRevoked {
                members[id]?.control.append(.revoked(member.owned.sorted()))
                members[id]?.isRevoked = true
                members[id]?.revocations += 1
            }
        }
    }

    mutating func start(_ id: Int, _ positions: [TopicPartition: Int64]) {
        guard var member = members[id] else { return }
        member.starts += 1
        defer { members[id] = member }
        guard member.starts == member.assignmentsSeen, !member.isAssignmentUnseen else { return }
        member.generation = member.assignedGeneration
        for (source, position) in positions where member.owned.contains(source) {
            member.started[source] = position
            member.drainedAt[source] = nil
            member.paused.remove(source)
        }
    }

    mutating func release(_ id: Int, _ sources: [TopicPartition]) {
        members[id]?.releases += 1
        guard let member = members[id], member.isRevoked, member.releases == member.revocations
        else { return }
        members[id]?.owned.subtract(sources)
        for source in sources { members[id]?.started[source] = nil }
        if members[id]?.owned.isEmpty == true { letGo(id) }
    }

    private mutating func letGo(_ id: Int) {
        members[id]?.owned = []
        members[id]?.started = [:]
        members[id]?.paused = []
        members[id]?.isRevoked = false
        members[id]?.isAssignmentUnseen = false
    }

    /// Shares the partitions out once nobody holds any.
    mutating func finishIfReleased(partitions: (String) -> Int32) {
        let live = members.filter { $0.value.failure == nil }
        guard isRebalancing, live.allSatisfy({ $0.value.owned.isEmpty }) else { return }
        isRebalancing = false
        generation += 1
        let order = live.keys.sorted { a, b in
            (live[a]?.instance ?? "", a) < (live[b]?.instance ?? "", b)
        }
        for (place, id) in order.enumerated() {
            var share: [TopicPartition] = []
            for topic in live[id]?.topics ?? [] {
                let count = Int(partitions(topic))
                let (each, more) = (count / order.count, count % order.count)
                let start = each * place + min(place, more)
                let end = start + each + (place < more ? 1 : 0)
                share += (start..<end).map { TopicPartition(topic, Int32($0)) }
            }
            members[id]?.owned = Set(share)
            members[id]?.assignedGeneration = generation
            members[id]?.drainedAt = [:]
            members[id]?.isAssignmentUnseen = true
            members[id]?.control.append(.assigned(share.sorted()))
        }
    }

    /// Why a member may not commit these offsets; nil when it may.
    func refusal(_ id: Int, _ sources: some Sequence<TopicPartition>) -> LogError? {
        guard let member = members[id] else {
            return LogError(.fenced, "the member has left its group")
        }
        if let failure = member.failure { return failure }
        guard member.generation == generation else {
            return LogError(
                .fenced, "generation \(member.generation) was replaced by \(generation)")
        }
        if let foreign = sources.first(where: { !member.owned.contains($0) }) {
            return LogError(.fenced, "\(foreign) is not assigned to this member")
        }
        return nil
    }
}
