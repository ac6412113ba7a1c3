/// A topic as the cluster describes it.
package struct TopicState: Hashable, Sendable {
    package var partitions: [PartitionState]
    /// Values by Kafka's names.
    package var configuration: [String: String]

    package init(partitions: [PartitionState], configuration: [String: String]) {
        self.partitions = partitions
        self.configuration = configuration
    }
}

/// A partition as the cluster describes it.
package struct PartitionState: Hashable, Sendable {
    package var id: Int32
    package var hasLeader: Bool
    package var replicas: Int

    package init(id: Int32, hasLeader: Bool, replicas: Int) {
        self.id = id
        self.hasLeader = hasLeader
        self.replicas = replicas
    }
}

extension TopicPlan {
    /// Compares the plan with what is there; pure.
    /// - Parameter state: nil where there is no such topic.
    package func findings(_ state: TopicState?) -> [TopicFinding] {
        guard let state else {
            return [
                finding(.error, "there is no such topic", "create it with `tutela topics create`")
            ]
        }
        return partitionFindings(state) + cleanupFindings(state) + copyFindings(state)
    }

    private func partitionFindings(_ state: TopicState) -> [TopicFinding] {
        let count = state.partitions.count
        if count == Int(partitions) { return [] }
        let problem = "it has \(count) partitions where \(partitions) are planned"
        let remedy =
            count < Int(partitions)
            ? "add partitions before its first record; after that, make the topic anew, since keys "
                + "would move"
            : "partitions cannot be removed: make the topic anew, or plan for \(count)"
        return [finding(.error, problem, remedy)]
    }

    private func cleanupFindings(_ state: TopicState) -> [TopicFinding] {
        guard let text = state.configuration["cleanup.policy"] else { return [] }
        let policies = Set(text.split(separator: ",").map { $0.filter { $0 != " " } })
        if policies != [cleanup.rawValue] {
            let harm =
                cleanup == .compact
                ? "old rows would be deleted and state lost" : "records would be compacted away"
            return [
                finding(
                    .error, "its cleanup.policy is \(text), so that \(harm)",
                    "set cleanup.policy=\(cleanup.rawValue)")
            ]
        }
        return cleanup == .delete ? retentionFindings(state) : []
    }

    private func retentionFindings(_ state: TopicState) -> [TopicFinding] {
        let needed: Int64
        switch retention {
        case .unspecified: return []
        case .forever: needed = -1
        case .atLeast(let time): needed = time.wholeMilliseconds
        }
        var findings: [TopicFinding] = []
        if let text = state.configuration["retention.ms"], let kept = Int64(text), kept >= 0,
            needed < 0 || kept < needed
        {
            findings.append(
                finding(
                    needed < 0 ? .error : .warning,
                    "it keeps records for \(kept) ms only",
                    needed < 0
                        ? "it has to keep them for ever: set retention.ms=-1"
                        : "set retention.ms to \(needed) at least"))
        }
        if let text = state.configuration["retention.bytes"], let kept = Int64(text), kept >= 0 {
            findings.append(
                finding(
                    needed < 0 ? .error : .warning,
                    "it deletes records beyond \(kept) bytes a partition",
                    "set retention.bytes=-1"))
        }
        return findings
    }

    private func copyFindings(_ state: TopicState) -> [TopicFinding] {
        var findings: [TopicFinding] = []
        let fewest = state.partitions.map(\.replicas).min() ?? 0
        if let replication, fewest < Int(replication) {
            findings.append(
                finding(
                    .warning, "a partition has \(fewest) copies where \(replication) are planned",
                    "reassign its partitions to more brokers"))
        }
        if let minimumInSyncReplicas, let text = state.configuration["min.insync.replicas"],
            let found = Int(text), found < minimumInSyncReplicas
        {
            findings.append(
                finding(
                    .warning,
                    "a record counts as written with \(found) copies where "
                        + "\(minimumInSyncReplicas) are planned",
                    "set min.insync.replicas=\(minimumInSyncReplicas)"))
        }
        if state.partitions.contains(where: { !$0.hasLeader }) {
            findings.append(
                finding(.error, "a partition has no leader", "bring its brokers back first"))
        }
        return findings
    }

    private func finding(
        _ severity: TopicFinding.Severity, _ problem: String, _ remedy: String
    ) -> TopicFinding {
        TopicFinding(topic: name, severity: severity, problem: problem, remedy: remedy)
    }
}
