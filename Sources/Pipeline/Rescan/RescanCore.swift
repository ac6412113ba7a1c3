internal import EventSchemas
internal import HashMatching
internal import SafetyModel
internal import Streaming

/// Compares earlier events with new entries, one by one; pure. What it finds is told to the subjects
/// that the event itself would have told of its matches (`Normaliser`), as signals that count no
/// behaviour.
struct RescanCore {
    private let settings: RescanSettings
    private let pipeline: PipelineSettings
    private let selection: RescanSelection
    private let coverage: LedgerCoverage
    private let decoder: EventDecoder
    private var perEntry: [EntryName: Int] = [:]
    private var floods: Set<EntryName> = []
    private(set) var report = RescanReport()

    init(
        _ settings: RescanSettings, pipeline: PipelineSettings, selection: RescanSelection,
        coverage: LedgerCoverage, sealer: any FieldSealer
    ) {
        self.settings = settings
        self.pipeline = pipeline
        self.selection = selection
        self.coverage = coverage
        decoder = EventDecoder(
            sealer: sealer, maximumValueBytes: pipeline.maximumValueBytes,
            maximumClockSkew: pipeline.maximumClockSkew)
        report.entries = selection.offsets.count
    }

    /// What a record's media match now and did not then.
    /// - Parameter isPublished: whether a signal is on its topic already.
    mutating func take(
        _ record: Record, _ family: EventFamily, isPublished: (ContentID) -> Bool
    ) -> [Signal] {
        report.events += 1
        let found = record.withView { view in
            Result { () throws(Rejection) in try decoder.event(view, family: family) }
        }
        guard case .success(let event) = found else {
            report.unreadable += 1
            return []
        }
        guard let media = event.evidence?.media, !media.isEmpty else { return [] }
        guard !pipeline.withheldRegions.contains(event.region) else {
            report.withheld += 1
            return []
        }
        report.eventsWithMedia += 1
        let result = selection.bank.matches(media)
        report.suppressed += result.suppressed.count
        var signals: [Signal] = []
        // What other services found was known when the event came.
        for match in result.matches where match.provider == nil {
            signals += take(match, of: event, from: record, isPublished)
        }
        return signals
    }

    private mutating func take(
        _ match: Match, of event: Event, from record: Record, _ isPublished: (ContentID) -> Bool
    ) -> [Signal] {
        let name = EntryName(bank: match.bank, entry: match.entry)
        guard let offset = selection.offsets[name] else { return [] }
        report.matches += 1
        guard coverage.isNew(record, entryOffset: offset) else {
            report.alreadyCompared += 1
            return []
        }
        var fresh: [Signal] = []
        for signal in signals(of: match, event) {
            let count = perEntry[name, default: 0]
            guard count < settings.entryLimit else {
                report.heldBack += 1
                if floods.insert(name).inserted { report.floods = floods.sorted() }
                continue
            }
            perEntry[name] = count + 1
            if isPublished(signal.id) {
                report.alreadyPublished += 1
            } else {
                fresh.append(signal)
            }
        }
        return fresh
    }

    private func signals(of match: Match, _ event: Event) -> [Signal] {
        let cause = ContentID.rescan(event: event.identity, match: match)
        let told = Normaliser(
            event, key: .subject(event.subject), matches: [match], isLate: true)
        return told.signals.filter { !$0.matches.isEmpty }.map { signal in
            Signal(
                cause: cause, ordinal: 0, kind: .rescanned, time: signal.time,
                subject: signal.subject, key: signal.key, actor: signal.actor,
                related: signal.related,
                // Whatever was imminent then is not now.
                flags: signal.flags.subtracting(.imminent), region: signal.region,
                category: signal.category, isLate: true, evidence: signal.evidence,
                matches: signal.matches)
        }
    }

    mutating func notePublished(_ count: Int) { report.published += count }
    mutating func noteCutShort() { report.isCutShort = true }
}

/// The entries that a rescan compares with, as a bank: those it is about, and all that are known to be
/// benign.
struct RescanSelection: Sendable {
    var bank: Bank
    /// Offsets of the entries it is about.
    var offsets: [EntryName: Int64] = [:]
}

/// Which batches saw which bank: from the ledger.
struct LedgerCoverage: Sendable {
    private struct Piece: Sendable {
        var to: Int64
        var bankVersion: Int64
    }

    /// By source, in order.
    private var pieces: [TopicPartition: [Piece]] = [:]

    mutating func add(_ range: OffsetRange, bankVersion: Int64) {
        var known = pieces[range.source] ?? []
        // Neighbours with one bank are one piece.
        if let last = known.last, last.bankVersion == bankVersion {
            known[known.count - 1].to = range.to
        } else {
            known.append(Piece(to: range.to, bankVersion: bankVersion))
        }
        pieces[range.source] = known
    }

    /// Whether the record was assessed with a bank that lacked the entry. One that is not assessed yet
    /// will be; where nothing is known of a source, as in an archive, everything is new.
    func isNew(_ record: Record, entryOffset: Int64) -> Bool {
        guard let known = pieces[record.source] else { return true }
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if known[middle].to <= record.offset { low = middle + 1 } else { high = middle }
        }
        return low < known.count && known[low].bankVersion <= entryOffset
    }
}
