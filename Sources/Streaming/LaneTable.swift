/// The tasks that a lane holds and what they have buffered. A plain value: no log, no stage.
struct LaneTable {
    struct Slot {
        var merger: TaskMerger
        /// In rank order.
        let sources: [TopicPartition]
        /// The lane's epoch when the task was opened; what was sent before it is stale.
        let epoch: Int
        /// Offsets that the group has committed.
        var committed: [TopicPartition: Int64]
        /// Where the task stands: its start, then what was committed.
        var positions: [TopicPartition: Int64]
        /// When the open batch got its first record.
        var openSince: Duration?
        var waitingSince: Duration?
        var isStalled = false
        var paused: Set<Int> = []

        var id: TaskID { merger.task }
        var isSettled: Bool { merger.isFull || merger.isDrained }

        mutating func fill(at now: Duration?) {
            merger.fill()
            if openSince == nil, merger.stagedCount > 0 { openSince = now }
        }

        mutating func takeBatch(at now: Duration?) -> TaskBatch? {
            let batch = merger.takeBatch()
            openSince = nil
            return batch
        }
    }

    /// In order of their partitions.
    private(set) var slots: [Slot] = []
    private var places: [TopicPartition: (slot: Int, rank: Int)] = [:]
    /// Of the last chunk.
    private var arrivesInBulk = false

    var isEmpty: Bool { slots.isEmpty }
    var heldCount: Int { slots.reduce(0) { $0 + $1.merger.heldCount } }
    var heldBytes: Int { slots.reduce(0) { $0 + $1.merger.heldBytes } }
    var hasFullBatch: Bool { slots.contains { $0.merger.isFull } }
    var hasOpenBatch: Bool { slots.contains { $0.merger.stagedCount > 0 } }
    /// Every task has a full batch or nothing more to wait for.
    var isSettled: Bool { slots.allSatisfy(\.isSettled) }

    func contains(_ task: TaskID) -> Bool { slots.contains { $0.id == task } }

    mutating func insert(_ slot: Slot) {
        slots.append(slot)
        slots.sort { $0.id < $1.id }
        index()
    }

    mutating func remove(_ task: TaskID) {
        slots.removeAll { $0.id == task }
        index()
    }

    /// Tasks of which any of these partitions is a source.
    func tasks(of partitions: [TopicPartition]) -> [TaskID] {
        Set(partitions.compactMap { places[$0].map { slots[$0.slot].id } }).sorted()
    }

    private mutating func index() {
        places = [:]
        for (number, slot) in slots.enumerated() {
            for (rank, source) in slot.sources.enumerated() { places[source] = (number, rank) }
        }
    }

    // MARK: Arrivals

    /// Takes the records of a chunk; those of other tasks, or sent before `epoch`, are dropped.
    mutating func push(
        _ chunk: RecordChunk, epoch: Int, eventTime: (Record) -> Int64?
    ) throws(LogError) {
        arrivesInBulk = chunk.isBulk
        // Looked up once for each source of the chunk: hashing a name costs more than a record.
        var looked = [Bool](repeating: false, count: chunk.sources.count)
        var found = [(slot: Int, rank: Int)?](repeating: nil, count: chunk.sources.count)
        var start = 0
        while start < chunk.count {
            let source = chunk.sourceIndex(of: start)
            var end = start + 1
            while end < chunk.count, chunk.sourceIndex(of: end) == source { end += 1 }
            if !looked[source] {
                looked[source] = true
                found[source] = places[chunk.sources[source]]
            }
            if let place = found[source], slots[place.slot].epoch <= epoch {
                try slots[place.slot].merger.push(
                    chunk, start..<end, rank: place.rank, eventTime: eventTime)
            }
            start = end
        }
    }

    mutating func drained(_ source: TopicPartition, end: Int64, epoch: Int) {
        guard let place = places[source], slots[place.slot].epoch <= epoch else { return }
        slots[place.slot].merger.drained(rank: place.rank, end: end)
    }

