internal import FoundationEssentials
public import SafetyModel
internal import SwiftProtobuf

/// Turns records into the domain's values. Pure: what it makes, and why it refuses, depends on the
/// record and the limits alone. It never traps and never repeats a value in a rejection.
public struct EventDecoder: Sendable {
    let sealer: any FieldSealer
    let texts: (any TextAssessor)?
    /// Values longer than this many bytes are `oversize`, unread.
    public let maximumValueBytes: Int
    /// How far `ce_time` may be past the record's time stamp.
    public let maximumClockSkew: TimeSpan

    /// Messages nested deeper than this are `tooDeep`; the contract's own depth is below ten.
    static let maximumDepth = 16

    /// - Parameters:
    ///   - sealer: seals personal data found in clear.
    ///   - texts: looks at names and other texts; without one they are dropped unread.
    public init(
        sealer: any FieldSealer, texts: (any TextAssessor)? = nil, maximumValueBytes: Int = 960 << 10,
        maximumClockSkew: TimeSpan = .minutes(10)
    ) {
        self.sealer = sealer
        self.texts = texts
        self.maximumValueBytes = maximumValueBytes
        self.maximumClockSkew = maximumClockSkew
    }

    /// Decodes a record of a platform topic.
    public func event(
        _ record: RecordView, family: EventFamily
    ) throws(Rejection) -> Event {
        if let event = try hotEvent(record, family: family) { return event }
        return try generatedEvent(record, family: family)
    }

    /// A common event in protobuf; nil where the generated decoder has to look.
    private func hotEvent(
        _ record: RecordView, family: EventFamily
    ) throws(Rejection) -> Event? {
        guard let value = record.value, let type = record.eventType,
            value.count <= maximumValueBytes,
            try WireFormat(contentType: record.contentType) == .protobuf
        else { return nil }
        let hot = HotEvents(
            identity: record.identity, time: try eventTime(record), type: type)
        guard let event = try? hot.event(value, family: family) else { return nil }
        if let subject = record.eventSubject, !event.subject.id.hasBytes(subject) { return nil }
        return event
    }

    /// Decodes a record of a platform topic with the generated decoder alone: slower, and the judge
    /// of what is rejected and why.
    public func generatedEvent(
        _ record: RecordView, family: EventFamily
    ) throws(Rejection) -> Event {
        let change = try checkType(record, family: family.name)
        let envelope = Envelope(
            identity: record.identity, time: try eventTime(record), change: change,
            sealing: SealingPass(sealer: sealer, record: record.identity), texts: texts)
        let event: Event
        switch family {
        case .account: event = try envelope.event(parse(record) as PBAccountEvent)
        case .group: event = try envelope.event(parse(record) as PBGroupEvent)
        case .invite: event = try envelope.event(parse(record) as PBInviteEvent)
        case .report: event = try envelope.event(parse(record) as PBReportEvent)
        }
        if let subject = record.eventSubject, !event.subject.id.hasBytes(subject) {
            throw Rejection(.keyMismatch, field: "ce_subject")
        }
        return event
    }

    /// Reads the value in the format that its content type names.
    func parse<M: Message>(_ record: RecordView) throws(Rejection) -> M {
        guard let value = record.value else { throw Rejection(.missingField, field: "value") }
        if value.count > maximumValueBytes { throw Rejection(.oversize, field: "value") }
        switch try WireFormat(contentType: record.contentType) {
        case .protobuf: return try Self.binary([UInt8](value))
        case .json: return try Self.json([UInt8](value))
        }
    }

    static func binary<M: Message>(_ bytes: [UInt8]) throws(Rejection) -> M {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = maximumDepth
        options.discardUnknownFields = true
        do {
            return try M(serializedBytes: bytes, options: options)
        } catch BinaryDecodingError.invalidUTF8 {
            throw Rejection(.badUTF8, field: "")
        } catch BinaryDecodingError.messageDepthLimit {
            throw Rejection(.tooDeep, field: "")
        } catch {
            throw Rejection(.malformedPayload, field: "")
        }
    }

