/// What a topic has to be like.
public struct TopicPlan: Hashable, Sendable {
    /// What the broker does with old records.
    public enum Cleanup: String, Hashable, Sendable {
        case delete, compact
    }

    /// How long records of a `delete` topic are kept at least.
    public enum Retention: Hashable, Sendable {
        /// Whatever the broker's default is.
        case unspecified
        case atLeast(Duration)
        case forever
    }

    /// The topic's name.
    public var name: String
    /// How many partitions, exactly.
    public var partitions: Int32
    /// What happens to old records.
    public var cleanup: Cleanup
    /// How long records are kept at least.
    public var retention: Retention
    /// Copies of each partition; nil for the broker's default.
    public var replication: Int16?
    /// Copies that must have a record before it counts as written; nil for the broker's default.
    public var minimumInSyncReplicas: Int?

    /// A plan; what is left out is the broker's to choose.
    public init(
        _ name: String, partitions: Int32, cleanup: Cleanup = .delete,
        retention: Retention = .unspecified, replication: Int16? = nil,
        minimumInSyncReplicas: Int? = nil
    ) {
        self.name = name
        self.partitions = partitions
        self.cleanup = cleanup
        self.retention = retention
        self.replication = replication
        self.minimumInSyncReplicas = minimumInSyncReplicas
    }

    /// The topic's configuration as Kafka names it, in order of name.
    var configuration: [(name: String, value: String)] {
        var entries = [("cleanup.policy", cleanup.rawValue)]
        if let minimumInSyncReplicas {
            entries.append(("min.insync.replicas", "\(minimumInSyncReplicas)"))
        }
        switch (cleanup, retention) {
        case (.compact, _), (_, .unspecified): break
        case (.delete, .forever):
            entries.append(("retention.bytes", "-1"))
            entries.append(("retention.ms", "-1"))
        case (.delete, .atLeast(let time)):
            entries.append(("retention.ms", "\(time.wholeMilliseconds)"))
        }
        return entries
    }
}

/// What creating a topic came to.
public struct TopicCreation: Hashable, Sendable {
    /// The topic's name.
    public var topic: String
    /// False where the topic was there already; `checkTopics` says whether it is as planned.
    public var created: Bool
}

/// One thing about a topic that is not as planned.
public struct TopicFinding: Hashable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable {
        /// The pipeline must not run like this.
        case error
        /// It runs, but keeps less than planned.
        case warning
    }

    /// The topic's name.
    public var topic: String
    /// How bad it is.
    public var severity: Severity
    /// What is wrong.
    public var problem: String
    /// What to do.
    public var remedy: String

    /// All of it in one line.
    public var description: String { "\(topic): \(problem); \(remedy)" }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (total, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? Int64.max : total + attoseconds / 1_000_000_000_000_000
    }
}