    /// Moves what can be moved into open batches.
    mutating func fill(at now: Duration?) {
        for index in slots.indices { slots[index].fill(at: now) }
    }

    // MARK: Rounds

    /// Whether an open batch has waited for `linger`, or `patience` where more is likely to be there.
    func hasLingered(_ limits: BatchLimits, at now: Duration) -> Bool {
        slots.contains { slot in
            let isBehind = arrivesInBulk && !slot.merger.isAtEnd
            let limit = isBehind ? limits.patience : limits.linger
            return slot.openSince.map { now - $0 >= limit } ?? false
        }
    }

    /// Closes every open batch: one for each task that has records, in order of their partitions.
    mutating func takeRound(at now: Duration?) -> [TaskBatch] {
        slots.indices.compactMap { slots[$0].takeBatch(at: now) }
    }

    func committed(of tasks: [TaskID]) -> [TopicPartition: Int64] {
        slots.filter { tasks.contains($0.id) }.reduce(into: [:]) { all, slot in
            all.merge(slot.committed) { $1 }
        }
    }

    mutating func committed(_ offsets: [TopicPartition: Int64]) {
        for index in slots.indices {
            for source in slots[index].sources {
                guard let offset = offsets[source] else { continue }
                slots[index].committed[source] = offset
                slots[index].positions[source] = offset
            }
        }
    }

    // MARK: Holding back

    /// Sources to pause, when the lane holds more than it may: those over their share of it.
    mutating func sourcesToPause(over settings: LaneSettings) -> [TopicPartition] {
        let (records, bytes) = share(of: settings)
        return toggle(pausing: true) {
            $0.bufferedCount(rank: $1) > records || $0.bufferedBytes(rank: $1) > bytes
        }
    }

    /// Sources to resume: those under half of their share.
    mutating func sourcesToResume(under settings: LaneSettings) -> [TopicPartition] {
        let (records, bytes) = share(of: settings)
        return toggle(pausing: false) {
            $0.bufferedCount(rank: $1) <= records / 2 && $0.bufferedBytes(rank: $1) <= bytes / 2
        }
    }

    /// Whether the lane holds more than it may.
    func isOver(_ settings: LaneSettings) -> Bool {
        heldCount > settings.maximumBufferedRecords || heldBytes > settings.maximumBufferedBytes
    }

    private func share(of settings: LaneSettings) -> (records: Int, bytes: Int) {
        let count = max(1, places.count)
        return (
            max(1, settings.maximumBufferedRecords / count),
            max(1, settings.maximumBufferedBytes / count)
        )
    }

    private mutating func toggle(
        pausing: Bool, where condition: (TaskMerger, Int) -> Bool
    ) -> [TopicPartition] {
        var changed: [TopicPartition] = []
        for index in slots.indices {
            for rank in slots[index].sources.indices
            where slots[index].paused.contains(rank) != pausing
                && condition(slots[index].merger, rank)
            {
                if pausing {
                    slots[index].paused.insert(rank)
                } else {
                    slots[index].paused.remove(rank)
                }
                changed.append(slots[index].sources[rank])
            }
        }
        return changed
    }

    // MARK: Stalls

    /// Notes which tasks wait for a source, and tells of those that have for `limit` and of those
    /// that move again.
    mutating func stalls(longerThan limit: Duration, at now: Duration) -> [LaneObservation] {
        var observations: [LaneObservation] = []
        for index in slots.indices {
            guard let source = slots[index].merger.waitsFor else {
                if slots[index].isStalled { observations.append(.moving(slots[index].id)) }
                slots[index].waitingSince = nil
                slots[index].isStalled = false
                continue
            }
            let since = slots[index].waitingSince ?? now
            slots[index].waitingSince = since
            guard now - since >= limit else { continue }
            slots[index].isStalled = true
            observations.append(.stalled(slots[index].id, on: source, for: now - since))
        }
        return observations
    }
}
