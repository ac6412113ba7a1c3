internal import Crypto
public import EventSchemas
internal import HashMatching
internal import SafetyModel
public import Streaming
internal import Synchronization

/// Reads the hash entries' topic and publishes immutable banks; one for each process.
///
/// A record that cannot be read is the importer's trouble: it is left out and told to the observer
/// by its position, and the version moves past it.
public actor BankFeed {
    private let log: any EventLog
    private let source: TopicPartition
    private let decoder: EventDecoder
    private let observer: PipelineObserver
    private nonisolated let published: Mutex<Bank>
    private let initial: Bank
    /// SHA-256 of how banks are compared that no settings record names: part of what decides (I3).
    nonisolated let settingsDigest: [UInt8]
    private var bank: Bank
    private var position: Int64 = 0
    private var hasCaughtUp = false

    /// - Parameters:
    ///   - topic: the hash entries; they have one partition.
    ///   - bank: how banks are compared that no settings record names.
    public init(
        log: any EventLog, topic: String = Topics().hashEntries, sealer: any FieldSealer,
        bank: Bank = Bank(), observer: @escaping PipelineObserver = { _ in }
    ) {
        self.log = log
        source = TopicPartition(topic, 0)
        decoder = EventDecoder(sealer: sealer)
        self.observer = observer
        initial = bank
        settingsDigest = Array(SHA256.hash(data: bank.settings.normalForm))
        self.bank = bank
        published = Mutex(bank)
    }

    /// The newest bank.
    public nonisolated var current: Bank { published.withLock { $0 } }

    /// Reads to the topic's end as it is at the call.
    /// - Returns: the bank's version.
    @discardableResult
    public func catchUp() async throws -> Int64 {
        try await read(follow: false, below: .max)
        hasCaughtUp = true
        return bank.version
    }

    /// Follows the topic until cancelled.
    public func run() async throws {
        try await read(follow: true, below: .max)
    }

    /// Returns when the bank has reached the topic's end as seen at the start, and `version`.
    /// - Throws: `bankBehind` where the topic ends before `version`: it was cut or is another one.
    public func ready(for task: TaskID, version: Int64) async throws {
        if !hasCaughtUp || bank.version < version { try await catchUp() }
        guard bank.version >= version else {
            throw PipelineError.bankBehind(task, needs: version, has: bank.version)
        }
    }

    /// Brings the bank to exactly this version, for replay.
    /// - Throws: `bankBehind` where the topic does not hold it any more.
    public func move(to version: Int64, for task: TaskID) async throws {
        if bank.version > version {
            position = 0
            bank = initial
        }
        if bank.version < version { try await read(follow: false, below: version) }
        guard bank.version == version else {
            throw PipelineError.bankBehind(task, needs: version, has: bank.version)
        }
        published.withLock { $0 = bank }
    }

    private func read(follow: Bool, below limit: Int64) async throws {
        let reader = try await log.openReader(source, from: position, follow: follow)
        do {
            while position < limit, !Task.isCancelled, let chunk = try await reader.next() {
                apply(chunk, below: limit)
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }

    /// Two readers may run at once, so what lies before the position is skipped.
    private func apply(_ chunk: RecordChunk, below limit: Int64) {
        var entries: [(offset: Int64, entry: HashEntry?)] = []
        for index in 0..<chunk.count {
            let record = chunk[index]
            guard record.offset >= position, record.offset < limit else { continue }
            entries.append((record.offset, entry(of: record)))
            position = record.offset + 1
        }
        guard !entries.isEmpty else { return }
        bank.snapshot = bank.snapshot.applying(entries, version: position)
        published.withLock { $0 = bank }
        observer(.bank(version: bank.version, entries: bank.snapshot.entryCount))
    }

    private func entry(of record: Record) -> HashEntry? {
        do throws(Rejection) {
            let update = try update(of: record)
            guard case .entry(let entry) = update else {
                bank.take(update, at: record.offset)
                return nil
            }
            bank.forget(entry)
            return entry
        } catch {
            observer(.bankEntryRejected(source, offset: record.offset, error))
            return nil
        }
    }

    private func update(of record: Record) throws(Rejection) -> BankUpdate {
        let result: Result<BankUpdate, Rejection> = record.withView { view in
            do throws(Rejection) { return .success(try decoder.bankUpdate(view)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
