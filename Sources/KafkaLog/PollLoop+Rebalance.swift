import CRdkafka
import Streaming

extension PollLoop {
    /// The library's rebalance callback, inside a poll.
    func rebalanced(
        _ consumer: OpaquePointer, _ code: rd_kafka_resp_err_t,
        _ partitions: borrowing PartitionList
    ) {
        flush()
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS: assigned(consumer, partitions.sources)
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS: revoked(consumer)
        default: unassign(consumer)
        }
    }

    /// Takes nothing yet: restoring may take long, and a member that leaves the callback unanswered
    /// blocks its whole group. The lane's `start` assigns for real.
    private func assigned(_ consumer: OpaquePointer, _ sources: [TopicPartition]) {
        filler = MessageFiller(sources: sources)
        started = []
        isJoining = false
        if let none = PartitionList([TopicPartition]()) { rd_kafka_assign(consumer, none.raw) }
        let isClosing = inbox.withLock { $0.isClosing }
        guard failure == nil, !isClosing else { return }
        assignments += 1
        membership.assigned(sources, GroupMetadata(of: consumer))
        mailbox.put(.assigned(sources))
    }

    private func revoked(_ consumer: OpaquePointer) {
        let sources = filler.sources
        let isClosing = inbox.withLock { $0.isClosing }
        if failure == nil, !isClosing, !sources.isEmpty {
            if rd_kafka_assignment_lost(consumer) != 0 {
                membership.ended()
                mailbox.put(.lost(sources))
            } else {
                revocations += 1
                mailbox.put(.revoked(sources))
                awaitRelease(consumer)
            }
        }
        membership.ended()
        // A lane that ends must not join again first: its group would wait for it.
        let isEnding = failure != nil || inbox.withLock { $0.isClosing }
        if isEnding, !hasLeft { rd_kafka_unsubscribe(consumer) }
        isJoining = !isEnding
        unassign(consumer)
    }

    /// The lane settles what it holds while the member is still in its generation.
    private func awaitRelease(_ consumer: OpaquePointer) {
        let deadline = Ticks.after(settings.sessionTimeout / 2)
        while Ticks.now < deadline {
            if serveInbox(consumer) || failure != nil { return }
            if inbox.withLock({ $0.releases >= self.revocations }) { return }
            sleep(until: deadline)
        }
        report(.releaseOverdue(instance: instance))
    }

    private func unassign(_ consumer: OpaquePointer) {
        for source in paused { forward(source, true, consumer) }
        if isHoldingBack {
            for index in started.sorted() { forward(filler.sources[index], true, consumer) }
            isHoldingBack = false
        }
        paused = []
        started = []
        filler = MessageFiller(sources: [])
        rd_kafka_assign(consumer, nil)
    }

    /// Does what the lane asked for.
    /// - Returns: whether it asked to close.
    func serveInbox(_ consumer: OpaquePointer) -> Bool {
        let (commands, isClosing, failure) = inbox.withLock { inbox in
            inbox.isPoked = false
            defer { inbox.commands = [] }
            return (inbox.commands, inbox.isClosing, inbox.failure)
        }
        if let failure { fail(failure) }
        for command in commands {
            switch command {
            case .start(let positions, let continuation):
                starts += 1
                continuation.resume(returning: start(positions, consumer))
            case .pause(let sources):
                for source in sources where isStarted(source) {
                    if paused.insert(source).inserted { forward(source, false, consumer) }
                }
            case .resume(let sources):
                for source in sources where paused.remove(source) != nil {
                    if !isHoldingBack { forward(source, true, consumer) }
                }
            }
        }
        return isClosing
    }

    private func isStarted(_ source: TopicPartition) -> Bool {
        filler.sources.firstIndex(of: source).map(started.contains) ?? false
    }

    private func start(
        _ positions: [TopicPartition: Int64], _ consumer: OpaquePointer
    ) -> Result<Void, LogError> {
        if let failure { return .failure(failure) }
        // An assignment that is gone already, as the lane is about to learn.
        guard starts == assignments, !filler.sources.isEmpty else { return .success(()) }
        for (index, source) in filler.sources.enumerated() {
            guard let position = positions[source] else { continue }
            filler.reset(source: index, to: position)
            started.insert(index)
        }
        guard let list = PartitionList(positions) else {
            return .failure(LogError(.fatal, "no memory for a list of partitions"))
        }
        let code = rd_kafka_assign(consumer, list.raw)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return .failure(LogError(code, doing: "starting delivery"))
        }
        membership.started()
        return .success(())
    }

    /// Records wait in the library's queue of each source, or flow again.
    func holdBack(_ hold: Bool, _ consumer: OpaquePointer) {
        isHoldingBack = hold
        for index in started.sorted() where !paused.contains(filler.sources[index]) {
            forward(filler.sources[index], !hold, consumer)
        }
        report(.heldBack(instance: instance, hold))
    }

    /// Lets a source's own queue flow into the consumer's, or keeps it apart. Fetching stops by itself
    /// at the library's limits, and nothing that was fetched is thrown away.
    private func forward(_ source: TopicPartition, _ flows: Bool, _ consumer: OpaquePointer) {
        guard let queue = rd_kafka_queue_get_partition(consumer, source.topic, source.partition)
        else { return }
        rd_kafka_queue_forward(queue, flows ? inbox.withLock { $0.queue } : nil)
        rd_kafka_queue_destroy(queue)
    }
}
