import CRdkafka
import Streaming

/// A group member and its producer.
final class KafkaLane: LaneLog {
    private let settings: KafkaSettings
    private let loop: PollLoop
    private let consumer: KafkaClient
    private let producer: TransactionalProducer
    /// For the calls that block: transactions and committed offsets.
    private let thread: BlockingThread

    private init(
        _ settings: KafkaSettings, _ loop: PollLoop, _ consumer: KafkaClient,
        _ producer: TransactionalProducer, _ thread: BlockingThread
    ) {
        self.settings = settings
        self.loop = loop
        self.consumer = consumer
        self.producer = producer
        self.thread = thread
    }

    static func open(
        _ lane: LaneSettings, _ settings: KafkaSettings,
        report: @escaping @Sendable (KafkaNotice) -> Void
    ) async throws(LogError) -> KafkaLane {
        let id =
            lane.instance ?? "\(lane.group)-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let producer = TransactionalProducer(
            settings, transactionalID: lane.transactionalID ?? id, report: report)
        let thread = try BlockingThread(named: "tutela-commit")
        do throws(LogError) {
            // Before joining: what a predecessor left open is settled before its offsets are read.
            try await thread.run { Result { () throws(LogError) in try producer.open() } }
            let loop = PollLoop(
                settings, instance: id,
                mailbox: Mailbox(
                    maximumRecords: lane.maximumBufferedRecords,
                    maximumBytes: lane.maximumBufferedBytes),
                report: report)
            let consumer = try await thread.run {
                Result { () throws(LogError) in try join(lane, settings, loop) }
            }
            try startThread(named: "tutela-poll") {
                loop.run(consumer.raw)
                consumer.destroy()
                loop.inbox.withLock { $0.onEnd }?.resume()
            }
            return KafkaLane(settings, loop, consumer, producer, thread)
        } catch {
            await thread.stop { producer.close() }
            throw error
        }
    }

    private static func join(
        _ lane: LaneSettings, _ settings: KafkaSettings, _ loop: PollLoop
    ) throws(LogError) -> KafkaClient {
        var own = [
            ("group.id", lane.group), ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"), ("enable.partition.eof", "true"),
            ("isolation.level", "read_committed"), ("auto.offset.reset", "error"),
            ("partition.assignment.strategy", "range"), ("allow.auto.create.topics", "false"),
            ("session.timeout.ms", "\(settings.sessionTimeout.milliseconds)"),
            // Members learn of a rebalance by heartbeat.
            ("heartbeat.interval.ms", "\(max(1, settings.sessionTimeout.milliseconds / 10))"),
            ("max.poll.interval.ms", "\(settings.maximumPollInterval.milliseconds)"),
        ]
        if let instance = lane.instance { own.append(("group.instance.id", instance)) }
        let context = KafkaClient.Context(
            report: loop.report, onRebalance: { loop.rebalanced($0, $1, $2) })
        let consumer = try KafkaClient(RD_KAFKA_CONSUMER, settings, own: own, context: context)
        let topics = lane.topics.map { TopicPartition($0, RD_KAFKA_PARTITION_UA) }
        guard let list = PartitionList(topics) else {
            throw LogError(.fatal, "no memory for a list of partitions")
        }
        let code = rd_kafka_subscribe(consumer.raw, list.raw)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            consumer.destroy()
            throw LogError(code, doing: "joining the group \(lane.group)")
        }
        loop.inbox.withLock { $0.queue = rd_kafka_queue_get_consumer(consumer.raw) }
        return consumer
    }

    func next(wait: Duration) async throws(LogError) -> LaneEvent? {
        try await loop.mailbox.next(wait: wait, wake: loop.wake)
    }

    func start(_ positions: [TopicPartition: Int64]) async throws(LogError) {
        let result: Result<Void, LogError> = await withCheckedContinuation { continuation in
            let accepted = loop.inbox.withLock { inbox in
                guard !inbox.isEnded else { return false }
                inbox.commands.append(.start(positions, continuation))
                return true
            }
            if !accepted { continuation.resume(returning: .failure(Self.closed)) }
            loop.wake()
        }
        try result.get()
    }

    func pause(_ sources: [TopicPartition]) async {
        loop.inbox.withLock { $0.commands.append(.pause(sources)) }
        loop.wake()
    }

    func resume(_ sources: [TopicPartition]) async {
        loop.inbox.withLock { $0.commands.append(.resume(sources)) }
        loop.wake()
    }

    func release(_ sources: [TopicPartition]) async {
        loop.inbox.withLock { $0.releases += 1 }
        loop.wake()
    }

    func committed(
        _ sources: [TopicPartition]
    ) async throws(LogError) -> [TopicPartition: Int64] {
        try await thread.run { [consumer, settings] in
            Result { () throws(LogError) in
                try committedOffsets(of: sources, consumer.raw, settings)
            }
        }
    }

    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult {
        var metadata: GroupMetadata?
        do throws(LogError) {
            if !offsets.isEmpty { metadata = try loop.membership.metadata(for: offsets.keys) }
            return try await thread.run { [producer, metadata, loop] in
                let result = producer.commit(output, offsets: offsets, metadata: metadata)
                // Nothing that this member reads can be committed any more.
                if producer.isFenced { loop.end(because: Self.replaced) }
                return .success(result)
            }
        } catch {
            return error.code == .fenced ? .fenced(error) : .aborted(error)
        }
    }

    func renewProducer() async throws(LogError) {
        try await thread.run { [producer] in
            Result { () throws(LogError) in try producer.renew() }
        }
    }

    func close() async {
        await thread.stop { [producer] in producer.close() }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isFirst = loop.inbox.withLock { inbox in
                guard !inbox.isClosing else { return false }
                inbox.isClosing = true
                inbox.onEnd = continuation
                return true
            }
            if !isFirst { continuation.resume() }
            loop.wake()
        }
    }

    private static let replaced = LogError(.fenced, "another producer has this lane's place")
    private static let closed = LogError(.closed, "the lane is closed")
}

/// Offsets that no pending transaction can change any more; the broker holds its answer back until it
/// has them.
func committedOffsets(
    of sources: [TopicPartition], _ consumer: OpaquePointer, _ settings: KafkaSettings
) throws(LogError) -> [TopicPartition: Int64] {
    guard let list = PartitionList(sources.sorted()) else {
        throw LogError(.fatal, "no memory for a list of partitions")
    }
    let deadline = Ticks.after(settings.transactionTimeout * 2 + settings.requestTimeout)
    while true {
        let code = rd_kafka_committed(
            consumer, list.raw, settings.requestTimeout.milliseconds)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR { break }
        let error = LogError(code, doing: "reading committed offsets")
        guard error.isRetriable, Ticks.now < deadline else { throw error }
    }
    var found: [TopicPartition: Int64] = [:]
    for entry in list.entries {
        if entry.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw LogError(entry.err, doing: "reading committed offsets")
        }
        guard entry.offset >= 0 else { continue }
        found[TopicPartition(String(cString: entry.topic), entry.partition)] = entry.offset
    }
    return found
}
