import SafetyModel

/// The parts that follow, one bit each; an empty part has none and takes no room.
private struct Parts: OptionSet {
    var rawValue: UInt64

    static let times = Parts(rawValue: 1 << 0)
    static let identities = Parts(rawValue: 1 << 1)
    static let counters = Parts(rawValue: 1 << 2)
    static let distinct = Parts(rawValue: 1 << 3)
    static let relations = Parts(rawValue: 1 << 4)
    static let flags = Parts(rawValue: 1 << 5)
    static let feedback = Parts(rawValue: 1 << 6)
    static let arming = Parts(rawValue: 1 << 7)
    static let born = Parts(rawValue: 1 << 8)
    static let deviceChange = Parts(rawValue: 1 << 9)
    static let numberChange = Parts(rawValue: 1 << 10)
    static let threat = Parts(rawValue: 1 << 11)
    static let all = Parts(rawValue: 1 << 12 - 1)
}

private let layoutVersion: UInt8 = 1

extension SubjectState {
    private var parts: Parts {
        var parts: Parts = []
        if newest != nil { parts.insert(.times) }
        if !identities.identities.isEmpty { parts.insert(.identities) }
        if !counters.cells.isEmpty { parts.insert(.counters) }
        if !distinct.cells.isEmpty { parts.insert(.distinct) }
        if !relations.all.isEmpty { parts.insert(.relations) }
        if !facts.flags.isEmpty { parts.insert(.flags) }
        if !feedback.all.isEmpty { parts.insert(.feedback) }
        if !arming.shots.isEmpty { parts.insert(.arming) }
        if facts.born != nil { parts.insert(.born) }
        if facts.deviceChange != nil { parts.insert(.deviceChange) }
        if facts.numberChange != nil { parts.insert(.numberChange) }
        if facts.threat != nil { parts.insert(.threat) }
        return parts
    }

