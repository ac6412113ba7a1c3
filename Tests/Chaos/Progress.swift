import EventSchemas
import Pipeline
import Streaming
import SwiftProtobuf

/// Watches a run's ledger as a `read_committed` reader sees it, while the run goes on.
actor Progress {
    /// What each task has to reach: its inputs' last offset + 1.
    private let targets: [String: [TopicPartition: Int64]]
    private var reached: [TopicPartition: Int64] = [:]
    private var lastMoved: [String: ContinuousClock.Instant] = [:]
    private(set) var delivered: UInt64 = 0
    private(set) var failure: String?

    /// - Parameter ends: the last offset + 1 of every input of Assess.
    init(ends: [TopicPartition: Int64]) {
        var targets: [String: [TopicPartition: Int64]] = [:]
        for (source, end) in ends where end > 0 {
            targets["assess-\(source.partition)", default: [:]][source] = end
        }
        self.targets = targets
    }

    /// Reads one partition of the ledger from its start, again and again: a reader of the broker that
    /// we start, if it comes after an aborted transaction, is told to skip the producer's later ones.
    func watch(_ source: TopicPartition, on log: any EventLog) async {
        var next: Int64 = 0
        do {
            while !Task.isCancelled {
                let stored = try await Snapshot.read([source], from: log).records[source] ?? []
                for record in stored where record.offset >= next { try observe(record.value) }
                next = stored.last.map { $0.offset + 1 } ?? next
                try await Task.sleep(for: .milliseconds(100))
            }
        } catch {
            if !Task.isCancelled { failure = "\(error)" }
        }
    }

    private func observe(_ value: [UInt8]) throws {
        let ledger = try PBLedgerRecord(serializedBytes: value)
        let isAssess = ledger.task.stage == .assess
        let task = "\(isAssess ? "assess" : "enforce")-\(ledger.task.partition)"
        lastMoved[task] = .now
        for input in ledger.inputs {
            reached[TopicPartition(input.topic, Int32(input.partition))] = input.to
            if isAssess { delivered += input.delivered }
        }
    }

    /// Tasks of Assess that have not come to the end of their inputs.
    var unfinished: Set<String> {
        Set(
            targets.filter { _, sources in
                sources.contains { source, end in reached[source, default: 0] < end }
            }.keys)
    }

    /// For a message: each source that is not at its end, with where it stands.
    var missing: String {
        targets.values.flatMap { $0 }.filter { reached[$0.key, default: 0] < $0.value }
            .map { "\($0.key) at \(reached[$0.key, default: 0]) of \($0.value)" }
            .sorted().joined(separator: ", ")
    }

    func position(of source: TopicPartition) -> Int64 { reached[source, default: 0] }

    /// Tasks among `tasks` that have neither moved since `start` nor finished.
    func waiting(_ tasks: Set<String>, since start: ContinuousClock.Instant) -> Set<String> {
        tasks.intersection(unfinished).filter { task in
            guard let moved = lastMoved[task] else { return true }
            return moved < start
        }
    }
}
