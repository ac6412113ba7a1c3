import EventSchemas
import FoundationEssentials
import SafetyModel
import Streaming
import SwiftProtobuf

/// A record on its way to the log.
struct OutgoingRecord: Sendable {
    var topic: String
    var partition: Int32
    var key: String
    var type: String
    var id: String
    var subject: String?
    var time: Instant
    var value: [UInt8]
    var format: SimulationSettings.Format
    /// A header to leave out, where the record is to be damaged.
    var without: String?
    /// What `type` was before any damage; nil where there was none.
    var trueType: String?

    static let source = "/simulator"

    var headers: [Header] {
        var headers = [
            Header("ce_specversion", "1.0"), Header("ce_id", id), Header("ce_source", Self.source),
            Header("ce_type", type), Header("ce_time", time.rfc3339),
        ]
        if let subject { headers.append(Header("ce_subject", subject)) }
        let content = format == .json ? "application/json" : "application/protobuf"
        headers.append(Header("content-type", content))
        return headers.filter { $0.name != without }
    }
}

extension OutputBatch {
    mutating func append(_ record: OutgoingRecord, stamp: Instant?) {
        append(
            topic: record.topic, partition: record.partition, key: Array(record.key.utf8),
            value: record.value, headers: record.headers, timestamp: stamp?.milliseconds)
    }
}

/// Records that are made and not yet delivered, with what goes wrong in between.
struct Outbox {
    private struct Item {
        var due: Instant
        var order: UInt64
        var record: OutgoingRecord
    }

    private var items: [Item] = []
    private var order: UInt64 = 0

    var made: UInt64 { order }

    mutating func put(_ record: OutgoingRecord, due: Instant) {
        items.append(Item(due: due, order: order, record: record))
        order += 1
    }

    /// What is due before `end`, in the order of time.
    mutating func take(
        until end: Instant, _ settings: SimulationSettings, _ random: inout SeededRandom
    ) -> [OutgoingRecord] {
        let held = items
        items.removeAll(keepingCapacity: true)
        var due: [Item] = []
        for var item in held {
            if item.due == item.record.time, random.chance(settings.noise.late) {
                item.due = item.due + .minutes(Int64(random.between(120, 360)))
            }
            if item.due < end { due.append(item) } else { items.append(item) }
        }
        due.sort { ($0.due, $0.order) < ($1.due, $1.order) }
        var records: [OutgoingRecord] = []
        for item in due {
            var record = item.record
            if random.chance(settings.noise.malformed) { damage(&record, &random) }
            records.append(record)
            if random.chance(settings.noise.duplicated) { records.append(record) }
        }
        return records
    }

    /// One of the faults that real producers have.
    private func damage(_ record: inout OutgoingRecord, _ random: inout SeededRandom) {
        switch random.below(8) {
        case 0: record.value = Array(record.value.prefix(record.value.count / 2)) + [0xff]
        case 1:
            record.trueType = record.type
            record.type = String(record.type.dropLast(2)) + "v9"
        case 2: record.without = "ce_type"
        case 3: record.time = record.time + .days(400)
        case 4: record.key += "-other"
        case 5, 6: spoilProfile(&record, badDigest: random.chance(0.5))
        default: record.value = []
        }
    }
}

/// Puts a profile change in the record's place that is whole and says what it may not.
private func spoilProfile(_ record: inout OutgoingRecord, badDigest: Bool) {
    guard record.type.hasPrefix("tutela.account.") else {
        record.value = []
        return
    }
    let event = PBAccountEvent.with {
        $0.context = .with {
            $0.actorAccountID = record.key
            $0.actorSnapshot = .with { $0.accountID = record.key }
        }
        $0.accountID = record.key
        $0.profileChanged = .with {
            $0.field = .photo
            $0.newMedia = .with {
                $0.reference = "media-spoilt"
                $0.use = badDigest ? .profilePhoto : .UNRECOGNIZED(77)
                $0.attribution = .serverObserved
                $0.uploaderAccountID = record.key
                $0.digests = .with { $0.sha256 = Data(count: badDigest ? 31 : 32) }
            }
        }
    }
    record.trueType = record.type
    record.type = EventType.platform(.account, "profile_changed")
    record.value = encode(event, record.format)
}

/// The message's bytes; those of one message are always the same.
func encode(_ message: some Message, _ format: SimulationSettings.Format) -> [UInt8] {
    // Messages without required fields and without `Any` cannot fail to encode.
    switch format {
    case .protobuf: (try? message.serializedBytes()) ?? []
    case .json: (try? message.jsonUTF8Bytes()) ?? []
    }
}

extension Simulator {
    func encode(_ message: some Message) -> [UInt8] {
        Simulation.encode(message, settings.format)
    }

    /// Writes an event to be delivered when it happens.
    mutating func emit(
        _ topic: String, _ subject: Subject, _ type: String, at time: Instant,
        _ message: some Message
    ) {
        let record = OutgoingRecord(
            topic: topic,
            partition: settings.partitioner.partition(
                of: subject.id.utf8, count: settings.partitions),
            key: subject.id, type: "tutela.\(type).v1", id: "\(settings.seed)-\(outbox.made)",
            subject: subject.id, time: time, value: encode(message), format: settings.format)
        outbox.put(record, due: time)
    }
}
