public import Streaming

/// The log in a directory as it stood when it was opened, for reading only: nothing is locked, made,
/// cut or written, so that one which another process writes to can be read too.
public final class FileArchive: EventLog {
    private let core: LogCore
    private let file: JournalFile

    /// - Throws: `notFound` where there is no log; `damaged` naming the byte position.
    public init(directory: String) throws(LogError) {
        guard let file = try JournalFile(reading: directory + "/journal") else {
            throw LogError(.notFound, "there is no log in \(directory): it has no file journal")
        }
        let core = LogCore(
            journal: FileJournal(file: file, durability: .system), clock: { 0 })
        do throws(LogError) {
            // A torn last frame is one that is just being written, or never was.
            _ = try Recovery.read(file) { core.recover($0, at: $1) }
        } catch {
            file.close()
            throw error
        }
        self.core = core
        self.file = file
    }

    /// The archive is of no use afterwards. Close readers first.
    public func close() {
        core.close()
        file.close()
    }

    public func partitionCount(of topic: String) async throws(LogError) -> Int32? {
        try core.partitionCount(of: topic)
    }

    public func bounds(of source: TopicPartition) async throws(LogError) -> LogBounds {
        try core.bounds(of: source)
    }

    public func openReader(_ source: TopicPartition, from: Int64, follow: Bool)
        async throws(LogError) -> any LogReader
    {
        try core.openReader(source, from: from, follow: follow)
    }

    public func openLane(_ settings: LaneSettings) async throws(LogError) -> any LaneLog {
        throw Self.refusal
    }

    public func openWriter() async throws(LogError) -> any LogWriter { throw Self.refusal }

    private static let refusal = LogError(.rejected, "an archive is only read")
}
