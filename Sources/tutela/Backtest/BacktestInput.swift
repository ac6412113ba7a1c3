import Pipeline
import SafetyModel
import Streaming

/// The recorded input of a pipeline. Only reads.
struct BacktestInput {
    private var merge: InputMerge

    /// Checks the topics and opens a reader for each partition that holds something.
    /// - Parameter place: what the source is called in errors.
    /// - Throws: `ConfigurationError` where the source is not such a pipeline's.
    init(
        _ log: any EventLog, _ settings: PipelineSettings, _ range: InputRange, place: String
    ) async throws {
        merge = InputMerge(range, eventSource: settings.eventSource)
        for topic in InputTopic.all(settings) {
            try await Self.check(topic, log, place)
            for partition in 0..<topic.partitions {
                let source = TopicPartition(topic.name, partition)
                let bounds = try await log.bounds(of: source)
                guard bounds.low < bounds.end else { continue }
                let reader = try await log.openReader(source, from: bounds.low, follow: false)
                try await merge.add(topic, source, reader)
            }
        }
    }

    private static func check(_ topic: InputTopic, _ log: any EventLog, _ place: String)
        async throws
    {
        guard let count = try await log.partitionCount(of: topic.name) else {
            throw ConfigurationError(
                where: place, "there is no topic \(topic.name)",
                "name the source's own topics under `topics` in the settings (--config), "
                    + "or another source")
        }
        guard count != topic.partitions else { return }
        throw ConfigurationError(
            where: place, "\(topic.name) has \(count) partitions, not \(topic.partitions)",
            topic.partitions == 1
                ? "this topic has one partition; name the right topic in the settings (--config)"
                : "set pipeline.partitions to \(count) in the settings (--config), and "
                    + "pipeline.partitioner to what wrote them")
    }

    mutating func next() async throws -> InputSlice? { try await merge.next() }
    func close() async { await merge.close() }

    var counts: [String: TopicCount] { merge.counts }
    var span: ClosedRange<Instant>? { merge.span }
}
