import Foundation
import Streaming
import Synchronization

/// An `EventLog` whose lanes' commits fail at seeded random: aborted before anything was written, of
/// unknown outcome before, and of unknown outcome after they took effect. Each is noted on standard
/// error.
final class FaultWrapper: EventLog {
    private let log: any EventLog
    private let odds: Int
    private let random: Mutex<SeededRandom>

    /// - Parameter oneIn: one commit in this many fails; 0 for none.
    init(_ log: any EventLog, oneIn odds: Int, seed: UInt64) {
        self.log = log
        self.odds = odds
        random = Mutex(SeededRandom(seed))
    }

    enum Fault: Int, CaseIterable {
        case abort, unknownBefore, unknownAfter
    }

    /// Whether the next commit fails, and how.
    func draw() -> Fault? {
        guard odds > 0 else { return nil }
        let fault = random.withLock { random in
            random.oneIn(odds) ? Fault(rawValue: random.below(Fault.allCases.count)) : nil
        }
        if let fault {
            FileHandle.standardError.write(Data("injected fault: \(fault)\n".utf8))
        }
        return fault
    }

    func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try await log.partitionCount(of: topic)
    }

    func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try await log.bounds(of: source)
    }

    func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        FaultyLane(try await log.openLane(settings), wrapper: self)
    }

    func openReader(_ source: TopicPartition, from: Int64, follow: Bool) async throws(LogError)
        -> any LogReader
    {
        try await log.openReader(source, from: from, follow: follow)
    }

    func openWriter() async throws(LogError) -> any LogWriter { try await log.openWriter() }
}

private struct FaultyLane: LaneLog {
    let lane: any LaneLog
    let wrapper: FaultWrapper

    init(_ lane: any LaneLog, wrapper: FaultWrapper) {
        self.lane = lane
        self.wrapper = wrapper
    }

    func next(wait: Duration) async throws(LogError) -> LaneEvent? {
        try await lane.next(wait: wait)
    }

    func start(_ positions: [TopicPartition: Int64]) async throws(LogError) {
        try await lane.start(positions)
    }

    func pause(_ sources: [TopicPartition]) async { await lane.pause(sources) }

    func resume(_ sources: [TopicPartition]) async { await lane.resume(sources) }

    func release(_ sources: [TopicPartition]) async { await lane.release(sources) }

    func committed(_ sources: [TopicPartition]) async throws(LogError) -> [TopicPartition: Int64] {
        try await lane.committed(sources)
    }

    func commit(_ output: OutputBatch, offsets: [TopicPartition: Int64]) async -> CommitResult {
        switch wrapper.draw() {
        case nil: return await lane.commit(output, offsets: offsets)
        case .abort: return .aborted(LogError(.transient, "injected abort"))
        case .unknownBefore: return .unknown(LogError(.timedOut, "injected, nothing was written"))
        case .unknownAfter:
            let result = await lane.commit(output, offsets: offsets)
            guard case .committed = result else { return result }
            return .unknown(LogError(.timedOut, "injected, all was written"))
        }
    }

    func renewProducer() async throws(LogError) { try await lane.renewProducer() }

    func close() async { await lane.close() }
}
