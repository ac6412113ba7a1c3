import CRdkafka
import Streaming

/// What the lane asks of the poll thread.
struct PollInbox {
    enum Command {
        case start([TopicPartition: Int64], CheckedContinuation<Result<Void, LogError>, Never>)
        case pause([TopicPartition])
        case resume([TopicPartition])
    }

    var commands: [Command] = []
    /// Why the lane has to end, found elsewhere.
    var failure: LogError?
    /// Answers to `.revoked` so far.
    var releases = 0
    var isClosing = false
    /// The thread must look at inbox and mailbox before it sleeps.
    var isPoked = false
    /// The consumer's queue while there is one, to end a poll that blocks.
    var queue: OpaquePointer?
    /// The thread has ended; commands are refused.
    var isEnded = false
    var onEnd: CheckedContinuation<Void, Never>?
}

/// Polls one consumer on a thread of its own; everything the library calls back comes on it too.
final class PollLoop: @unchecked Sendable {
    // `var`s belong to the poll thread. The rest is Sendable by itself.
    let settings: KafkaSettings
    let instance: String
    let mailbox: Mailbox
    let membership = Membership()
    let inbox = Monitor(PollInbox())
    let report: @Sendable (KafkaNotice) -> Void

    var filler = MessageFiller(sources: [])
    var started: Set<Int> = []
    var paused: Set<TopicPartition> = []
    /// Assignments and revocations told to the lane so far, and the assignments it has started. It
    /// answers each in turn, so that an answer belongs to the one with its number.
    var assignments = 0
    var starts = 0
    var revocations = 0
    var failure: LogError?
    /// The group has been asked for an assignment and has not answered.
    var isJoining = true
    private(set) var hasLeft = false
    /// Since when the mailbox is full and nothing is polled.
    private var fullSince: Ticks?
    /// The buffers were full for long: records wait in the library's queues while the rest is polled.
    var isHoldingBack = false

    init(
        _ settings: KafkaSettings, instance: String, mailbox: Mailbox,
        report: @escaping @Sendable (KafkaNotice) -> Void
    ) {
        self.settings = settings
        self.instance = instance
        self.mailbox = mailbox
        self.report = report
    }

    /// Runs until closing is asked for; then leaves the group. The handle stays.
    func run(_ consumer: OpaquePointer) {
        while !serveInbox(consumer) {
            if failure != nil {
                // At once, so that others take over, and a zombie does not come back.
                leave(consumer)
                sleep(until: .after(.seconds(1)))
            } else if mayPoll(consumer) {
                poll(consumer)
            }
        }
        finishJoining(consumer)
        leave(consumer)
        inbox.withLock { $0.isEnded = true }
        _ = serveInbox(consumer)
        mailbox.fail(LogError(.closed, "the lane is closed"))
    }

    /// A member that leaves while it waits to be let in may hold up its group until the rebalance
    /// times out, depending on the broker; so it waits a while for its assignment.
    private func finishJoining(_ consumer: OpaquePointer) {
        let deadline = Ticks.after(settings.sessionTimeout)
        while isJoining, failure == nil, Ticks.now < deadline {
            guard let message = rd_kafka_consumer_poll(consumer, 50) else { continue }
            rd_kafka_message_destroy(message)
        }
    }

    private func leave(_ consumer: OpaquePointer) {
        guard !hasLeft else { return }
        hasLeft = true
        membership.ended()
        // A yield that comes while the consumer is being closed would end that half-way.
        let queue = inbox.withLock { inbox -> OpaquePointer? in
            defer { inbox.queue = nil }
            return inbox.queue
        }
        if let queue { rd_kafka_queue_destroy(queue) }
        rd_kafka_consumer_close(consumer)
    }

    /// Ends the lane's membership. From any thread.
    func end(because error: LogError) {
        membership.ended(because: error)
        inbox.withLock { $0.failure = error }
        wake()
    }

    /// Ends whatever the thread waits for. From any thread.
    func wake() {
        inbox.withLock { inbox in
            inbox.isPoked = true
            if let queue = inbox.queue { rd_kafka_queue_yield(queue) }
        }
    }

    /// Back-pressure: a short stall just does not poll; a long one must, to stay in the group, and
    /// leaves records where they are. Pausing would throw away what was fetched.
    private func mayPoll(_ consumer: OpaquePointer) -> Bool {
        if isHoldingBack {
            if mailbox.isHalfEmpty { holdBack(false, consumer) }
            return true
        }
        guard mailbox.isFull else {
            fullSince = nil
            return true
        }
        let since = fullSince ?? .now
        fullSince = since
        let limit = Ticks(nanoseconds: since.nanoseconds + 1_000_000_000)
        if limit <= .now {
            fullSince = nil
            holdBack(true, consumer)
            return true
        }
        sleep(until: limit)
        return false
    }

    /// Waits for a wake-up and keeps the lane's waiting times meanwhile.
    func sleep(until deadline: Ticks) {
        let soonest = mailbox.attend(until: deadline)
        _ = inbox.wait(until: soonest) { $0.isPoked ? true : nil }
    }

    /// One blocking poll at most, then whatever is there, up to one chunk.
    private func poll(_ consumer: OpaquePointer) {
        var message = rd_kafka_consumer_poll(consumer, 0)
        if message == nil {
            let until = mailbox.attend(until: .after(.milliseconds(100)))
            if inbox.withLock({ $0.isPoked }) { return }
            message = rd_kafka_consumer_poll(consumer, until.millisecondsLeft)
        }
        while let taken = message {
            take(taken, consumer)
            rd_kafka_message_destroy(taken)
            if filler.isFull || failure != nil { break }
            message = rd_kafka_consumer_poll(consumer, 0)
        }
        flush()
    }

    /// Hands on the records so far; before any other event, so that order holds.
    func flush() {
        if let chunk = filler.finish() { mailbox.put(.records(chunk)) }
    }

    func fail(_ error: LogError) {
        guard failure == nil else { return }
        failure = error
        membership.ended(because: error)
        mailbox.fail(error)
    }

    private func take(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ consumer: OpaquePointer
    ) {
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            guard let source = filler.index(of: message), started.contains(source) else { return }
            do throws(LogError) {
                try filler.append(message, source: source)
            } catch {
                fail(error)
            }
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            guard let source = filler.index(of: message), started.contains(source) else { return }
            flush()
            mailbox.put(.drained(filler.sources[source], end: message.pointee.offset))
        case RD_KAFKA_RESP_ERR__FATAL:
            let code = rd_kafka_fatal_error(consumer, nil, 0)
            fail(LogError(code.isFencing ? .fenced : .fatal, "group member: \(code.name)"))
        case let code:
            let error = LogError(code, doing: "reading as a group member")
            report(.consumerError(instance: instance, code: code.name))
            switch error.code {
            case .outOfRange:
                fail(
                    LogError(
                        .outOfRange,
                        "a position is not in the topic any more: "
                            + "records were deleted before they were read"))
            case .misconfigured, .damaged, .fenced: fail(error)
            default: break
            }
        }
    }
}
