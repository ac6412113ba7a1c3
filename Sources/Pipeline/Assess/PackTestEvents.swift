internal import CyberTip
internal import EventSchemas
internal import HashMatching
public import Policy
public import SafetyModel
internal import Streaming

/// Turns the platform events of packs' tests into signals by the stage's own decoding and
/// normalising. The bank is empty: what is known about media comes in the event, as a finding made
/// elsewhere.
public struct PackTestEvents: Sendable {
    private let decoder: EventDecoder

    /// With a key of its own: what it seals is made up.
    /// - Parameter texts: what texts are looked at with; without lists they hold no terms.
    public init(texts: TextLibrary = TextLibrary()) throws {
        let sealer = Sealer(try SealingKey(bytes: Array(1...32), id: "test"))
        decoder = EventDecoder(sealer: sealer, texts: TextJudge(texts, key: sealer.sketchKey))
    }

    /// The signals of an event, about its own subject first.
    public func signals(of event: PackTest.Event) throws(PackTest.EventFault) -> [Signal] {
        let families = EventFamily.allCases
        let parts = event.type.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let family = families.first(where: { $0.name == parts[0] }) else {
            throw PackTest.EventFault(
                "\"\(event.type)\" is no type of event; expected "
                    + families.map { "\($0.name).…" }.joined(separator: ", ")
                    + " as Schemas/ has them, such as group.created")
        }
        let decoded: Event
        do {
            decoded = try decode(event, family, change: String(parts[1]))
        } catch {
            let place = error.field.isEmpty ? "" : " at \(error.field)"
            throw PackTest.EventFault(
                "the event is rejected: \(error.reason)\(place); Schemas/\(family.name).proto "
                    + "says what it holds")
        }
        let matches = Bank().matches(decoded.evidence?.media ?? []).matches
        return Normaliser(
            decoded, key: .subject(decoded.subject), matches: matches, isLate: false
        ).signals
    }

    private func decode(
        _ event: PackTest.Event, _ family: EventFamily, change: String
    ) throws(Rejection) -> Event {
        var builder = RecordChunkBuilder(sources: [TopicPartition("test", 0)])
        builder.append(
            source: 0, offset: 0, timestamp: event.time.milliseconds, key: nil,
            value: Array(event.json.utf8),
            headers: [
                Header("ce_type", EventType.platform(family, change)),
                Header("ce_source", "test"), Header("ce_id", event.id),
                Header("content-type", WireFormat.json.contentType),
            ])
        let record = builder.finish()[0]
        let result = record.withView { view in
            Result { () throws(Rejection) in try decoder.event(view, family: family) }
        }
        return try result.get()
    }
}
