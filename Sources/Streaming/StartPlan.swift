/// Where an assigned task begins to read.
public enum StartPlan: Hashable, Sendable {
    /// The task goes on at the positions of its meta row.
    case resume([TopicPartition: Int64])
    /// The task has no history and begins at the low watermarks.
    case genesis([TopicPartition: Int64])

    /// The positions to start delivery at.
    public var positions: [TopicPartition: Int64] {
        switch self {
        case .resume(let positions), .genesis(let positions): positions
        }
    }

    /// Compares what the task's state knows with what the group knows.
    /// - Parameters:
    ///   - sources: the task's partition of every topic of the stage.
    ///   - meta: next offsets of the meta row; nil where there is none.
    ///   - committed: the group's offsets; a source without one is absent.
    ///   - bounds: low watermark and end of each source.
    /// - Throws: `StartError` when the task must not start.
    public static func resolve(
        task: TaskID, sources: [TopicPartition], meta: [TopicPartition: Int64]?,
        committed: [TopicPartition: Int64], bounds: [TopicPartition: LogBounds]
    ) throws(StartError) -> StartPlan {
        var positions: [TopicPartition: Int64] = [:]
        if let unknown = meta?.keys.sorted().first(where: { !sources.contains($0) }) {
            throw StartError(task, .unknownSource(unknown))
        }
        for source in sources {
            guard let bounds = bounds[source] else { throw StartError(task, .noBounds(source)) }
            guard let meta else {
                if let offset = committed[source] {
                    throw StartError(task, .stateMissing(source, committed: offset))
                }
                positions[source] = bounds.low
                continue
            }
            guard let position = meta[source] else {
                throw StartError(task, .newSource(source))
            }
            if let offset = committed[source], offset != position {
                throw StartError(task, .disagreement(source, meta: position, committed: offset))
            }
            if position < bounds.low {
                throw StartError(task, .lost(source, position: position, low: bounds.low))
            }
            if position > bounds.end {
                throw StartError(task, .beyondEnd(source, position: position, end: bounds.end))
            }
            positions[source] = position
        }
        return meta == nil ? .genesis(positions) : .resume(positions)
    }
}

/// Why a task does not start. Going on would skip or repeat events, so it stops loudly (I12).
public struct StartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was found; offsets are positions, that is the next offset to read.
    public enum Reason: Hashable, Sendable {
        case stateMissing(TopicPartition, committed: Int64)
        case disagreement(TopicPartition, meta: Int64, committed: Int64)
        case newSource(TopicPartition)
        case unknownSource(TopicPartition)
        case lost(TopicPartition, position: Int64, low: Int64)
        case beyondEnd(TopicPartition, position: Int64, end: Int64)
        case noBounds(TopicPartition)
    }

    public var task: TaskID
    public var reason: Reason

    public init(_ task: TaskID, _ reason: Reason) {
        self.task = task
        self.reason = reason
    }

    /// Whether reading offsets and state once more may find them agreed.
    var mayPass: Bool {
        if case .disagreement(_, let meta, let committed) = reason { return meta > committed }
        return false
    }

    public var description: String { "task \(task) does not start: \(detail)" }

    private var detail: String {
        switch reason {
        case .stateMissing(let source, let committed):
            """
            the group has committed \(source) at \(committed) but the state topic has no meta row; \
            restore the state topic, or reset the group to begin anew
            """
        case .disagreement(let source, let meta, let committed):
            """
            the meta row has \(source) at \(meta) but the group has committed \(committed); \
            state and offsets must be moved together
            """
        case .newSource(let source):
            "the meta row does not know \(source); the stage's topics changed"
        case .unknownSource(let source):
            "the meta row names \(source), which the stage does not read; its topics changed"
        case .lost(let source, let position, let low):
            "\(source) begins at \(low) but the task stands at \(position): records were deleted"
        case .beyondEnd(let source, let position, let end):
            "\(source) ends at \(end) but the task stands at \(position): the topic was replaced"
        case .noBounds(let source):
            "the log does not tell where \(source) begins"
        }
    }
}
