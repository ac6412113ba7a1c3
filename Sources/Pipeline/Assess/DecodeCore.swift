internal import AuditTrail
internal import EventSchemas
internal import SafetyModel
internal import Streaming

/// What became of one record before any state was asked.
enum DecodedItem: Sendable {
    case event(Event)
    /// From the signals' topic.
    case signal(Signal)
    /// Valid, but its region's legal regime forbids to process it.
    case withheld(Instant)
    case rejected(Rejection)
}

/// A batch with its records decoded, one item for each.
struct DecodedBatch: Sendable {
    var batch: TaskBatch
    var items: [DecodedItem]
    /// What its texts were looked at with.
    var textDigests: [NamedDigest] = []
}

/// Decodes records. Holds no state, so it may run ahead of an uncommitted batch.
struct DecodeCore: Sendable {
    private enum Kind { case platform(EventFamily), signals, unknown }

    private let settings: PipelineSettings
    private let sealer: any FieldSealer
    private let texts: TextFeed

    init(settings: PipelineSettings, sealer: any FieldSealer, texts: TextFeed) {
        self.settings = settings
        self.sealer = sealer
        self.texts = texts
    }

    func decode(_ batch: TaskBatch) -> DecodedBatch {
        let library = texts.current
        let decoder = EventDecoder(
            sealer: sealer, texts: TextJudge(library, key: sealer.sketchKey),
            maximumValueBytes: settings.maximumValueBytes,
            maximumClockSkew: settings.maximumClockSkew)
        var items: [DecodedItem] = []
        items.reserveCapacity(batch.records.count)
        var topic = ""
        var kind = Kind.unknown
        for record in batch.records {
            let source = record.source.topic
            if source != topic { (topic, kind) = (source, self.kind(of: source)) }
            items.append(decode(record, kind, decoder))
        }
        return DecodedBatch(batch: batch, items: items, textDigests: library.digests)
    }

    private func decode(
        _ record: Record, _ kind: Kind, _ decoder: EventDecoder
    ) -> DecodedItem {
        record.withView { view in
            do throws(Rejection) {
                switch kind {
                case .platform(let family):
                    let event = try decoder.event(view, family: family)
                    if isWithheld(event.region) { return .withheld(event.time) }
                    return .event(event)
                case .signals:
                    let signal = try decoder.signal(view)
                    guard signal.time <= view.timestamp + settings.maximumClockSkew else {
                        throw Rejection(.impossibleTime, field: "event_unix_ms")
                    }
                    if isWithheld(signal.region) { return .withheld(signal.time) }
                    return .signal(signal)
                case .unknown:
                    throw Rejection(.unknownType, field: "topic")
                }
            } catch {
                return .rejected(error)
            }
        }
    }

    private func isWithheld(_ region: String) -> Bool {
        !settings.withheldRegions.isEmpty && settings.withheldRegions.contains(region)
    }

    private func kind(of topic: String) -> Kind {
        let topics = settings.topics
        switch topic {
        case topics.accounts: return .platform(.account)
        case topics.groups: return .platform(.group)
        case topics.invites: return .platform(.invite)
        case topics.reports: return .platform(.report)
        case topics.signals: return .signals
        default: return .unknown
        }
    }
}
