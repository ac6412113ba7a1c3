extension Lane {
    /// Runs one round to its end: stage, transaction, outcome.
    /// - Returns: false when a change of the assignment came between; the batches stay held, and
    ///   those of tasks that stay run again.
    func settle(_ round: [TaskBatch], _ member: any LaneLog) async throws -> Bool {
        held = round
        let offsets = Self.offsets(after: round)
        var failures = 0
        while true {
            observe(
                .roundBegan(
                    stage: configuration.settings.stage, tasks: round.count,
                    records: round.reduce(0) { $0 + $1.records.count }))
            let began = configuration.clock?.now
            let output = try await process(round)
            let processed = configuration.clock?.now
            if signal.isLossPending { return await interrupt() }
            switch try await commit(output, offsets, round, member) {
            case nil:
                await stage.publish()
                signal.noteCommitted()
                held = []
                table.committed(offsets)
                report(round, output, began, processed, retries: failures)
                return true
            case .some(let error):
                failures += 1
                await stage.discard()
                guard error.isRetriable, failures <= configuration.retries.limit else {
                    throw LaneError.aborted(error, attempts: failures)
                }
                if signal.isChangePending || signal.isStopped { return false }
                try await pause(before: failures)
            }
        }
    }

    private func process(_ round: [TaskBatch]) async throws -> OutputBatch {
        do {
            return try await stage.process(round)
        } catch {
            await stage.discard()
            throw error
        }
    }

    private func interrupt() async -> Bool {
        await stage.discard()
        return false
    }

    /// - Returns: nil when the round is committed, the reason when it certainly is not.
    /// - Throws: when this lane must not go on; the overlay is dropped.
    private func commit(
        _ output: OutputBatch, _ offsets: [TopicPartition: Int64], _ round: [TaskBatch],
        _ member: any LaneLog
    ) async throws -> LogError? {
        let name = configuration.settings.stage
        switch await member.commit(output, offsets: offsets) {
        case .committed:
            return nil
        case .aborted(let error):
            observe(.commitFailed(stage: name, outcome: "aborted", error: error))
            return error
        case .fenced(let error):
            observe(.commitFailed(stage: name, outcome: "fenced", error: error))
            await stage.discard()
            throw LaneError.fenced(error)
        case .unknown(let error):
            observe(.commitFailed(stage: name, outcome: "unknown", error: error))
            do {
                let known = try await settlement(of: round, offsets, member)
                return known == .committed ? nil : LogError(.transient, error.message)
            } catch {
                await stage.discard()
                throw error
            }
        }
    }

    private func settlement(
        of round: [TaskBatch], _ offsets: [TopicPartition: Int64], _ member: any LaneLog
    ) async throws -> Settlement {
        let sources = offsets.keys.sorted()
        try await retrying { () throws(LogError) in try await member.renewProducer() }
        let now = try await retrying { () throws(LogError) in try await member.committed(sources) }
        return try Settlement.of(
            committed: now, before: table.committed(of: round.map(\.task)), after: offsets)
    }

    /// Repeats what fails for a passing reason.
    func retrying<R>(_ body: () async throws(LogError) -> R) async throws -> R {
        var failures = 0
        while true {
            do throws(LogError) {
                return try await body()
            } catch {
                failures += 1
                guard error.isRetriable, failures <= configuration.retries.limit else {
                    throw error
                }
                try await pause(before: failures)
            }
        }
    }

    func pause(before retry: Int) async throws {
        guard let clock = configuration.clock else { return }
        try await clock.sleep(for: configuration.retries.pause(before: retry))
    }

    private static func offsets(after round: [TaskBatch]) -> [TopicPartition: Int64] {
        var offsets: [TopicPartition: Int64] = [:]
        for batch in round {
            for range in batch.ranges { offsets[range.source] = range.to }
        }
        return offsets
    }

    private func report(
        _ round: [TaskBatch], _ output: OutputBatch, _ began: Duration?, _ processed: Duration?,
        retries: Int
    ) {
        guard configuration.observer != nil else { return }
        let now = configuration.clock?.now
        func span(_ from: Duration?, _ to: Duration?) -> Duration {
            guard let from, let to else { return .zero }
            return to - from
        }
        observe(
            .round(
                RoundReport(
                    stage: configuration.settings.stage, tasks: round.count,
                    records: round.reduce(0) { $0 + $1.records.count },
                    bytes: round.reduce(0) { $0 + $1.bytes }, outputs: output.count,
                    outputBytes: output.bytes.count, processing: span(began, processed),
                    commit: span(processed, now), retries: retries)))
    }
}

extension TaskBatch {
    /// Bytes of all records.
    var bytes: Int { records.reduce(0) { $0 + $1.byteCount } }
}
