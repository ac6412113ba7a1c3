/// The reference log: topics, transactions and groups in memory.
public final class MemoryLog: EventLog {
    private let core: LogCore

    /// - Parameters:
    ///   - gapAfterTransaction: offsets that a transaction takes after its records in each
    ///     partition it wrote to; 1 is what Kafka does.
    ///   - letsGoOfDeleted: gives the memory of deleted records back; who reads them meanwhile
    ///     fails with `outOfRange`.
    ///   - clock: time stamps for records without one, Unix milliseconds.
    public init(
        gapAfterTransaction: Int64 = 0, letsGoOfDeleted: Bool = false,
        clock: @escaping @Sendable () -> Int64
    ) {
        core = LogCore(
            journal: MemoryJournal(letsGo: letsGoOfDeleted), clock: clock,
            gapAfterTransaction: gapAfterTransaction)
    }

    /// Creates a topic; does nothing where it exists with as many partitions.
    /// - Throws: `misconfigured` where it exists with another number of partitions.
    public func createTopic(_ name: String, partitions: Int32) throws(LogError) {
        try core.createTopic(name, partitions: partitions)
    }

    /// Deletes the records of a partition below an offset, as retention does.
    public func deleteRecords(_ source: TopicPartition, before offset: Int64) throws(LogError) {
        try core.deleteRecords(source, before: offset)
    }

    /// Leaves offsets unused, as aborted transactions do.
    public func skipOffsets(_ source: TopicPartition, count: Int64) throws(LogError) {
        try core.skipOffsets(source, count: count)
    }

    /// The committed offsets of a group.
    public func committed(group: String) throws(LogError) -> [TopicPartition: Int64] {
        try core.committed(group: group)
    }

    /// Takes all partitions from all members of a group and shares them out again.
    public func rebalance(group: String) { core.rebalance(group: group) }

    /// Makes members lose their partitions at once, as a session that times out does.
    /// - Parameter instance: the static member; nil for the dynamic ones.
    public func expire(group: String, instance: String?) {
        core.expire(group: group, instance: instance)
    }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try core.partitionCount(of: topic)
    }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try core.bounds(of: source)
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        try core.openLane(settings)
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        try core.openReader(source, from: from, follow: follow)
    }

    public func openWriter() async throws(LogError) -> any LogWriter { core.openWriter() }
}

extension LogCore {
    package func openLane(_ settings: LaneSettings) throws(LogError) -> any LaneLog {
        try CoreLane(core: self, settings: settings)
    }

    package func openReader(
        _ source: TopicPartition, from: Int64, follow: Bool
    ) throws(LogError) -> any LogReader {
        try CoreReader(core: self, source: source, from: from, follow: follow)
    }

    package func openWriter() -> any LogWriter { CoreWriter(core: self) }

    package func committed(group: String) throws(LogError) -> [TopicPartition: Int64] {
        try look { state throws(LogError) in
            if let failure = state.failure { throw failure }
            return state.groups[group]?.offsets ?? [:]
        }
    }

    func rebalance(group: String) {
        update(group) { $0.beginRebalance() }
    }

    func expire(group: String, instance: String?) {
        update(group) { group in
            for id in group.members.keys.sorted() where group.members[id]?.instance == instance {
                group.expire(id)
            }
        }
    }

    private func update(_ name: String, _ body: (inout LogGroup) -> Void) {
        try? change { state throws(LogError) in
            guard var group = state.groups[name] else { return }
            body(&group)
            let count = state.partitions
            group.finishIfReleased(partitions: count)
            state.groups[name] = group
        }
    }
}
