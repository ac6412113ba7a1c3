public import Streaming

/// Why a task cannot go on. A task stops loudly rather than guess (I6).
public enum PipelineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The changelog was written under other settings than these.
    case settingsMismatch(TaskID, String)
    /// A row of the changelog cannot be read.
    case damagedState(TaskID, offset: Int64, String)
    /// The bank ended below the version that the task has already used.
    case bankBehind(TaskID, needs: Int64, has: Int64)
    /// The stage was called for a task it does not hold.
    case notOpen(TaskID)
    /// A topic is missing or has the wrong number of partitions.
    case topic(String)
    /// A replay was not given a term list or text model that the ledger names.
    case texts(TaskID, sequence: UInt64, String)
    /// More was asked for than a named limit allows.
    case limit(String)

    /// What is wrong and where, in words.
    public var description: String {
        switch self {
        case .settingsMismatch(let task, let what): "task \(task): settings mismatch: \(what)"
        case .damagedState(let task, let offset, let what):
            "task \(task): changelog offset \(offset): \(what)"
        case .bankBehind(let task, let needs, let has):
            "task \(task): bank version \(needs) was used before, the hash entries end at \(has)"
        case .notOpen(let task): "task \(task) is not open"
        case .texts(let task, let sequence, let what): "task \(task), record \(sequence): \(what)"
        case .topic(let what), .limit(let what): what
        }
    }
}
