import Streaming

/// Writes outside any group, one transaction for each batch.
final class KafkaWriter: LogWriter {
    private static let attempts = 5

    private let thread: BlockingThread
    private let producer: TransactionalProducer

    /// - Parameter name: the transactional id; nil for one of its own.
    init(
        _ settings: KafkaSettings, name: String? = nil,
        report: @escaping @Sendable (KafkaNotice) -> Void
    ) async throws(LogError) {
        let id = name ?? "writer-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let producer = TransactionalProducer(settings, transactionalID: id, report: report)
        let thread = try BlockingThread()
        do throws(LogError) {
            try await thread.run { Result { () throws(LogError) in try producer.open() } }
        } catch {
            await thread.stop {}
            throw error
        }
        self.thread = thread
        self.producer = producer
    }

    func write(_ output: OutputBatch) async throws(LogError) {
        try await thread.run { [producer] in
            Result { () throws(LogError) in
                var last = LogError(.transient, "not tried")
                for _ in 0..<Self.attempts {
                    switch producer.commit(output, offsets: [:], metadata: nil) {
                    case .committed: return
                    case .aborted(let error):
                        last = error
                        guard error.isRetriable else { throw error }
                    case .fenced(let error): throw error
                    case .unknown(let error):
                        // Whether it is there cannot be known; the next batch needs a producer.
                        try producer.open()
                        throw error
                    }
                }
                throw last
            }
        }
    }

    func close() async {
        await thread.stop { [producer] in producer.close() }
    }
}
