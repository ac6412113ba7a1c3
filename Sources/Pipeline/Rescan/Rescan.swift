internal import AuditTrail
public import EventSchemas
internal import HashMatching
internal import SafetyModel
public import Streaming

/// Runs new entries against media seen before, and tells Assess of what it finds through the signals'
/// topic, as input from outside: in transactions, never twice, within limits.
///
/// A signal's id follows from event and entry, and what is on the topic already is not written
/// again, so a run that was stopped is gone on with by running it again.
public struct Rescan: Sendable {
    /// Signals of one transaction (I11).
    static let transactionSignals = 500

    private let settings: RescanSettings
    private let pipeline: PipelineSettings
    private let log: any EventLog
    private let sealer: any FieldSealer
    private let initial: Bank

    /// - Parameters:
    ///   - log: holds the platform's events, the hash entries, the ledger and the signals.
    ///   - bank: how banks are compared that no settings record names.
    public init(
        _ settings: RescanSettings, pipeline: PipelineSettings, log: any EventLog,
        sealer: any FieldSealer, bank: Bank = Bank()
    ) {
        self.settings = settings
        self.pipeline = pipeline
        self.log = log
        self.sealer = sealer
        initial = bank
    }

    /// The `ce_source` of its signals.
    public var eventSource: String { "\(pipeline.eventSource)/rescan" }

    /// Reads everything there is.
    /// - Parameters:
    ///   - writer: nil to write nothing. Open it first: it settles what a killed run left open.
    ///   - progress: called now and then with the report so far.
    public func run(
        writer: (any LogWriter)?, progress: (RescanReport) -> Void = { _ in }
    ) async throws -> RescanReport {
        var published = try await publishedSignals()
        var core = RescanCore(
            settings, pipeline: pipeline, selection: try await selection(),
            coverage: try await coverage(), sealer: sealer)
        guard core.report.entries > 0 else { return core.report }
        for (topic, family) in sources {
            for partition in 0..<(try await log.partitionCount(of: topic) ?? 0) {
                let source = TopicPartition(topic, partition)
                try await scan(source, family, &published, writer, &core, progress)
                if core.report.isCutShort { return core.report }
            }
        }
        return core.report
    }

    private var sources: [(String, EventFamily)] {
        let topics = pipeline.topics
        return [
            (topics.accounts, .account), (topics.groups, .group), (topics.invites, .invite),
            (topics.reports, .report),
        ]
    }

    private func scan(
        _ source: TopicPartition, _ family: EventFamily, _ published: inout Set<ContentID>,
        _ writer: (any LogWriter)?, _ core: inout RescanCore, _ progress: (RescanReport) -> Void
    ) async throws {
        var output = OutputBatch()
        try await forEachChunk(of: source) { chunk in
            for index in 0..<chunk.count where !core.report.isCutShort {
                let signals = core.take(chunk[index], family) { published.contains($0) }
                for signal in signals {
                    guard core.report.published < settings.runLimit else {
                        core.noteCutShort()
                        break
                    }
                    guard try Self.note(signal.id, in: &published) else {
                        core.noteRepeated()
                        continue
                    }
                    append(signal, from: source.partition, to: &output)
                    core.notePublished(1)
                }
                if output.count >= Self.transactionSignals {
                    try await writer?.write(output)
                    output = OutputBatch()
                }
            }
            progress(core.report)
            return !core.report.isCutShort
        }
        if !output.isEmpty { try await writer?.write(output) }
    }

    private func append(_ signal: Signal, from origin: Int32, to output: inout OutputBatch) {
        let event = CloudEvent(
            id: signal.id.description, type: EventType.signal, source: eventSource,
            time: signal.time, subject: signal.subject.id)
        output.append(
            topic: pipeline.topics.signals,
            partition: pipeline.partitioner.partition(
                of: signal.subject.id.utf8, count: pipeline.partitions),
            key: Array(signal.subject.id.utf8), value: signal.travelBytes(origin: origin),
            headers: event.headers)
    }