    /// Appends the compact form: the same state has the same bytes. Empty parts cost nothing.
    public func encode(into bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: encodedLimit, alignment: 8) { room in
            var writer = StateWriter(room)
            encode(&writer)
            bytes.append(contentsOf: room.prefix(writer.count))
        }
    }

    /// At least as many bytes as the compact form has.
    private var encodedLimit: Int {
        let number = StateWriter.numberLimit
        var limit = 16 * number + 8 * identities.identities.count
        limit += (8 + number) * arming.shots.count + 3 * number * counters.cells.count
        limit += (9 + number) * distinct.cells.count
        for relation in relations.all { limit += 2 * number + 1 + relation.id.utf8.count }
        for standing in feedback.all {
            limit += 18 + 2 * number
            for subject in standing.told { limit += 1 + number + subject.id.utf8.count }
        }
        return limit
    }

    private func encode(_ writer: inout StateWriter) {
        writer.byte(layoutVersion)
        writer.number(parts.rawValue)
        let base = newest ?? Instant(milliseconds: 0)
        if let newest {
            writer.signed(newest.milliseconds)
            write(first ?? newest, from: base, &writer)
        }
        if let born = facts.born { write(born, from: base, &writer) }
        if let deviceChange = facts.deviceChange { write(deviceChange, from: base, &writer) }
        if let numberChange = facts.numberChange { write(numberChange, from: base, &writer) }
        if let threat = facts.threat { write(threat, from: base, &writer) }
        if !facts.flags.isEmpty { writer.number(UInt64(facts.flags.rawValue)) }
        encodeMemory(&writer, base)
        encodeCounts(&writer, base)
        encodeTies(&writer, base)
    }

    private func write(_ time: Instant, from base: Instant, _ writer: inout StateWriter) {
        writer.signed(base.milliseconds &- time.milliseconds)
    }

    private func encodeMemory(_ writer: inout StateWriter, _ base: Instant) {
        if !identities.identities.isEmpty {
            writer.number(UInt64(identities.identities.count))
            for identity in identities.identities { writer.fixed(identity) }
        }
        if !arming.shots.isEmpty {
            writer.number(UInt64(arming.shots.count))
            for shot in arming.shots {
                writer.fixed(shot.rule)
                write(shot.time, from: base, &writer)
            }
        }
    }

    private func encodeCounts(_ writer: inout StateWriter, _ base: Instant) {
        if !counters.cells.isEmpty {
            writer.number(UInt64(counters.cells.count))
            // Slots ascend and buckets ascend within a slot: differences are small, except between
            // slots, where the bucket starts again from the base.
            var slot: UInt64 = 0
            var bucket: UInt64 = 0
            for cell in counters.cells {
                let isSame = cell >> 56 == slot
                let next = cell >> 32 & WindowCounters.maximumBucket
                writer.number((cell >> 56 - slot) << 1 | (isSame ? 1 : 0))
                if !isSame { bucket = firstHeld(slot: cell >> 56, base) }
                writer.number(next &- bucket)
                writer.number(cell & 0xffff_ffff)
                (slot, bucket) = (cell >> 56, next)
            }
        }
        if !distinct.cells.isEmpty {
            writer.number(UInt64(distinct.cells.count))
            for cell in distinct.cells {
                writer.byte(cell.slot)
                writer.fixed(cell.token)
                writer.number(UInt64(rotated(cell.days, base)))
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
        if !feedback.all.isEmpty {
            writer.number(UInt64(feedback.all.count))
            for standing in feedback.all {
                writer.id(standing.decision)
                writer.byte(standing.action?.rawValue ?? 0)
                writer.byte(standing.hops << 2 | standing.nearness.rawValue)
                write(standing.time, from: base, &writer)
                writer.number(UInt64(standing.told.count))
                for subject in standing.told {
                    writer.byte(subject.kind.rawValue)
                    writer.text(subject.id)
                }
            }
        }
    }
}

/// The oldest bucket that a slot can hold when the newest event is at `base`.
private func firstHeld(slot: UInt64, _ base: Instant) -> UInt64 {
    let resolution: Resolution = slot & 1 == 0 ? .hour : .day
    return UInt64(max(resolution.bucket(base) - resolution.held + 1, 0))
}

/// The days' bits with the newest day's as bit 0 and older ones next to it, so that what was seen
/// lately is a small number.
private func rotated(_ days: UInt32, _ base: Instant) -> UInt32 {
    let newest = UInt32(truncatingIfNeeded: Resolution.day.bucket(base)) & 31
    // The newest day's bit becomes the highest; then the order is turned round.
    return reversed(days << (31 - newest) | days >> (newest + 1))
}

private func unrotated(_ days: UInt32, _ base: Instant) -> UInt32 {
    let newest = UInt32(truncatingIfNeeded: Resolution.day.bucket(base)) & 31
    let bits = reversed(days)
    return bits >> (31 - newest) | bits << (newest + 1)
}

/// The bits in the opposite order.
private func reversed(_ value: UInt32) -> UInt32 {
    var bits = value
    bits = (bits >> 1) & 0x5555_5555 | (bits & 0x5555_5555) << 1
    bits = (bits >> 2) & 0x3333_3333 | (bits & 0x3333_3333) << 2
    bits = (bits >> 4) & 0x0f0f_0f0f | (bits & 0x0f0f_0f0f) << 4
    return bits.byteSwapped
}

extension SubjectState {
    /// Reads what `encode` wrote; all of the bytes.
    public init(decoding bytes: [UInt8]) throws(StateError) {
        var result: Result<SubjectState, StateError> = .failure(StateError(.malformed))
        bytes.withUnsafeBytes { raw in
            do throws(StateError) {
                result = .success(try SubjectState(decoding: raw))
            } catch {
                result = .failure(error)
            }
        }
        self = try result.get()
    }

    /// Reads what `encode` wrote; all of the bytes.
    public init(decoding bytes: UnsafeRawBufferPointer) throws(StateError) {
        var reader = StateReader(bytes)
        guard try reader.byte() == layoutVersion else { throw StateError(.unknownVersion) }
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
        first = try instant(.times)
        facts.born = try instant(.born)
        facts.deviceChange = try instant(.deviceChange)
        facts.numberChange = try instant(.numberChange)
        facts.threat = try instant(.threat)
        if parts.contains(.flags) {
            facts.flags = EventFlags(rawValue: UInt32(truncatingIfNeeded: try reader.number()))
        }
        if parts.contains(.identities) { identities = try readIdentities(&reader) }
        if parts.contains(.arming) { arming = try readArming(&reader, base) }
        if parts.contains(.counters) { counters = try readCounters(&reader, base) }
        if parts.contains(.distinct) {
            distinct = try readDistinct(&reader, base)
        } else if let newest {
            distinct.advance(to: Resolution.day.bucket(newest))
        }
        if parts.contains(.relations) { relations = try readRelations(&reader, base) }
        if parts.contains(.feedback) { feedback = try readFeedback(&reader, base) }
        guard reader.isAtEnd else { throw StateError(.malformed) }
    }
}

private func readTime(_ reader: inout StateReader, _ base: Instant) throws(StateError) -> Instant {
    Instant(milliseconds: base.milliseconds &- (try reader.signed()))
}

private func readIdentities(_ reader: inout StateReader) throws(StateError) -> IdentityRing {
    var identities: [UInt64] = []
    for _ in 0..<(try reader.count(limit: IdentityRing.limit)) {
        identities.append(try reader.fixed())
    }
    return IdentityRing(identities)
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

private func readCounters(
    _ reader: inout StateReader, _ base: Instant
) throws(StateError) -> WindowCounters {
    var cells: [UInt64] = []
    var slot: UInt64 = 0
    var bucket: UInt64 = 0
    for _ in 0..<(try reader.count(limit: 512 * 32)) {
        let step = try reader.number()
        slot = slot &+ step >> 1
        guard slot < 256 else { throw StateError(.malformed) }
        if step & 1 == 0 { bucket = firstHeld(slot: slot, base) }
        bucket = bucket &+ (try reader.number())
        let sum = try reader.number()
        guard bucket <= WindowCounters.maximumBucket, sum <= UInt64(UInt32.max) else {
            throw StateError(.malformed)
        }
        cells.append(slot << 56 | bucket << 32 | sum)
    }
    guard let counters = WindowCounters(cells: cells) else { throw StateError(.malformed) }
    return counters
}

private func readDistinct(
    _ reader: inout StateReader, _ base: Instant
) throws(StateError) -> DistinctSets {
    var cells: [DistinctSets.Cell] = []
    for _ in 0..<(try reader.count(limit: DistinctSlot.allCases.count * DistinctSets.limit)) {
        let slot = try reader.byte()
        let token = try reader.fixed()
        let days = unrotated(UInt32(truncatingIfNeeded: try reader.number()), base)
        cells.append(DistinctSets.Cell(token: token, days: days, slot: slot))
    }
    guard let sets = DistinctSets(cells: cells, newestDay: Resolution.day.bucket(base)) else {
        throw StateError(.malformed)
    }
    return sets
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
        all.append(
            Standing(
                decision: decision, action: Action(rawValue: rawAction), time: time,
                hops: hops >> 2, nearness: nearness, told: told))
    }
    return Feedback(all)
}
