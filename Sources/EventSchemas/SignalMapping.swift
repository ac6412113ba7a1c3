internal import FoundationEssentials
public import SafetyModel

extension Signal {
    /// From cause, subject, kind and ordinal (I5).
    public var id: ContentID {
        .signal(cause: cause, subject: key, kind: kind, ordinal: ordinal)
    }
}

extension PBSignal {
    /// - Parameter origin: the home partition of the cause.
    public init(_ signal: Signal, origin: Int32) {
        self.init()
        signalID = Data(signal.id.bytes)
        kind = signal.kind.wire()
        subject = signal.subject.wire
        eventUnixMs = signal.time.milliseconds
        cause = Data(signal.cause.bytes)
        ordinal = UInt32(signal.ordinal)
        actorAccountID = signal.actor ?? ""
        if let related = signal.related { self.related = related.wire }
        party = signal.party
        amount = signal.amount
        flags = signal.flags.rawValue
        hops = UInt32(signal.hops)
        late = signal.isLate
        category = UInt32(signal.category)
        region = signal.region
        if let evidence = signal.evidence {
            let parts = EvidenceParts(evidence)
            media = parts.media
            if let snapshot = parts.snapshot { actorSnapshot = snapshot }
            if let context = parts.context { self.context = context }
            if let report = parts.report { self.report = report }
            matches = signal.matches.map { PBMatchEvidence($0, media: evidence.media) }
        }
        if let decision = signal.decision { enforcementID = Data(decision.bytes) }
        if let action = signal.action { self.action = action.wire }
        originPartition = UInt32(clamping: origin)
        device = signal.device
        circle = signal.circle
        if let text = signal.text { self.text = PBTextFacts(text) }
    }
}

extension Signal {
    init(_ wire: PBSignal) throws(Rejection) {
        try Check.required(wire.kind, "kind")
        guard let kind = SignalKind(wire: wire.kind) else {
            throw Rejection(.unknownEnum, field: "kind")
        }
        guard wire.hasSubject else { throw Rejection(.missingField, field: "subject") }
        let subject = try Subject(wire.subject, "subject")
        let cause = try Check.contentID(wire.cause, "cause")
        guard let ordinal = UInt16(exactly: wire.ordinal) else {
            throw Rejection(.outOfRange, field: "ordinal")
        }
        try Check.time(wire.eventUnixMs, "event_unix_ms")
        if wire.category > 255 { throw Rejection(.outOfRange, field: "category") }
        try Check.token(wire.actorAccountID, "actor_account_id")
        try Check.region(wire.region, "region")
        let time = Instant(milliseconds: wire.eventUnixMs)
        self.init(
            cause: cause, ordinal: ordinal, kind: kind, time: time, subject: subject,
            key: .subject(subject))
        actor = wire.actorAccountID.isEmpty ? nil : wire.actorAccountID
        related = wire.hasRelated ? try Subject(wire.related, "related") : nil
        party = wire.party
        amount = wire.amount
        flags = EventFlags(rawValue: wire.flags)
        region = wire.region
        category = UInt8(clamping: wire.category)
        hops = UInt8(clamping: wire.hops)
        isLate = wire.late
        evidence = try EvidenceParts(
            media: wire.media, snapshot: wire.hasActorSnapshot ? wire.actorSnapshot : nil,
            context: wire.hasContext ? wire.context : nil,
            report: wire.hasReport ? wire.report : nil
        ).evidence(at: time)
        matches = try EventSchemas.matches(wire.matches, mediaCount: wire.media.count)
        decision = try Check.optionalID(wire.enforcementID, "enforcement_id")
        try Check.known(wire.action, "action")
        action = Action(wire.action)
        device = wire.device
        circle = wire.circle
        if wire.hasText {
            text = try within("text") { () throws(Rejection) in try TextFacts(wire.text) }
        }
        if wire.signalID != Data(id.bytes) { throw Rejection(.keyMismatch, field: "signal_id") }
    }
}

extension EventDecoder {
    /// Decodes a record of the signals' topic.
    public func signal(_ record: RecordView) throws(Rejection) -> Signal {
        if let signal = try hotSignal(record) { return signal }
        return try generatedSignal(record)
    }

    private func hotSignal(_ record: RecordView) throws(Rejection) -> Signal? {
        guard let value = record.value, value.count <= maximumValueBytes,
            let type = record.eventType, EventType.signal.hasBytes(type),
            try WireFormat(contentType: record.contentType) == .protobuf
        else { return nil }
        return try? Signal(hot: value)
    }

    /// Decodes a record of the signals' topic with the generated decoder alone.
    public func generatedSignal(_ record: RecordView) throws(Rejection) -> Signal {
        _ = try checkType(record, family: "signal")
        let wire: PBSignal = try parse(record)
        return try Signal(wire)
    }
}
