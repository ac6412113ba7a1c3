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
        var isAhead = false
        for match in result.matches where match.provider == nil {
            let name = EntryName(bank: match.bank, entry: match.entry)
            guard let offset = selection.offsets[name] else { continue }
            report.matches += 1
            switch coverage.sight(of: record, entryOffset: offset) {
            case .ahead: isAhead = true
            case .compared: report.alreadyCompared += 1
            case .lacking: signals += take(match, named: name, of: event, isPublished)
            }
        }
        if isAhead { report.notAssessedYet += 1 }
        return signals
    }

    private mutating func take(
        _ match: Match, named name: EntryName, of event: Event, _ isPublished: (ContentID) -> Bool
    ) -> [Signal] {
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
    mutating func noteRepeated() { report.alreadyPublished += 1 }
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
    /// How a record stands to an entry.
    enum Sight {
        /// It was assessed with a bank that lacked the entry.
        case lacking
        /// It was assessed with a bank that held it.
        case compared
        /// It lies past the ledger's end.
        case ahead
    }

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

    /// Where nothing is known of a source, as in an archive, no record was compared.
    func sight(of record: Record, entryOffset: Int64) -> Sight {
        guard let known = pieces[record.source] else { return .lacking }
        var (low, high) = (0, known.count)
        while low < high {
            let middle = (low + high) / 2
            if known[middle].to <= record.offset { low = middle + 1 } else { high = middle }
        }
        guard low < known.count else { return .ahead }
        return known[low].bankVersion <= entryOffset ? .lacking : .compared
    }
}
