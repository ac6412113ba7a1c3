/// Why a lane stopped.
public enum LaneError: Error, Sendable, CustomStringConvertible {
    /// Another member has this lane's place.
    case fenced(LogError)
    /// A round was aborted as often as allowed, or for a reason that another try does not help.
    case aborted(LogError, attempts: Int)
    /// After an unknown outcome, the committed offsets are neither those before nor those after the
    /// round.
    case indeterminate(TopicPartition, committed: Int64?, before: Int64?, after: Int64)
    /// The group gave a task without all of its sources.
    case notCopartitioned(TaskID, missing: TopicPartition)
    /// The lock-step run waits for a source that the log does not deliver.
    case starved(String)
    /// The lane runs already, or has ended.
    case busy

    /// Whether a new lane in its place may do better.
    public var isRetriable: Bool {
        switch self {
        case .fenced, .indeterminate: true
        case .aborted(let error, _): helpsToRestart(error)
        case .notCopartitioned, .starved, .busy: false
        }
    }

    public var description: String {
        switch self {
        case .fenced(let error): "the lane was fenced: \(error)"
        case .aborted(let error, let attempts):
            "the round was aborted \(attempts) times, at last: \(error)"
        case .indeterminate(let source, let committed, let before, let after):
            """
            after an unknown outcome \(source) stands at \
            \(committed.map(String.init) ?? "nothing"), \
            neither before (\(before.map(String.init) ?? "nothing")) nor after (\(after)) the round
            """
        case .notCopartitioned(let task, let missing):
            "task \(task) was assigned without \(missing); are all topics of one partition count?"
        case .starved(let what): "the lock-step run waits in vain: \(what)"
        case .busy: "the lane runs already, or has ended"
        }
    }
}

/// Whether a failure passes when the lane starts again.
func isRetriable(_ error: any Error) -> Bool {
    switch error {
    case let error as LaneError: error.isRetriable
    case let error as LogError: helpsToRestart(error)
    default: false
    }
}

/// A member that is fenced or beyond use may have a well successor; restarts are bounded.
private func helpsToRestart(_ error: LogError) -> Bool {
    error.isRetriable || error.code == .fenced || error.code == .fatal
}

/// What became of a round whose outcome was unknown, by the offsets that are committed now.
enum Settlement: Equatable {
    case committed
    case notCommitted

    static func of(
        committed: [TopicPartition: Int64], before: [TopicPartition: Int64],
        after: [TopicPartition: Int64]
    ) throws(LaneError) -> Settlement {
        if after.allSatisfy({ committed[$0.key] == $0.value }) { return .committed }
        let sources = after.keys.sorted()
        if let odd = sources.first(where: { committed[$0] != before[$0] }) {
            throw .indeterminate(
                odd, committed: committed[odd], before: before[odd], after: after[odd] ?? -1)
        }
        return .notCommitted
    }
}
