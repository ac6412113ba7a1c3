public import BankStorage
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
///
/// It also owns what keeps look-ups fast: once enough has changed, the bank's index is made anew on a
/// thread of its own and put in the old one's place, and an image of it is saved, from which the
/// next process goes on. None of this changes what a version of the bank answers (I3).
public actor BankFeed {
    let log: any EventLog
    let source: TopicPartition
    private let decoder: EventDecoder
    let observer: PipelineObserver
    let initial: Bank
    let images: BankImageFile?
    let savesImages: Bool
    nonisolated let published: Mutex<PublishedBank>
    /// SHA-256 of how banks are compared that no settings record names: part of what decides (I3).
    nonisolated let settingsDigest: [UInt8]

    /// What is read but not published yet, of at most `largestStep` entries.
    private var pending: [(offset: Int64, entry: HashEntry?)] = []
    /// The published one's are those of its version; these are those at `position`.
    var treatment: BankTreatment
    var position: Int64 = 0
    /// Of the record before `position`.
    var lastRecord: [UInt8] = []
    var hasCaughtUp = false
    var opening = Opening.notYet
    var openers: [CheckedContinuation<Void, Never>] = []
    /// The version of the newest image, on disk or about to be.
    var imageVersion: Int64 = 0

    /// Entries that are indexed together while there is more to read.
    static let largestStep = 8_192

    /// - Parameters:
    ///   - topic: the hash entries; they have one partition.
    ///   - bank: how banks are compared that no settings record names.
    ///   - images: where the bank is kept between runs; nil for nowhere.
    ///   - savesImages: false where only somebody else's are read.
    public init(
        log: any EventLog, topic: String = Topics().hashEntries, sealer: any FieldSealer,
        bank: Bank = Bank(), images: BankImageFile? = nil, savesImages: Bool = true,
        observer: @escaping PipelineObserver = { _ in }
    ) {
        self.log = log
        source = TopicPartition(topic, 0)
        decoder = EventDecoder(sealer: sealer)
        self.observer = observer
        self.images = images
        self.savesImages = savesImages && images != nil
        initial = bank
        settingsDigest = Array(SHA256.hash(data: bank.settings.normalForm))
        treatment = bank.treatment
        published = Mutex(PublishedBank(bank: bank))
    }

    /// The newest bank.
    public nonisolated var current: Bank { published.withLock { $0.bank } }

    /// Reads to the topic's end as it is at the call. The first time it also waits until the index
    /// is made; later rebuilds run beside whatever goes on.
    /// - Returns: the bank's version.
    @discardableResult
    public func catchUp() async throws -> Int64 {
        try await read(follow: false, below: .max)
        if !hasCaughtUp {
            hasCaughtUp = true
            await quicken()
        }
        return current.version
    }

    /// Follows the topic until cancelled.
    public func run() async throws {
        try await catchUp()
        try await read(follow: true, below: .max)
    }

    /// Returns when the bank has reached the topic's end as seen at the start, and `version`. Once
    /// it has, this only reads what is missing, so that no lane waits for an index.
    /// - Throws: `bankBehind` where the topic ends before `version`: it was cut or is another one.
    public func ready(for task: TaskID, version: Int64) async throws {
        if !hasCaughtUp || current.version < version { try await catchUp() }
        let has = current.version
        guard has >= version else {
            throw PipelineError.bankBehind(task, needs: version, has: has)
        }
    }

    /// Brings the bank to exactly this version, for replay.
    /// - Throws: `bankBehind` where the topic does not hold it any more.
    public func move(to version: Int64, for task: TaskID) async throws {
        await open()
        if position > version { restart() }
        if current.version < version { try await read(follow: false, below: version) }
        let has = current.version
        guard has == version else {
            throw PipelineError.bankBehind(task, needs: version, has: has)
        }
    }

    private func restart() {
        position = 0
        pending = []
        treatment = initial.treatment
        lastRecord = []
        publish(initial)
    }

    private func read(follow: Bool, below limit: Int64) async throws {
        await open()
        let reader = try await log.openReader(source, from: position, follow: follow)
        do {
            while position < limit, !Task.isCancelled, let chunk = try await reader.next() {
                take(chunk, below: limit)
                if follow || pending.count >= Self.largestStep { flush() }
            }
        } catch {
            flush()
            await reader.close()
            throw error
        }
        flush()
        await reader.close()
    }

    /// Two readers may run at once, so what lies before the position is skipped.
    private func take(_ chunk: RecordChunk, below limit: Int64) {
        var last: Int?
        for index in 0..<chunk.count {
            let record = chunk[index]
            guard record.offset >= position, record.offset < limit else { continue }
            pending.append((record.offset, entry(of: record)))
            position = record.offset + 1
            last = index
        }
        if images != nil, let last { lastRecord = Self.digest(of: chunk[last]) }
    }

    /// Publishes what was read.
    func flush() {
        guard !pending.isEmpty else { return }
        let snapshot = published.withLock { state in
            state.isChanging = true
            return state.bank.snapshot
        }
        var bank = initial
        bank.snapshot = snapshot.applying(pending, version: position)
        bank.treatment = treatment
        pending.removeAll(keepingCapacity: true)
        publish(bank)
        observer(.bank(version: bank.version, entries: bank.snapshot.entryCount))
        if isSlow(bank.snapshot, hasCaughtUp: hasCaughtUp) { startRebuild() }
    }

    private func entry(of record: Record) -> HashEntry? {
        do throws(Rejection) {
            let update = try update(of: record)
            if let bank = treatment.take(update, at: record.offset) {
                observer(.bankQuarantined(bank))
            }
            guard case .entry(let entry) = update else { return nil }
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
