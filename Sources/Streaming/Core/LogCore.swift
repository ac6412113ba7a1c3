internal import Synchronization

/// A log in one process over a journal: topics, transactions, groups. In memory there is only an
/// index; record bodies stay in the journal.
package final class LogCore: Sendable {
    /// Where records of a partition lie, in offset order.
    struct Partition {
        var low: Int64 = 0
        var end: Int64 = 0
        var offsets: [Int64] = []
        var spans: [JournalSpan] = []

        /// The index of the first record at or past `offset`.
        func index(of offset: Int64) -> Int {
            var low = 0
            var high = offsets.count
            while low < high {
                let middle = (low + high) / 2
                if offsets[middle] < offset { low = middle + 1 } else { high = middle }
            }
            return low
        }

        mutating func append(_ offset: Int64, _ span: JournalSpan) {
            offsets.append(offset)
            spans.append(span)
            end = offset + 1
        }

        /// - Returns: where the records lie that are gone.
        mutating func trim(before offset: Int64) -> [JournalSpan] {
            guard offset > low else { return [] }
            let count = index(of: offset)
            let gone = Array(spans.prefix(count))
            offsets.removeFirst(count)
            spans.removeFirst(count)
            low = offset
            end = max(end, offset)
            return gone
        }
    }

    struct State {
        var topics: [String: [Partition]] = [:]
        var groups: [String: LogGroup] = [:]
        var nextMember = 0
        var version: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        var cancelled: Set<UInt64> = []
        /// Why the log is of no use any more.
        var failure: LogError?

        func partition(_ source: TopicPartition) throws(LogError) -> Partition {
            if let failure { throw failure }
            guard let partitions = topics[source.topic] else {
                throw LogError(.notFound, "there is no topic \(source.topic)")
            }
            guard source.partition >= 0, Int(source.partition) < partitions.count else {
                throw LogError(.notFound, "\(source.topic) has \(partitions.count) partitions")
            }
            return partitions[Int(source.partition)]
        }

        func has(_ source: TopicPartition) -> Bool {
            source.partition >= 0 && source.partition < partitions(of: source.topic)
        }

        func partitions(of topic: String) -> Int32 { Int32(topics[topic]?.count ?? 0) }
    }

    let state = Mutex(State())
    private let journal: any Journal
    private let clock: @Sendable () -> Int64
    /// Offsets that a transaction takes after its records in each partition it wrote to, as Kafka's
    /// control records do.
    private let gapAfterTransaction: Int64

    package init(
        journal: any Journal, clock: @escaping @Sendable () -> Int64, gapAfterTransaction: Int64 = 0
    ) {
        self.journal = journal
        self.clock = clock
        self.gapAfterTransaction = gapAfterTransaction
    }

    /// Takes over what the journal held when it was opened.
    /// - Parameter position: of the payload's first byte.
    /// - Returns: false where the entry does not fit to those before.
    package func recover(_ entry: JournalEntry, at position: Int64) -> Bool {
        state.withLock { state in
            switch entry {
            case .topic(let name, let partitions):
                guard partitions > 0, state.topics[name] == nil else { return false }
                state.topics[name] = Array(repeating: Partition(), count: Int(partitions))
            case .trim(let source, let offset):
                guard state.has(source) else { return false }
                _ = state.topics[source.topic]?[Int(source.partition)].trim(before: offset)
            case .transaction(let transaction):
                for record in transaction.records {
                    guard state.has(record.source) else { return false }
                    let span = JournalSpan(
                        position: position + record.span.position, count: record.span.count)
                    state.topics[record.source.topic]?[Int(record.source.partition)]
                        .append(record.offset, span)
                }
                if !transaction.offsets.isEmpty {
                    state.groups[transaction.group, default: LogGroup()].offsets
                        .merge(transaction.offsets) { $1 }
                }
            }
            return true
        }
    }

    package func createTopic(_ name: String, partitions: Int32) throws(LogError) {
        try change { state throws(LogError) in
            if let existing = state.topics[name] {
                guard existing.count == Int(partitions) else {
                    throw LogError(
                        .misconfigured,
                        "\(name) has \(existing.count) partitions, not \(partitions)")
                }
                return
            }
            guard partitions > 0 else {
                throw LogError(.misconfigured, "\(name) needs at least one partition")
            }
            _ = try append(JournalCodec.encode(topic: name, partitions: partitions), &state)
            state.topics[name] = Array(repeating: Partition(), count: Int(partitions))
        }
    }

    /// Deletes the records of a partition below an offset.
    package func deleteRecords(_ source: TopicPartition, before offset: Int64) throws(LogError) {
        try change { state throws(LogError) in
            let partition = try state.partition(source)
            guard offset <= partition.end else {
                throw LogError(.outOfRange, "\(source) ends at \(partition.end)")
            }
            _ = try append(JournalCodec.encode(trim: source, offset: offset), &state)
            let gone = state.topics[source.topic]?[Int(source.partition)].trim(before: offset)
            journal.release(gone ?? [])
        }
    }

    /// Leaves offsets unused, as aborted transactions do.
    package func skipOffsets(_ source: TopicPartition, count: Int64) throws(LogError) {
        try change { state throws(LogError) in
            _ = try state.partition(source)
            state.topics[source.topic]?[Int(source.partition)].end += count
        }
    }

    package func partitionCount(of topic: String) throws(LogError) -> Int32? {
        try look { state throws(LogError) in
            if let failure = state.failure { throw failure }
            return state.topics[topic].map { Int32($0.count) }
        }
    }

    package func bounds(of source: TopicPartition) throws(LogError) -> LogBounds {
        try look { state throws(LogError) in
            let partition = try state.partition(source)
            return LogBounds(low: partition.low, end: partition.end)
        }
    }

    /// The log is of no use from here on.
    package func close() {
        try? change { state throws(LogError) in
            state.failure = state.failure ?? LogError(.closed, "the log was closed")
        }
    }

    // MARK: Transactions

    /// Appends a transaction; `refusal` has the last word before anything is written.
    func commit(
        _ output: OutputBatch, group: String = "", offsets: [TopicPartition: Int64] = [:],
        refusal: (State) -> LogError? = { _ in nil }
    ) -> CommitResult {
        let (result, waiters) = state.withLock { state in
            if let failure = state.failure {
                return (CommitResult.fenced(failure), [CheckedContinuation<Void, Never>]())
            }
            if let refused = refusal(state) { return (.fenced(refused), []) }
            let result = write(output, group: group, offsets: offsets, &state)
            return (result, Self.wake(&state))
        }
        for waiter in waiters { waiter.resume() }
        return result
    }

    private func write(
        _ output: OutputBatch, group: String, offsets: [TopicPartition: Int64], _ state: inout State
    ) -> CommitResult {
        let assigned: [Int64]
        do throws(LogError) {
            assigned = try assign(output, state)
        } catch {
            return .aborted(error)
        }
        let (payload, spans) = JournalCodec.encode(
            output, assigned: assigned, now: clock(), group: group, offsets: offsets)
        let position: Int64
        do throws(JournalFailure) {
            position = try journal.append(payload, records: output.count)
        } catch {
            switch error {
            case .undone(let error):
                return .aborted(error)
            case .unknown(let error):
                state.failure = error
                return .unknown(error)
            }
        }
        index(output, assigned, spans, at: position, &state)
        if !offsets.isEmpty {
            state.groups[group, default: LogGroup()].offsets.merge(offsets) { $1 }
        }
        return .committed
    }

    /// The offset of each record.
    private func assign(_ output: OutputBatch, _ state: State) throws(LogError) -> [Int64] {
        var ends: [[Int64]] = []
        for topic in output.topics {
            guard let partitions = state.topics[topic] else {
                throw LogError(.notFound, "there is no topic \(topic)")
            }
            ends.append(partitions.map(\.end))
        }
        var assigned: [Int64] = []
        assigned.reserveCapacity(output.count)
        for entry in output.entries {
            let partition = Int(entry.partition)
            guard ends[entry.topic].indices.contains(partition) else {
                throw LogError(
                    .notFound,
                    "\(output.topics[entry.topic]) has \(ends[entry.topic].count) partitions")
            }
            assigned.append(ends[entry.topic][partition])
            ends[entry.topic][partition] += 1
        }
        return assigned
    }

    private func index(
        _ output: OutputBatch, _ assigned: [Int64], _ spans: [JournalSpan], at position: Int64,
        _ state: inout State
    ) {
        var topics = output.topics.map { state.topics.removeValue(forKey: $0) ?? [] }
        var touched = Set<[Int]>()
        for (number, entry) in output.entries.enumerated() {
            let span = JournalSpan(
                position: position + spans[number].position, count: spans[number].count)
            topics[entry.topic][Int(entry.partition)].append(assigned[number], span)
            if gapAfterTransaction > 0 { touched.insert([entry.topic, Int(entry.partition)]) }
        }
        for place in touched { topics[place[0]][place[1]].end += gapAfterTransaction }
        for (name, partitions) in zip(output.topics, topics) { state.topics[name] = partitions }
    }

    private func append(_ payload: [UInt8], _ state: inout State) throws(LogError) -> Int64 {
        if let failure = state.failure { throw failure }
        do throws(JournalFailure) {
            return try journal.append(payload, records: 0)
        } catch {
            switch error {
            case .undone(let error):
                throw error
            case .unknown(let error):
                state.failure = error
                throw error
            }
        }
    }

    // MARK: Reading

    /// Bodies, read without the lock.
    func chunk(
        sources: [TopicPartition], spans: [(source: Int, spans: [JournalSpan])]
    ) throws(LogError) -> RecordChunk {
        let bytes = spans.reduce(0) { $0 + $1.spans.reduce(0) { $0 + $1.count } }
        var builder = RecordChunkBuilder(sources: sources, reserving: bytes)
        for part in spans {
            try journal.read(part.spans) { record in
                JournalCodec.append(record, source: part.source, to: &builder)
            }
        }
        return builder.finish()
    }
}
