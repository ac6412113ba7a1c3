import KafkaLog
import Pipeline
import SafetyModel

extension Configuration {
    /// What every topic has to be like, in the order of design's table.
    var topicPlans: [TopicPlan] {
        let topics = pipeline.topics
        let many = pipeline.partitions
        let short = TopicPlan.Retention.atLeast(.milliseconds(kafka.retention.milliseconds))
        let long = TopicPlan.Retention.atLeast(.milliseconds(kafka.longRetention.milliseconds))
        return [
            plan(topics.accounts, many, short),
            plan(topics.groups, many, short),
            plan(topics.invites, many, short),
            plan(topics.reports, many, short),
            plan(topics.signals, many, short),
            plan(topics.hashEntries, 1, .forever),
            plan(topics.verdicts, 1, long),
            plan(topics.proposals, 1, short),
            plan(topics.assessState, many, .unspecified, .compact),
            plan(topics.enforceState, 1, .unspecified, .compact),
            plan(topics.packs, 1, .unspecified, .compact),
            plan(topics.ledger, many, .forever),
            plan(topics.deadLetters, many, long),
            plan(topics.enforcement, many, long),
            plan(topics.cyberTips, many, long),
            plan(topics.reviewRequests, many, long),
        ]
    }

    private func plan(
        _ name: String, _ partitions: Int32, _ retention: TopicPlan.Retention,
        _ cleanup: TopicPlan.Cleanup = .delete
    ) -> TopicPlan {
        TopicPlan(
            name, partitions: partitions, cleanup: cleanup, retention: retention,
            replication: kafka.replication == 0 ? nil : Int16(kafka.replication),
            minimumInSyncReplicas: kafka.minimumInSyncReplicas == 0
                ? nil : kafka.minimumInSyncReplicas)
    }
}
