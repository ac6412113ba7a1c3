import EventSchemas
import Pipeline
import Streaming
import SwiftProtobuf

/// Follows a run's ledger as a `read_committed` reader sees it, while the run goes on.
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

    func follow(_ source: TopicPartition, on log: any EventLog) async {
        do {
            let reader = try await log.openReader(source, from: 0, follow: true)
            while !Task.isCancelled {
                guard let chunk = try await reader.next() else { break }
                for index in 0..<chunk.count { try observe(chunk[index]) }
            }
            await reader.close()
        } catch {
            if !Task.isCancelled { failure = "\(error)" }
        }
    }

    private func observe(_ record: Record) throws {
        let ledger = try PBLedgerRecord(serializedBytes: record.bytes(of: .value) ?? [])
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

    func position(of source: TopicPartition) -> Int64 { reached[source, default: 0] }

    /// Tasks among `tasks` that have neither moved since `start` nor finished.
    func waiting(_ tasks: Set<String>, since start: ContinuousClock.Instant) -> Set<String> {
        tasks.intersection(unfinished).filter { task in
            guard let moved = lastMoved[task] else { return true }
            return moved < start
        }
    }
}
