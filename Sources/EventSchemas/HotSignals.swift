public import SafetyModel

// Most signals that travel carry no evidence and no text. They are written and read without the
// generated code, which tests hold to the same bytes and values.

extension Signal {
    /// The value of the record that sends the signal to its subject's home: `PBSignal` in canonical
    /// form.
    /// - Parameter origin: the home partition of the cause.
    public func travelBytes(origin: Int32) -> [UInt8] {
        guard evidence == nil, matches.isEmpty, text == nil else {
            return PBSignal(self, origin: origin).canonicalBytes()
        }
        var wire = WireWriter()
        wire.id(1, id)
        wire.varint(2, UInt64(kind.rawValue))
        wire.subject(3, subject)
        wire.varint(4, UInt64(bitPattern: time.milliseconds))
        wire.id(5, cause)
        wire.varint(6, UInt64(ordinal))
        wire.text(7, actor ?? "")
        if let related { wire.subject(8, related) }
        wire.word(9, party)
        wire.varint(10, UInt64(bitPattern: amount))
        wire.varint(11, UInt64(flags.rawValue))
        wire.varint(12, UInt64(hops))
        wire.varint(13, isLate ? 1 : 0)
        wire.varint(14, UInt64(category))
        wire.text(15, region)
        if let decision { wire.id(21, decision) }
        if let action { wire.varint(22, UInt64(action.rawValue)) }
        wire.varint(23, UInt64(max(0, origin)))
        wire.word(26, device)
        wire.word(27, circle)
        return wire.bytes
    }

    init(hot value: UnsafeRawBufferPointer) throws(Uncommon) {
        let fields = try WireFields(value)
        try fields.allow(
            varints: 1 << 2 | 1 << 4 | 1 << 6 | 0b1_1111 << 10 | 1 << 22 | 1 << 23,
            slices: 1 << 1 | 1 << 3 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 15 | 1 << 21,
            words: 1 << 9 | 1 << 26 | 1 << 27)
        guard let kind = SignalKind(rawValue: try fields.byte(2)),
            let id = ContentID(bytes: fields.bytes(1)),
            let cause = ContentID(bytes: fields.bytes(5)), fields.has(3)
        else { throw Uncommon() }
        let subject = try Subject(hot: fields.message(3))
        let region = try fields.text(15)
        guard region.isEmpty || region.utf8.count == 2,
            region.utf8.allSatisfy({ (0x41...0x5a).contains($0) })
        else { throw Uncommon() }
        self.init(
            cause: cause, ordinal: UInt16(try fields.number(6, upTo: 0xffff)), kind: kind,
            time: Instant(milliseconds: Int64(try fields.time(4))), subject: subject,
            key: .subject(subject), actor: try fields.optionalText(7),
            related: fields.has(8) ? try Subject(hot: fields.message(8)) : nil,
            party: fields.number(9), amount: Int64(bitPattern: fields.number(10)),
            flags: EventFlags(rawValue: UInt32(try fields.number(11, upTo: 0xffff_ffff))),
            region: region, category: try fields.byte(14), hops: try fields.byte(12),
            isLate: fields.number(13) != 0)
        _ = try fields.number(23, upTo: 0xffff_ffff)
        device = fields.number(26)
        circle = fields.number(27)
        if !fields.bytes(21).isEmpty {
            guard let enforcement = ContentID(bytes: fields.bytes(21)) else { throw Uncommon() }
            decision = enforcement
        }
        let number = try fields.byte(22)
        action = Action(rawValue: number)
        if id != self.id || number != 0 && action == nil { throw Uncommon() }
    }
}

extension Subject {
    fileprivate init(hot fields: WireFields) throws(Uncommon) {
        try fields.allow(varints: 1 << 1, slices: 1 << 2)
        guard let kind = SubjectKind(rawValue: try fields.byte(1)) else { throw Uncommon() }
        self.init(kind, try fields.id(2))
    }
}

extension WireFields {
    fileprivate func byte(_ number: Int) throws(Uncommon) -> UInt8 {
        UInt8(try self.number(number, upTo: 255))
    }
}

/// Writes protobuf fields; those with a default value are left out.
private struct WireWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(192) }

    mutating func varint(_ field: UInt64, _ value: UInt64) {
        if value == 0 { return }
        raw(field << 3)
        raw(value)
    }

    mutating func word(_ field: UInt64, _ value: UInt64) {
        if value == 0 { return }
        raw(field << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ field: UInt64, _ text: String) {
        if text.isEmpty { return }
        raw(field << 3 | 2)
        raw(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func id(_ field: UInt64, _ id: ContentID) {
        raw(field << 3 | 2)
        raw(16)
        withUnsafeBytes(of: id.high.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: id.low.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func subject(_ field: UInt64, _ subject: Subject) {
        let count = UInt64(subject.id.utf8.count)
        let inner = count == 0 ? 2 : 2 + 1 + (count < 0x80 ? 1 : count < 0x4000 ? 2 : 3) + count
        raw(field << 3 | 2)
        raw(inner)
        varint(1, UInt64(subject.kind.rawValue))
        text(2, subject.id)
    }

    private mutating func raw(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
