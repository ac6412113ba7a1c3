public import Streaming
internal import Synchronization

/// A log in a directory: one append journal, in which a transaction is one checksummed frame. Only
/// an index of the records is kept in memory.
///
/// Commits wait for the disk on the caller's thread. That suits the embedded run, which has one
/// driver; a busy server wants Kafka.
public final class FileLog: EventLog {
    /// When a commit is forced to the disk.
    public enum Durability: Sendable {
        /// Before each commit returns: survives power loss.
        case eachCommit
        /// When the operating system likes: survives `kill -9`, not power loss.
        case system
    }

    private let core: LogCore
    private let journal: FileJournal
    private let lock: JournalFile
    private let isClosed = Mutex(false)

    /// Bytes of a torn last frame that were cut when the log was opened: a transaction that was
    /// never acknowledged.
    public let tornBytes: Int64

    /// Opens or creates the log, recovers it, and holds it locked until `close`.
    /// - Parameter clock: time stamps for records without one, Unix milliseconds.
    /// - Throws: `rejected` while another process writes; `damaged` naming the byte position.
    public init(
        directory: String, durability: Durability = .eachCommit,
        clock: @escaping @Sendable () -> Int64
    ) throws(LogError) {
        try JournalFile.makeDirectory(directory)
        lock = try JournalFile(path: directory + "/lock")
        guard lock.lock() else {
            lock.close()
            throw LogError(
                .rejected, "\(directory) is in use by another process; stop it or choose another")
        }
        do throws(LogError) {
            let file = try JournalFile(path: directory + "/journal")
            let found = try Self.open(file, directory, durability, clock)
            (core, journal, tornBytes) = (found.core, found.journal, found.torn)
        } catch {
            lock.close()
            throw error
        }
    }

    private static func open(
        _ file: JournalFile, _ directory: String, _ durability: Durability,
        _ clock: @escaping @Sendable () -> Int64
    ) throws(LogError) -> (core: LogCore, journal: FileJournal, torn: Int64) {
        do throws(LogError) {
            let journal = FileJournal(file: file, durability: durability)
            let core = LogCore(journal: journal, clock: clock)
            let recovery = try Recovery.read(file) { core.recover($0, at: $1) }
            if recovery.torn > 0 { try file.truncate(to: recovery.end) }
            if durability == .eachCommit {
                try file.synchronize()
                try JournalFile.synchronizeDirectory(directory)
            }
            journal.begin(after: recovery)
            return (core, journal, recovery.torn)
        } catch {
            file.close()
            throw error
        }
    }

    /// Creates a topic; does nothing where it exists with as many partitions.
    /// - Throws: `misconfigured` where it exists with another number of partitions.
    public func createTopic(_ name: String, partitions: Int32) throws(LogError) {
        try core.createTopic(name, partitions: partitions)
    }

    /// Releases the lock; the log is of no use afterwards.
    public func close() {
        let isFirst = isClosed.withLock { closed in
            defer { closed = true }
            return !closed
        }
        guard isFirst else { return }
        core.close()
        journal.close()
        lock.close()
    }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try core.partitionCount(of: topic)
    }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try core.bounds(of: source)
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        try core.openLane(settings)
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        try core.openReader(source, from: from, follow: follow)
    }

    public func openWriter() async throws(LogError) -> any LogWriter { core.openWriter() }
}