    static func json<M: Message>(_ bytes: [UInt8]) throws(Rejection) -> M {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Rejection(.badUTF8, field: "")
        }
        var options = JSONDecodingOptions()
        options.messageDepthLimit = maximumDepth
        do {
            return try M(jsonUTF8Bytes: bytes, options: options)
        } catch JSONDecodingError.messageDepthLimit {
            throw Rejection(.tooDeep, field: "")
        } catch JSONDecodingError.unrecognizedEnumValue {
            throw Rejection(.unknownEnum, field: "")
        } catch JSONDecodingError.invalidUTF8 {
            throw Rejection(.badUTF8, field: "")
        } catch JSONDecodingError.numberRange {
            throw Rejection(.outOfRange, field: "")
        } catch {
            throw Rejection(.malformedPayload, field: "")
        }
    }

    /// - Returns: the third word of `ce_type`.
    func checkType(_ record: RecordView, family: String) throws(Rejection) -> String {
        guard let header = record.eventType, !header.isEmpty else {
            throw Rejection(.missingField, field: "ce_type")
        }
        guard let text = String(validating: header, as: UTF8.self) else {
            throw Rejection(.badUTF8, field: "ce_type")
        }
        guard let parts = EventTypeParts(text), parts.family.elementsEqual(family.utf8) else {
            throw Rejection(.unknownType, field: "ce_type")
        }
        guard parts.version == 1 else { throw Rejection(.unknownVersion, field: "ce_type") }
        return String(Substring(parts.change))
    }

    /// `ce_time`, else the record's time stamp.
    func eventTime(_ record: RecordView) throws(Rejection) -> Instant {
        guard let header = record.eventTime, !header.isEmpty else { return record.timestamp }
        guard let time = Instant(rfc3339: header), time.milliseconds >= 0,
            time <= record.timestamp + maximumClockSkew
        else { throw Rejection(.impossibleTime, field: "ce_time") }
        return time
    }
}

extension String {
    /// Whether its UTF-8 is these bytes.
    func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var copy = self
        return copy.withUTF8 { UnsafeRawBufferPointer($0).hasBytes(bytes) }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the same bytes; eight at a time, for several headers of each record are
    /// compared.
    @inline(__always) func hasBytes(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var at = 0
        while at + 8 <= count {
            if loadUnaligned(fromByteOffset: at, as: UInt64.self)
                != other.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            {
                return false
            }
            at += 8
        }
        while at < count {
            if self[at] != other[at] { return false }
            at += 1
        }
        return true
    }

    @inline(__always) func hasBytes(_ text: StaticString) -> Bool {
        hasBytes(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

/// What every platform event has beside its message.
struct Envelope {
    let identity: ContentID
    let time: Instant
    /// The third word of `ce_type`.
    let change: String
    let sealing: SealingPass
    let texts: (any TextAssessor)?

    func expect(_ name: String) throws(Rejection) {
        if change != name { throw Rejection(.unknownType, field: "ce_type") }
    }

    /// An event with what its context tells; the context is checked.
    func base(
        _ kind: EventKind, _ subject: Subject, _ context: PBEventContext
    ) -> Event {
        var event = Event(identity: identity, kind: kind, time: time, subject: subject)
        if !context.actorAccountID.isEmpty { event.actor = context.actorAccountID }
        event.region = String(context.region.prefix(2))
        if !context.deviceToken.isEmpty { event.deviceToken = context.deviceToken }
        if context.hasSession, !context.session.addressToken.isEmpty {
            event.addressToken = context.session.addressToken
        }
        return event
    }

    /// Checks and seals one item of media.
    func media(
        _ wire: PBMedia, uploader: String, _ field: String
    ) throws(Rejection) -> MediaItem {
        var wire = wire
        if wire.uploaderAccountID.isEmpty { wire.uploaderAccountID = uploader }
        try within(field) { () throws(Rejection) in try wire.check() }
        try sealing.media(&wire, field)
        return try within(field) { () throws(Rejection) in try MediaItem(wire) }
    }

    /// Evidence, when there is anything that a later decision could need.
    func evidence(
        _ context: PBEventContext, media: [MediaItem], subject: Subject
    ) throws(Rejection) -> Evidence? {
        guard !media.isEmpty || context.hasActorSnapshot else { return nil }
        var sealed = context
        try sealing.context(&sealed)
        return Evidence(
            media: media,
            snapshot: context.hasActorSnapshot
                ? ActorFacts(context.actorSnapshot, at: time) : nil,
            contextWire: sealed.canonicalBytes())
    }
}
