internal import SafetyModel

/// Reads common platform events straight from the wire: those without media, snapshot or text that
/// is not ASCII. Whatever it is not sure of is `Uncommon` and goes to the generated decoder, which
/// alone decides about rejections; tests hold the two to the same events.
struct HotEvents {
    let identity: ContentID
    let time: Instant
    let type: UnsafeRawBufferPointer

    func event(
        _ value: UnsafeRawBufferPointer, family: EventFamily
    ) throws(Uncommon) -> Event {
        let message = try WireFields(value)
        guard message.has(1) else { throw Uncommon() }
        var event: Event
        switch family {
        case .account:
            event = Event(
                identity: identity, kind: .accountRegistered, time: time,
                subject: Subject(.account, try message.id(2)))
            try context(message.message(1), &event)
            try account(message, &event)
        case .group:
            event = Event(
                identity: identity, kind: .groupCreated, time: time,
                subject: Subject(.group, try message.id(2)))
            try context(message.message(1), &event)
            try group(message, &event)
        case .invite:
            event = Event(
                identity: identity, kind: .linkCreated, time: time,
                subject: Subject(.inviteLink, try message.id(2)),
                related: Subject(.group, try message.id(3)))
            try context(message.message(1), &event)
            try invite(message, &event)
        case .report:
            let subject = try message.message(2)
            try subject.allow(varints: 1 << 1, slices: 1 << 2)
            guard let kind = SubjectKind(rawValue: UInt8(truncatingIfNeeded: subject.number(1))),
                subject.number(1) < 256
            else { throw Uncommon() }
            event = Event(
                identity: identity, kind: .reportFiled, time: time,
                subject: Subject(kind, try subject.id(2)))
            try context(message.message(1), &event)
            try report(message, &event)
        }
        return event
    }

    func expect(_ name: StaticString) throws(Uncommon) {
        guard type.hasBytes(name) else { throw Uncommon() }
    }

    /// The only change that the message holds, with its fields.
    func change(
        _ message: WireFields, besides others: UInt32, varints: UInt32 = 0
    ) throws(Uncommon) -> (number: Int, fields: WireFields) {
        let changes = message.present & ~others
        guard changes >> 10 != 0, changes.nonzeroBitCount == 1 else { throw Uncommon() }
        let number = changes.trailingZeroBitCount
        try message.allow(varints: varints, slices: others | changes)
        return (number, try message.message(number))
    }

    /// A snapshot would be evidence, so it is uncommon.
    private func context(_ fields: WireFields, _ event: inout Event) throws(Uncommon) {
        try fields.allow(varints: 1 << 5, slices: 0b11110)
        event.actor = try fields.optionalText(1)
        event.deviceToken = try fields.optionalText(3)
        let region = try fields.ascii(4)
        if !region.isEmpty {
            guard region.count == 2, region.allSatisfy({ (0x41...0x5a).contains($0) }) else {
                throw Uncommon()
            }
            event.region = try fields.text(4)
        }
        guard fields.has(2) else { return }
        let session = try fields.message(2)
        try session.allow(varints: 0b110_1000, slices: 0b1_0110)
        event.addressToken = try session.optionalText(1)
        if session.number(3) > 65_535 { throw Uncommon() }
        _ = try session.number(5, upTo: 5)
        _ = try session.number(6, upTo: 2)
        if session.has(4) {
            let zoned = try session.message(4)
            try zoned.allow(varints: 0b110, slices: 0)
            _ = try zoned.time(1)
            // Zigzag: minutes from -1080 to 1080.
            if zoned.number(2) > 2_160 { throw Uncommon() }
        }
        if session.has(2) { try sealable(session.message(2)) }
    }

    /// Checked only for being well formed: without evidence nobody carries it on.
    private func sealable(_ fields: WireFields) throws(Uncommon) {
        try fields.allow(varints: 0, slices: 0b110)
        _ = try fields.ascii(1, atMost: Limits.textBytes)
        guard fields.has(2) else { return }
        if fields.has(1) { throw Uncommon() }
        let sealed = try fields.message(2)
        try sealed.allow(varints: 1 << 5, slices: 0b1_1110)
        _ = try sealed.ascii(1)
        if sealed.has(4) {
            let holds = try sealed.message(4)
            try holds.allow(varints: 0b1_1111_1111_1110, slices: 0)
        }
    }
}
