import SafetyModel

/// The parts that follow, one bit each; an empty part has none and takes no room.
private struct Parts: OptionSet {
    var rawValue: UInt64

    static let times = Parts(rawValue: 1 << 0)
    static let identities = Parts(rawValue: 1 << 1)
    static let features = Parts(rawValue: 1 << 2)
    static let epoch = Parts(rawValue: 1 << 3)
    static let relations = Parts(rawValue: 1 << 4)
    static let flags = Parts(rawValue: 1 << 5)
    static let feedback = Parts(rawValue: 1 << 6)
    static let arming = Parts(rawValue: 1 << 7)
    static let born = Parts(rawValue: 1 << 8)
    static let deviceChange = Parts(rawValue: 1 << 9)
    static let numberChange = Parts(rawValue: 1 << 10)
    static let threat = Parts(rawValue: 1 << 11)
    static let texts = Parts(rawValue: 1 << 12)
    static let testimony = Parts(rawValue: 1 << 13)
    static let all = Parts(rawValue: 1 << 14 - 1)
}

private let formVersion: UInt8 = 4

extension SubjectState {
    private var parts: Parts {
        var parts: Parts = []
        if newest != nil { parts.insert(.times) }
        if features.identityCount > 0 { parts.insert(.identities) }
        if !features.isEmpty { parts.insert(.features) }
        if epoch > 0 { parts.insert(.epoch) }
        if !relations.all.isEmpty { parts.insert(.relations) }
        if !facts.flags.isEmpty { parts.insert(.flags) }
        if !standing.isEmpty { parts.insert(.feedback) }
        if !seldom.arming.shots.isEmpty { parts.insert(.arming) }
        if facts.born.instant != nil { parts.insert(.born) }
        if facts.deviceChange.instant != nil { parts.insert(.deviceChange) }
        if seldom.numberChange.instant != nil { parts.insert(.numberChange) }
        if seldom.threat.instant != nil { parts.insert(.threat) }
        if !seldom.testimony.isEmpty { parts.insert(.testimony) }
        if features.surfaces != 0 { parts.insert(.texts) }
        return parts
    }

