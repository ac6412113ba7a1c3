import Pipeline
import Streaming

/// The names of one chaos session: traffic that both runs read, and topics of each run's own.
struct Plan: Sendable {
    /// One undisturbed and one disturbed run over the same traffic.
    enum Run: String, Sendable, CaseIterable {
        case calm
        case wild
    }

    var prefix: String
    var partitions: Int32 = 8

    func topics(of run: Run) -> Topics {
        var topics = Topics()
        topics.accounts = traffic(topics.accounts)
        topics.groups = traffic(topics.groups)
        topics.invites = traffic(topics.invites)
        topics.reports = traffic(topics.reports)
        topics.hashEntries = traffic(topics.hashEntries)
        topics.signals = own(topics.signals, run)
        topics.verdicts = own(topics.verdicts, run)
        topics.proposals = own(topics.proposals, run)
        topics.assessState = own(topics.assessState, run)
        topics.enforceState = own(topics.enforceState, run)
        topics.packs = own(topics.packs, run)
        topics.ledger = own(topics.ledger, run)
        topics.deadLetters = own(topics.deadLetters, run)
        topics.enforcement = own(topics.enforcement, run)
        topics.cyberTips = own(topics.cyberTips, run)
        topics.reviewRequests = own(topics.reviewRequests, run)
        return topics
    }

    /// Where Enforce's feedback goes instead of the signals' topic.
    func feedback(of run: Run) -> String { own("feedback", run) }

    func group(_ stage: String, of run: Run) -> String { "\(prefix).\(run.rawValue).\(stage)" }

    /// The static name of a worker's lane.
    func instance(_ worker: String, _ stage: String, _ lane: Int, of run: Run) -> String {
        "\(prefix).\(run.rawValue).\(worker)-\(stage)-\(lane)"
    }

    /// What a lane of a worker's nth life calls its producer, on a broker where a producer that comes
    /// again under its old name would have its records hidden from late readers.
    func transactionalID(_ instance: String, life: Int) -> String { "\(instance).\(life)" }

    /// Every partition that the checks read, in order: all but the stages' state.
    func sources(of run: Run) -> [TopicPartition] {
        let topics = topics(of: run)
        let unread = [topics.assessState, topics.enforceState, feedback(of: run)]
        return partitionCounts(of: run).filter { !unread.contains($0.name) }
            .flatMap { name, count in (0..<count).map { TopicPartition(name, $0) } }.sorted()
    }

    func partitionCounts(of run: Run) -> [(name: String, partitions: Int32)] {
        let topics = topics(of: run)
        let wide = [
            topics.accounts, topics.groups, topics.invites, topics.reports, topics.signals,
            topics.assessState, topics.ledger, topics.deadLetters, topics.enforcement,
            topics.cyberTips, topics.reviewRequests, feedback(of: run),
        ]
        let single = [
            topics.hashEntries, topics.verdicts, topics.proposals, topics.enforceState,
            topics.packs,
        ]
        return wide.map { ($0, partitions) } + single.map { ($0, 1) }
    }

    private func traffic(_ name: String) -> String { "\(prefix).\(name)" }
    private func own(_ name: String, _ run: Run) -> String { "\(prefix).\(run.rawValue).\(name)" }
}

/// A check that did not hold, or a step that could not be taken.
struct ChaosError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
