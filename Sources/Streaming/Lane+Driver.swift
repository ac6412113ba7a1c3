extension Lane {
    /// The child that reads ahead. A failure of the log is an arrival like any other.
    static func readAhead(
        _ member: any LaneLog, _ inbox: BoundedChannel<Arrival>, _ signal: LaneSignal,
        wait: Duration
    ) async {
        var epoch = 0
        while !Task.isCancelled, !signal.isStopped {
            do throws(LogError) {
                guard let event = try await member.next(wait: wait) else {
                    if inbox.count == 0 { _ = inbox.offer(Arrival(event: nil, epoch: epoch)) }
                    continue
                }
                signal.noteComing(event)
                switch event {
                case .revoked, .lost: epoch += 1
                case .assigned, .records, .drained: break
                }
                guard await deliver(Arrival(event: .success(event), epoch: epoch), inbox) else {
                    return
                }
            } catch {
                _ = await deliver(Arrival(event: .failure(error), epoch: epoch), inbox)
                return
            }
        }
    }

    private static func deliver(_ arrival: Arrival, _ inbox: BoundedChannel<Arrival>) async -> Bool
    {
        do { return try await inbox.send(arrival) } catch { return false }
    }

    /// The driver of `run`.
    func drive(_ member: any LaneLog) async throws {
        while !signal.isStopped {
            try Task.checkCancellation()
            while !table.hasFullBatch, let arrival = inbox.tryReceive() {
                try await take(arrival, member)
            }
            table.fill(at: configuration.clock?.now)
            reportStalls()
            if !signal.isChangePending, isRoundDue {
                let round = held.isEmpty ? table.takeRound(at: configuration.clock?.now) : held
                _ = try await settle(round, member)
                await resumeSources(member)
                continue
            }
            if table.isOver(configuration.settings) { await pauseSources(member) }
            guard let arrival = try await inbox.receive() else { return }
            try await take(arrival, member)
            table.fill(at: configuration.clock?.now)
        }
    }

    private var isRoundDue: Bool {
        if !held.isEmpty { return true }
        guard table.hasOpenBatch else { return false }
        if table.hasFullBatch { return true }
        if table.isOver(configuration.settings) { return true }
        guard let clock = configuration.clock else { return table.isSettled }
        return table.hasLingered(configuration.limits, at: clock.now)
    }

    private func take(_ arrival: Arrival, _ member: any LaneLog) async throws {
        guard let event = arrival.event else { return }
        let received = try event.get()
        defer { signal.noteHandled(received) }
        epoch = arrival.epoch
        try await handle(received, member)
    }

    /// The lock-step run's reading: everything the log has, as far as the bounds allow, until each
    /// task has a full batch or nothing left.
    func gather(_ member: any LaneLog) async throws {
        while true {
            while let event = try await member.next(wait: .zero) {
                switch event {
                case .revoked, .lost: epoch += 1
                case .assigned, .records, .drained: break
                }
                try await handle(event, member)
                if table.isOver(configuration.settings) { await pauseSources(member) }
            }
            table.fill(at: nil)
            if table.isSettled { return }
            guard await resumeSources(member) else {
                let waiting = table.slots.first { !$0.isSettled }
                throw LaneError.starved(
                    waiting.map { "\($0.id) for \($0.merger.waitsFor ?? $0.sources[0])" } ?? "")
            }
        }
    }

    func handle(_ event: LaneEvent, _ member: any LaneLog) async throws {
        switch event {
        case .records(let chunk):
            try table.push(chunk, epoch: epoch, eventTime: configuration.eventTime)
            observe(
                .received(
                    stage: configuration.settings.stage, records: chunk.count,
                    bytes: chunk.byteCount))
        case .drained(let source, let end):
            table.drained(source, end: end, epoch: epoch)
        case .assigned(let partitions):
            try await assigned(partitions, member)
        case .revoked(let partitions):
            await drop(table.tasks(of: partitions))
            await member.release(partitions)
        case .lost(let partitions):
            await drop(table.tasks(of: partitions))
        }
    }

    private func pauseSources(_ member: any LaneLog) async {
        let sources = table.sourcesToPause(over: configuration.settings)
        if !sources.isEmpty { await member.pause(sources) }
    }

    /// - Returns: whether any source was resumed.
    @discardableResult
    private func resumeSources(_ member: any LaneLog) async -> Bool {
        let sources = table.sourcesToResume(under: configuration.settings)
        if !sources.isEmpty { await member.resume(sources) }
        return !sources.isEmpty
    }

    private func reportStalls() {
        guard let clock = configuration.clock, configuration.observer != nil else { return }
        let now = clock.now
        guard now - lastStallCheck >= .seconds(1) else { return }
        lastStallCheck = now
        for observation in table.stalls(longerThan: .seconds(5), at: now) { observe(observation) }
    }

    /// Tells how far each source's end is ahead of what was committed. A source that cannot be
    /// asked is left out: this serves metrics alone.
    func reportLag(clock: any LaneClock, observer: any LaneObserver) async throws {
        while true {
            for (source, position) in positions {
                guard let bounds = try? await log.bounds(of: source) else { continue }
                observer.observe(.lag(source, records: max(0, bounds.end - position)))
            }
            try await clock.sleep(for: .seconds(positions.isEmpty ? 1 : 10))
        }
    }

    /// The next offset of each source.
    private var positions: [(TopicPartition, Int64)] {
        table.slots.flatMap { slot in
            slot.sources.enumerated().compactMap { rank, source in
                slot.positions[source].map { (source, slot.merger.standing(rank: rank, at: $0)) }
            }
        }
    }
}
