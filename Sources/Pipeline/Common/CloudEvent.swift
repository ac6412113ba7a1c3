internal import EventSchemas
public import SafetyModel
public import Streaming

/// The CloudEvents attributes of a record that Tutela writes (Kafka binding, binary mode).
public struct CloudEvent: Sendable {
    /// With the source, the event's identity.
    public var id: String
    /// See `EventType`.
    public var type: String
    /// `PipelineSettings.eventSource`, a slash, and the stage.
    public var source: String
    /// The cause's event time.
    public var time: Instant
    /// The subject's id; nil leaves the header out.
    public var subject: String?

    /// Makes the attributes.
    public init(id: String, type: String, source: String, time: Instant, subject: String?) {
        self.id = id
        self.type = type
        self.source = source
        self.time = time
        self.subject = subject
    }

    /// Appends `headers` of an event as a header block. Signals travel in numbers, so theirs are
    /// written without strings in between.
    static func append(
        id: ContentID, type: String, source: String, time: Instant, subject: String,
        to bytes: inout [UInt8]
    ) {
        HeaderBlock.append(name: "ce_specversion", to: &bytes) { $0.append(contentsOf: "1.0".utf8) }
        HeaderBlock.append(name: "ce_id", to: &bytes) { id.appendHex(to: &$0) }
        HeaderBlock.append(name: "ce_type", to: &bytes) { $0.append(contentsOf: type.utf8) }
        HeaderBlock.append(name: "ce_source", to: &bytes) { $0.append(contentsOf: source.utf8) }
        HeaderBlock.append(name: "ce_time", to: &bytes) { time.appendRFC3339(to: &$0) }
        HeaderBlock.append(name: "ce_subject", to: &bytes) { $0.append(contentsOf: subject.utf8) }
        HeaderBlock.append(name: "content-type", to: &bytes) {
            $0.append(contentsOf: WireFormat.protobuf.contentType.utf8)
        }
    }

    /// The headers, for a value in protobuf. The write actor replaces the content type where JSON is
    /// what is written.
    public var headers: [Header] {
        var headers = [
            Header("ce_specversion", "1.0"), Header("ce_id", id), Header("ce_type", type),
            Header("ce_source", source), Header("ce_time", time.rfc3339),
        ]
        if let subject { headers.append(Header("ce_subject", subject)) }
        headers.append(Header("content-type", WireFormat.protobuf.contentType))
        return headers
    }
}