    /// Appends the compact form: the same state has the same bytes. Empty parts cost nothing.
    /// - Parameter layout: the cells that the state is laid out by.
    public func encode(_ layout: Layout, into bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: encodedLimit, alignment: 8) { room in
            var writer = StateWriter(room)
            encode(layout, &writer)
            bytes.append(contentsOf: room.prefix(writer.count))
        }
    }

    /// At least as many bytes as the compact form has.
    private var encodedLimit: Int {
        let number = StateWriter.numberLimit
        var limit = 16 * number + 8 * Int(features.identityCount)
        limit += (8 + number) * seldom.arming.shots.count + features.encodedLimit
        limit += (17 + number) * TextSurface.allCases.count
        for relation in relations.all { limit += 2 * number + 1 + relation.id.utf8.count }
        for standing in standing {
            limit += 27 + 4 * number + (standing.teller?.id.utf8.count ?? 0)
            for subject in standing.told { limit += 1 + number + subject.id.utf8.count }
            for group in standing.joined { limit += number + group.utf8.count }
        }
        limit += seldom.testimony.encodedLimit
        return limit
    }

    private func encode(_ layout: Layout, _ writer: inout StateWriter) {
        writer.byte(formVersion)
        writer.number(parts.rawValue)
        let base = newest ?? Instant(milliseconds: 0)
        if let newest {
            writer.signed(newest.milliseconds)
        }
        if let born = facts.born.instant { write(born, from: base, &writer) }
        if let deviceChange = facts.deviceChange.instant {
            write(deviceChange, from: base, &writer)
        }
        if let numberChange = seldom.numberChange.instant {
            write(numberChange, from: base, &writer)
        }
        if let threat = seldom.threat.instant { write(threat, from: base, &writer) }
        if !facts.flags.isEmpty { writer.number(UInt64(facts.flags.rawValue)) }
        encodeMemory(&writer, base)
        if epoch > 0 { writer.number(UInt64(epoch)) }
        if !features.isEmpty { features.encode(layout, base, &writer) }
        encodeTies(&writer, base)
        encodeTexts(&writer, base)
    }

    func write(_ time: Instant, from base: Instant, _ writer: inout StateWriter) {
        writer.signed(base.milliseconds &- time.milliseconds)
    }

    private func encodeMemory(_ writer: inout StateWriter, _ base: Instant) {
        let identities = features.identities
        if !identities.isEmpty {
            writer.number(UInt64(identities.count))
            for identity in identities { writer.fixed(identity) }
        }
        let arming = seldom.arming
        if !arming.shots.isEmpty {
            writer.number(UInt64(arming.shots.count))
            for shot in arming.shots {
                writer.fixed(shot.rule)
                write(shot.time, from: base, &writer)
            }
        }
    }

    private func encodeTies(_ writer: inout StateWriter, _ base: Instant) {
        if !relations.all.isEmpty {
            writer.number(UInt64(relations.all.count))
            for relation in relations.all {
                writer.byte(relation.tie.rawValue)
                write(relation.since, from: base, &writer)
                writer.text(relation.id)
            }
        }
        if !standing.isEmpty {
            writer.number(UInt64(standing.count))
            for standing in standing {
                writer.id(standing.decision)
                writer.byte(standing.action?.rawValue ?? 0)
                writer.byte(standing.hops << 2 | standing.nearness.rawValue)
                write(standing.time, from: base, &writer)
                writer.number(UInt64(standing.told.count))
                for subject in standing.told {
                    writer.byte(subject.kind.rawValue)
                    writer.text(subject.id)
                }
                writer.fixed(standing.name)
                writer.byte(standing.teller?.kind.rawValue ?? 0)
                if let teller = standing.teller { writer.text(teller.id) }
                writer.number(UInt64(standing.joined.count))
                for group in standing.joined { writer.text(group) }
            }
        }
        if !seldom.testimony.isEmpty { seldom.testimony.encode(base, &writer) }
    }
}

extension SubjectState {
    /// Reads what `encode` wrote; all of the bytes.
    public init(decoding bytes: [UInt8], _ layout: Layout) throws(StateError) {
        var result: Result<SubjectState, StateError> = .failure(StateError(.malformed))
        bytes.withUnsafeBytes { raw in
            do throws(StateError) {
                result = .success(try SubjectState(decoding: raw, layout))
            } catch {
                result = .failure(error)
            }
        }
        self = try result.get()
    }

    /// Reads what `encode` wrote; all of the bytes.
    /// - Parameter layout: the cells of the pack in hand; state of others is passed over.
    public init(decoding bytes: UnsafeRawBufferPointer, _ layout: Layout) throws(StateError) {
        var reader = StateReader(bytes)
        guard try reader.byte() == formVersion else { throw StateError(.unknownVersion) }
        let parts = Parts(rawValue: try reader.number())
        guard parts.isSubset(of: .all) else { throw StateError(.malformed) }
        self.init()
        if parts.contains(.times) {
            newest = Instant(milliseconds: try reader.signed())
        }
        let base = newest ?? Instant(milliseconds: 0)
        func instant(_ part: Parts) throws(StateError) -> Instant? {
            parts.contains(part) ? try readTime(&reader, base) : nil
        }
        facts.born.instant = try instant(.born)
        facts.deviceChange.instant = try instant(.deviceChange)
        var seldom = Seldom()
        seldom.numberChange.instant = try instant(.numberChange)
        seldom.threat.instant = try instant(.threat)
        if parts.contains(.flags) {
            facts.flags = EventFlags(rawValue: UInt32(truncatingIfNeeded: try reader.number()))
        }
        if parts.contains(.identities) { try features.readIdentities(&reader) }
        if parts.contains(.arming) { seldom.arming = try readArming(&reader, base) }
        if parts.contains(.epoch) { epoch = UInt32(clamping: try reader.number()) }
        if parts.contains(.features) { try features.readCells(&reader, layout, base) }
        if parts.contains(.relations) { relations = try readRelations(&reader, base) }
        if parts.contains(.feedback) { seldom.feedback = try readFeedback(&reader, base) }
        if parts.contains(.testimony) { seldom.testimony = try Testimony(&reader, base) }
        if parts.contains(.texts) {
            for text in try KeptText.read(&reader, base) { features.keep(text) }
        }
        if !seldom.isEmpty { seldomBox = [seldom] }
        guard reader.isAtEnd else { throw StateError(.malformed) }
    }
}

