extension Lane {
    /// Opens the tasks that are new and begins their delivery. Stops half-way when the assignment
    /// changes again meanwhile: the next event closes what was opened.
    func assigned(_ partitions: [TopicPartition], _ member: any LaneLog) async throws {
        let tasks = try copartitioned(partitions)
        await drop(table.slots.map(\.id).filter { tasks[$0] == nil })
        var starts: [TopicPartition: Int64] = [:]
        for task in tasks.keys.sorted() where !table.contains(task) {
            if signal.isMoreThanOneChangePending { break }
            let slot = try await open(task, tasks[task] ?? [], member)
            table.insert(slot.0)
            starts.merge(slot.1) { $1 }
        }
        try await member.start(starts)
    }

    /// Gives up tasks without committing anything of theirs.
    func drop(_ tasks: [TaskID]) async {
        guard !tasks.isEmpty else { return }
        held.removeAll { tasks.contains($0.task) }
        for task in tasks {
            table.remove(task)
            await stage.close(task)
            observe(.closed(task))
        }
    }

    private func copartitioned(
        _ partitions: [TopicPartition]
    ) throws(LaneError) -> [TaskID: [TopicPartition]] {
        let settings = configuration.settings
        let given = Set(partitions)
        var tasks: [TaskID: [TopicPartition]] = [:]
        for partition in Set(partitions.map(\.partition)).sorted() {
            let task = TaskID(stage: settings.stage, partition: partition)
            let sources = settings.topics.map { TopicPartition($0, partition) }
            if let missing = sources.first(where: { !given.contains($0) }) {
                throw .notCopartitioned(task, missing: missing)
            }
            tasks[task] = sources
        }
        return tasks
    }

    /// Where the state is ahead of the offsets, a commit of the task's last owner may be settling
    /// between the two readings, on a broker that does not hold its answer back until it has: read
    /// again before it counts.
    private func open(
        _ task: TaskID, _ sources: [TopicPartition], _ member: any LaneLog
    ) async throws -> (LaneTable.Slot, [TopicPartition: Int64]) {
        observe(.opening(task))
        let began = configuration.clock?.now ?? .zero
        var failures = 0
        while true {
            do {
                let opened = try await restore(task, sources, member)
                observe(.opened(task, took: (configuration.clock?.now ?? .zero) - began))
                return opened
            } catch {
                await stage.close(task)
                failures += 1
                guard let refused = error as? StartError, refused.mayPass,
                    failures <= configuration.retries.limit
                else { throw error }
                try await pause(before: failures)
            }
        }
    }

    /// Committed offsets come first: once they are stable, no transaction of an earlier owner can
    /// add to the state topic behind the reader's back.
    private func restore(
        _ task: TaskID, _ sources: [TopicPartition], _ member: any LaneLog
    ) async throws -> (LaneTable.Slot, [TopicPartition: Int64]) {
        let committed = try await retrying { () throws(LogError) in
            try await member.committed(sources)
        }
        let meta = try await stage.open(task)
        var bounds: [TopicPartition: LogBounds] = [:]
        for source in sources {
            bounds[source] = try await retrying { () throws(LogError) in
                try await log.bounds(of: source)
            }
        }
        let plan = try StartPlan.resolve(
            task: task, sources: sources, meta: meta, committed: committed, bounds: bounds)
        if case .genesis(let positions) = plan { try await stage.begin(task, at: positions) }
        let positions = plan.positions
        let merger = TaskMerger(
            task: task, positions: sources.map { ($0, positions[$0] ?? 0) },
            limits: configuration.limits)
        let slot = LaneTable.Slot(
            merger: merger, sources: sources, epoch: epoch, committed: committed,
            positions: positions)
        return (slot, positions)
    }
}