    /// - Returns: false where it was there already.
    private static func note(
        _ id: ContentID, in published: inout Set<ContentID>
    ) throws(PipelineError) -> Bool {
        guard published.insert(id).inserted else { return false }
        guard published.count <= RescanSettings.maximumPublished else {
            throw PipelineError.limit(
                "more than \(RescanSettings.maximumPublished) signals of rescans are on the topic; "
                    + "wait until its retention has let the oldest go")
        }
        return true
    }

    /// A topic that is not there is empty, as in a directory that only holds banks.
    /// - Parameter body: false to stop.
    private func forEachChunk(
        of source: TopicPartition, _ body: (RecordChunk) async throws -> Bool
    ) async throws {
        guard let partitions = try await log.partitionCount(of: source.topic),
            source.partition < partitions
        else { return }
        let reader = try await log.openReader(source, from: 0, follow: false)
        do {
            while let chunk = try await reader.next() {
                if try await !body(chunk) { break }
            }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }
}

extension Rescan {
    /// Ids of the signals that earlier runs wrote.
    private func publishedSignals() async throws -> Set<ContentID> {
        var ids: Set<ContentID> = []
        let own = Array(eventSource.utf8)
        for partition in 0..<pipeline.partitions {
            try await forEachChunk(of: TopicPartition(pipeline.topics.signals, partition)) {
                chunk in
                for index in 0..<chunk.count {
                    let id = chunk[index].withView { view -> ContentID? in
                        guard let source = view.eventSource, source.elementsEqual(own),
                            let id = view.eventID
                        else { return nil }
                        return ContentID(String(decoding: id, as: UTF8.self))
                    }
                    if let id { _ = try Self.note(id, in: &ids) }
                }
                return true
            }
        }
        return ids
    }

    /// The entries that the rescan is about as they stand, and all benign ones.
    private func selection() async throws -> RescanSelection {
        var selection = RescanSelection(bank: initial)
        var entries: [EntryName: (offset: Int64, entry: HashEntry)] = [:]
        var version: Int64 = 0
        let decoder = EventDecoder(sealer: sealer)
        try await forEachChunk(of: TopicPartition(pipeline.topics.hashEntries, 0)) { chunk in
            for index in 0..<chunk.count {
                let record = chunk[index]
                version = record.offset + 1
                guard let update = record.withView({ try? decoder.bankUpdate($0) }) else {
                    continue
                }
                selection.bank.treatment.take(update, at: record.offset)
                guard case .entry(let entry) = update else { continue }
                let name = EntryName(bank: entry.bank, entry: entry.entry)
                selection.offsets[name] = nil
                entries[name] = nil
                guard entry.operation != .remove else { continue }
                let isAbout = settings.isAbout(entry, at: record.offset)
                if isAbout { selection.offsets[name] = record.offset }
                if isAbout || entry.category == .knownBenign {
                    entries[name] = (record.offset, entry)
                }
                guard entries.count <= RescanSettings.maximumEntries else {
                    throw PipelineError.limit(
                        "more than \(RescanSettings.maximumEntries) entries to rescan; "
                            + "name a bank, or a later version")
                }
            }
            return true
        }
        let rows = entries.values.sorted { $0.offset < $1.offset }
            .map { (offset: $0.offset, entry: $0.entry as HashEntry?) }
        selection.bank.snapshot = selection.bank.snapshot.applying(rows, version: version)
        return selection
    }

    /// Nothing is known of tasks that never ran.
    private func coverage() async throws -> LedgerCoverage {
        var coverage = LedgerCoverage()
        for partition in 0..<pipeline.partitions {
            let task = TaskID(stage: AssessStage.name, partition: partition)
            let key = Array("\(task)".utf8)
            try await forEachChunk(of: TopicPartition(pipeline.topics.ledger, partition)) { chunk in
                for index in 0..<chunk.count where chunk[index].bytes(of: .key) == key {
                    guard let value = chunk[index].bytes(of: .value) else { continue }
                    let entry = try LedgerEntry(wireBytes: value)
                    for input in entry.inputs where input.range.to > input.range.from {
                        coverage.add(input.range, bankVersion: entry.context.bankVersion)
                    }
                }
                return true
            }
        }
        return coverage
    }
}