func readTime(_ reader: inout StateReader, _ base: Instant) throws(StateError) -> Instant {
    Instant(milliseconds: base.milliseconds &- (try reader.signed()))
}

extension FeatureRow {
    fileprivate mutating func readIdentities(_ reader: inout StateReader) throws(StateError) {
        for _ in 0..<(try reader.count(limit: Self.identityLimit)) {
            guard !insert(identity: try reader.fixed()) else { throw StateError(.malformed) }
        }
    }
}

private func readArming(
    _ reader: inout StateReader, _ base: Instant
) throws(StateError) -> RuleArming {
    var shots: [RuleArming.Shot] = []
    for _ in 0..<(try reader.count(limit: RuleArming.limit)) {
        let rule = try reader.fixed()
        shots.append(RuleArming.Shot(rule: rule, time: try readTime(&reader, base)))
    }
    guard let arming = RuleArming(shots) else { throw StateError(.malformed) }
    return arming
}

private func readRelations(
    _ reader: inout StateReader, _ base: Instant
) throws(StateError) -> Relations {
    var all: [Relation] = []
    for _ in 0..<(try reader.count(limit: Tie.allCases.count * 16)) {
        guard let tie = Tie(rawValue: try reader.byte()) else { throw StateError(.malformed) }
        let since = try readTime(&reader, base)
        all.append(Relation(tie: tie, id: try reader.text(), since: since))
    }
    guard let relations = Relations(all) else { throw StateError(.malformed) }
    return relations
}

private func readFeedback(
    _ reader: inout StateReader, _ base: Instant
) throws(StateError) -> Feedback {
    var all: [Standing] = []
    for _ in 0..<(try reader.count(limit: Feedback.limit)) {
        let decision = try reader.id()
        let rawAction = try reader.byte()
        guard rawAction == 0 || Action(rawValue: rawAction) != nil else {
            throw StateError(.malformed)
        }
        let hops = try reader.byte()
        guard let nearness = Nearness(rawValue: hops & 3) else { throw StateError(.malformed) }
        let time = try readTime(&reader, base)
        var told: [Subject] = []
        for _ in 0..<(try reader.count(limit: SubjectState.maximumTold)) {
            guard let kind = SubjectKind(rawValue: try reader.byte()) else {
                throw StateError(.malformed)
            }
            told.append(Subject(kind, try reader.text()))
        }
        let name = try reader.fixed()
        let tellerKind = try reader.byte()
        var teller: Subject?
        if tellerKind != 0 {
            guard let kind = SubjectKind(rawValue: tellerKind) else {
                throw StateError(.malformed)
            }
            teller = Subject(kind, try reader.text())
        }
        var joined: [String] = []
        for _ in 0..<(try reader.count(limit: Standing.maximumJoined)) {
            joined.append(try reader.text())
        }
        all.append(
            Standing(
                decision: decision, action: Action(rawValue: rawAction), time: time,
                hops: hops >> 2, nearness: nearness, teller: teller, name: name,
                told: told, joined: joined))
    }
    return Feedback(all)
}
