internal import Synchronization

/// A member of a group of a `LogCore`.
final class CoreLane: LaneLog {
    /// Most of one delivery.
    static let maximumRecords = 4_096
    static let maximumBytes = 1 << 20

    private let core: LogCore
    private let group: String
    let id: Int

    init(core: LogCore, settings: LaneSettings) throws(LogError) {
        self.core = core
        group = settings.group
        id = try core.change { state throws(LogError) in
            if let failure = state.failure { throw failure }
            if let missing = settings.topics.first(where: { state.topics[$0] == nil }) {
                throw LogError(.notFound, "there is no topic \(missing)")
            }
            state.nextMember += 1
            let id = state.nextMember
            let count = state.partitions
            state.groups[settings.group, default: LogGroup()]
                .join(id, instance: settings.instance, topics: settings.topics)
            state.groups[settings.group]?.finishIfReleased(partitions: count)
            return id
        }
    }

    func next(wait: Duration) async throws(LogError) -> LaneEvent? {
        var remaining = wait
        while true {
            let (version, step) = try core.look { state throws(LogError) in
                (state.version, try take(&state))
            }
            switch step {
            case .event(let event): return event
            case .deliver(let sources, let spans):
                return .records(try core.chunk(sources: sources, spans: spans))
            case nil:
                guard remaining > .zero, !Task.isCancelled else { return nil }
                let began = ContinuousClock.now
                await core.waitForChange(since: version, atMost: remaining)
                remaining -= ContinuousClock.now - began
            }
        }
    }

    private enum Step {
        case event(LaneEvent)
        case deliver([TopicPartition], [(source: Int, spans: [JournalSpan])])
    }

    private func take(_ state: inout LogCore.State) throws(LogError) -> Step? {
        if let failure = state.failure { throw failure }
        guard var member = state.groups[group]?.members[id] else {
            throw LogError(.closed, "the member has left its group")
        }
        if let failure = member.failure { throw failure }
        defer { state.groups[group]?.members[id] = member }
        if !member.control.isEmpty {
            let event = member.control.removeFirst()
            if case .assigned = event {
                member.isAssignmentUnseen = false
                member.assignmentsSeen += 1
            }
            return .event(event)
        }
        let flowing = member.started.keys.filter { !member.paused.contains($0) }.sorted()
        guard !flowing.isEmpty else { return nil }
        if let delivery = try deliver(flowing, &member, state) { return delivery }
        for source in flowing {
            let end = try state.partition(source).end
            if member.drainedAt[source] != end {
                member.drainedAt[source] = end
                return .event(.drained(source, end: end))
            }
        }
        return nil
    }

    private func deliver(
        _ flowing: [TopicPartition], _ member: inout LogGroup.Member, _ state: LogCore.State
    ) throws(LogError) -> Step? {
        var parts: [(source: Int, spans: [JournalSpan])] = []
        var records = 0
        var bytes = 0
        for step in flowing.indices {
            guard records < Self.maximumRecords, bytes < Self.maximumBytes else { break }
            let place = (member.turn + step) % flowing.count
            let source = flowing[place]
            let partition = try state.partition(source)
            let position = member.started[source] ?? 0
            guard position >= partition.low else {
                throw LogError(
                    .outOfRange, "\(source) begins at \(partition.low), not \(position)")
            }
            var spans: [JournalSpan] = []
            var index = partition.index(of: position)
            while index < partition.spans.count, records < Self.maximumRecords,
                bytes < Self.maximumBytes
            {
                spans.append(partition.spans[index])
                bytes += partition.spans[index].count
                records += 1
                index += 1
            }
            guard let last = spans.isEmpty ? nil : partition.offsets[index - 1] else { continue }
            member.started[source] = last + 1
            parts.append((place, spans))
        }
        member.turn = (member.turn + 1) % flowing.count
        return parts.isEmpty ? nil : .deliver(flowing, parts)
    }

    func start(_ positions: [TopicPartition: Int64]) async throws(LogError) {
        try change { group in group.start(id, positions) }
    }

    func pause(_ sources: [TopicPartition]) async {
        try? change { group in group.members[id]?.paused.formUnion(sources) }
    }

    func resume(_ sources: [TopicPartition]) async {
        try? change { group in group.members[id]?.paused.subtract(sources) }
    }

    func release(_ sources: [TopicPartition]) async {
        try? change { group in group.release(id, sources) }
    }

    func committed(_ sources: [TopicPartition]) async throws(LogError) -> [TopicPartition: Int64] {
        try core.look { state throws(LogError) in
            if let failure = state.failure { throw failure }
            let offsets = state.groups[group]?.offsets ?? [:]
            return offsets.filter { sources.contains($0.key) }
        }
    }

    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult {
        core.commit(output, group: group, offsets: offsets) { state in
            guard let group = state.groups[group] else {
                return LogError(.fenced, "the group is gone")
            }
            return group.refusal(id, offsets.keys)
        }
    }

    /// Outcomes are known here; only a failed journal gives an unknown one, and it stays failed.
    func renewProducer() async throws(LogError) {
        try core.look { state throws(LogError) in
            if let failure = state.failure { throw failure }
            if let failure = state.groups[group]?.members[id]?.failure { throw failure }
        }
    }

    func close() async {
        try? change { group in group.leave(id) }
    }

    private func change(_ body: (inout LogGroup) -> Void) throws(LogError) {
        try core.change { state throws(LogError) in
            if let failure = state.failure { throw failure }
            guard var changed = state.groups[group] else { return }
            body(&changed)
            let count = state.partitions
            changed.finishIfReleased(partitions: count)
            state.groups[group] = changed
        }
    }
}
