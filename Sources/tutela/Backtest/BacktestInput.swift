import KafkaLog
import Pipeline
import SafetyModel
import Streaming

/// The recorded input of a pipeline. Only reads.
struct BacktestInput {
    /// Most partitions that are read at once, each with a reader and its buffer (I11).
    static let maximumReaders = 1_024
    /// What the readers of a cluster may hold of it together, in KiB (I11).
    static let maximumBuffered = 512 << 10

    private var merge: InputMerge

    /// Checks the topics and opens a reader for each partition that holds something.
    /// - Parameter place: what the source is called in errors.
    /// - Throws: `ConfigurationError` where the source is not such a pipeline's, or too wide.
    static func open(
        _ log: any EventLog, _ settings: PipelineSettings, _ range: InputRange, place: String
    ) async throws -> BacktestInput {
        var sources: [(InputTopic, TopicPartition, from: Int64)] = []
        for topic in InputTopic.all(settings) {
            try await check(topic, log, place)
            for partition in 0..<topic.partitions {
                let source = TopicPartition(topic.name, partition)
                let bounds = try await log.bounds(of: source)
                if bounds.low < bounds.end { sources.append((topic, source, bounds.low)) }
            }
        }
        guard sources.count <= maximumReaders else {
            throw ConfigurationError(
                where: place,
                "\(grouped(sources.count)) partitions hold something, and at most "
                    + "\(grouped(maximumReaders)) are read at once",
                "backtest on a pipeline of fewer partitions, fed with a part of the events")
        }
        var input = BacktestInput(merge: InputMerge(range, eventSource: settings.eventSource))
        do {
            for (topic, source, from) in sources {
                let reader = try await log.openReader(source, from: from, follow: false)
                try await input.merge.add(topic, source, reader)
            }
        } catch {
            await input.close()
            throw error
        }
        return input
    }

    /// How many readers such a pipeline's topics may need.
    static func largestCount(_ settings: PipelineSettings) -> Int {
        InputTopic.all(settings).reduce(0) { $0 + Int($1.partitions) }
    }

    /// Each reader is a client with a queue of its own: together they must not hold the topics.
    static func modest(_ settings: KafkaSettings, readers: Int) -> KafkaSettings {
        var settings = settings
        let share = min(8_192, max(1, maximumBuffered / max(1, readers)))
        let own = ["queued.max.messages.kbytes": "\(share)", "queued.min.messages": "1000"]
        settings.properties.merge(own) { given, _ in given }
        return settings
    }

    private static func check(
        _ topic: InputTopic, _ log: any EventLog, _ place: String
    ) async throws {
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
