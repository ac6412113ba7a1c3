import EventSchemas
import Foundation
import Pipeline
import SafetyModel
import Streaming
import SwiftProtobuf

/// One record of the platform's topics.
struct TrafficRecord {
    var topic: String
    var partition: Int32
    var key: String
    var value: [UInt8]
    var headers: [Header]
}

/// Platform traffic whose subjects all live in the partition of the record that names them, so that
/// no signal travels and decisions do not depend on how lanes interleave. It holds every outcome:
/// duplicates, late events and malformed ones are part of it.
struct Traffic {
    let topics: Topics
    let partitions: Int32
    private(set) var random: SeededRandom
    private var homes: [Home]
    private var clock: Int64 = 1_750_000_000_000
    private var serial = 0
    private var earlier: [TrafficRecord] = []

    /// What one partition has seen so far.
    struct Home {
        var accounts: [String] = []
        var groups: [String] = []
        var links: [(id: String, group: String)] = []
        /// The few who create groups all day.
        var busy: [String] = []
    }

    init(topics: Topics, partitions: Int32, seed: UInt64) {
        self.topics = topics
        self.partitions = partitions
        random = SeededRandom(seed)
        homes = Array(repeating: Home(), count: Int(partitions))
        for partition in 0..<partitions {
            for _ in 0..<4 {
                let account = newID("a", home: partition)
                homes[Int(partition)].accounts.append(account)
                homes[Int(partition)].busy.append(account)
            }
            let group = newID("g", home: partition)
            homes[Int(partition)].groups.append(group)
            homes[Int(partition)].links.append((newID("l", home: partition), group))
        }
    }

    /// The next record; about 1 % repeat an earlier one, 0.5 % are late, 0.5 % malformed.
    mutating func next() throws -> TrafficRecord {
        clock += Int64(1 + random.below(60))
        if random.oneIn(100), let repeated = random.pick(earlier) { return repeated }
        let home = Int32(random.below(Int(partitions)))
        var record = try event(home: home)
        if random.oneIn(200) { spoil(&record) }
        if earlier.count < 512 {
            earlier.append(record)
        } else {
            earlier[random.below(512)] = record
        }
        return record
    }

    private mutating func event(home: Int32) throws -> TrafficRecord {
        switch random.below(100) {
        case 0..<48: try accountEvent(home: home)
        case 48..<76: try groupEvent(home: home)
        case 76..<92: try inviteEvent(home: home)
        default: try reportEvent(home: home)
        }
    }

    private mutating func accountEvent(home: Int32) throws -> TrafficRecord {
        var event = PBAccountEvent()
        let type: String
        switch random.below(48) {
        case 0..<24:
            event.accountID = newID("a", home: home)
            homes[Int(home)].accounts.append(event.accountID)
            event.registered = .with {
                $0.numberType = random.oneIn(5) ? .virtual : .mobile
                $0.ageBand = random.oneIn(30) ? .minor : .adult
                $0.ageSource = .asserted
                $0.numberToken = token()
                $0.deviceToken = token()
            }
            type = "account.registered"
        case 24..<32:
            event.accountID = account(home)
            event.deviceLinked.deviceToken = token()
            event.deviceLinked.kind = .companion
            type = "account.device_linked"
        case 32..<42:
            event.accountID = account(home)
            let holder = event.accountID
            event.profileChanged.field = .photo
            event.profileChanged.newMedia = media(.profilePhoto, uploader: holder)
            type = "account.profile_changed"
        default:
            event.accountID = account(home)
            event.contactSummary = .with {
                $0.windowStartUnixMs = clock - 3_600_000
                $0.windowEndUnixMs = clock
                $0.firstContacts = UInt32(random.below(20))
                $0.groupAdds = UInt32(random.below(5))
            }
            type = "account.contact_summary"
        }
        event.context = context(actor: event.accountID)
        return try record(topics.accounts, home, event.accountID, type, event)
    }

    private mutating func groupEvent(home: Int32) throws -> TrafficRecord {
        var event = PBGroupEvent()
        let actor =
            random.oneIn(12) ? random.pick(homes[Int(home)].busy) ?? account(home) : account(home)
        let type: String
        switch random.below(28) {
        case 0..<12:
            event.groupID = newID("g", home: home)
            homes[Int(home)].groups.append(event.groupID)
            event.created.kind = .group
            if random.oneIn(4) { event.created.icon = media(.groupIcon, uploader: actor) }
            type = "group.created"
        case 12..<20:
            event.groupID = group(home)
            event.memberAdded.memberAccountID = account(home)
            event.memberAdded.adderInContacts = random.oneIn(3) ? .no : .yes
            type = "group.member_added"
        default:
            event.groupID = group(home)
            event.memberJoined.memberAccountID = actor
            if let link = random.pick(homes[Int(home)].links) {
                event.groupID = link.group
                event.memberJoined.linkID = link.id
            }
            type = "group.member_joined"
        }
        event.memberCount = UInt32(1 + random.below(200))
        event.context = context(actor: actor)
        return try record(topics.groups, home, event.groupID, type, event)
    }

    private mutating func inviteEvent(home: Int32) throws -> TrafficRecord {
        var event = PBInviteEvent()
        event.context = context(actor: account(home))
        let type: String
        switch random.below(16) {
        case 0..<6:
            event.linkID = newID("l", home: home)
            event.groupID = group(home)
            homes[Int(home)].links.append((event.linkID, event.groupID))
            event.created.maxUses = 100
            type = "invite.created"
        case 6..<12:
            pickLink(home, into: &event)
            event.context.actorAccountID = ""
            event.sighted.sourceClass = random.oneIn(2) ? .linkIndex : .forum
            event.sighted.sourceToken = "place-\(random.below(40))"
            event.sighted.crawler = "crawler-a"
            type = "invite.sighted"
        default:
            pickLink(home, into: &event)
            event.joined.memberAccountID = event.context.actorAccountID
            type = "invite.joined"
        }
        return try record(topics.invites, home, event.linkID, type, event)
    }

    private mutating func reportEvent(home: Int32) throws -> TrafficRecord {
        var event = PBReportEvent()
        event.context = context(actor: account(home))
        let aboutGroup = random.oneIn(2)
        event.subject.kind = aboutGroup ? .group : .account
        event.subject.id =
            aboutGroup ? homes[Int(home)].groups.prefix(6).last ?? group(home) : account(home)
        event.reportID = "r-\(serial)"
        event.filed.source = .user
        event.filed.category = random.oneIn(3) ? .csam : .spam
        event.filed.relation = .groupMember
        return try record(topics.reports, home, event.subject.id, "report.filed", event)
    }
}

extension Traffic {
    private mutating func pickLink(_ home: Int32, into event: inout PBInviteEvent) {
        guard let link = random.pick(Array(homes[Int(home)].links.suffix(40))) else { return }
        event.linkID = link.id
        event.groupID = link.group
    }

    private mutating func account(_ home: Int32) -> String {
        random.pick(homes[Int(home)].accounts) ?? ""
    }

    private mutating func group(_ home: Int32) -> String {
        random.pick(homes[Int(home)].groups) ?? ""
    }

    private mutating func token() -> String { "t-\(random.next())" }

    /// An id whose home is the given partition, for both the subject and its record.
    private mutating func newID(_ prefix: String, home: Int32) -> String {
        while true {
            serial += 1
            let id = "\(prefix)-\(serial)"
            if Partitioner.murmur2.partition(of: id.utf8, count: partitions) == home { return id }
        }
    }

    private mutating func context(actor: String) -> PBEventContext {
        .with {
            $0.actorAccountID = actor
            $0.region = "DE"
            $0.deviceToken = token()
            $0.producerSequence = UInt64(serial)
            $0.session.addressToken = token()
            $0.session.port = UInt32(1024 + random.below(60_000))
            $0.session.at.unixMs = clock
            $0.session.kind = .other
            $0.actorSnapshot = .with {
                $0.accountID = actor
                $0.registeredUnixMs = clock - 400 * 86_400_000
                $0.ageBand = .adult
                $0.ageSource = .asserted
                $0.region = "DE"
            }
        }
    }

    private mutating func media(_ use: PBMediaUse, uploader: String) -> PBMedia {
        .with {
            $0.reference = "media-\(random.next())"
            $0.use = use
            $0.attribution = .serverObserved
            $0.uploaderAccountID = uploader
            $0.sizeBytes = 40_000
            $0.mimeType = "image/jpeg"
            $0.availability = .bytesHeld
            var sha256 = random.bytes(32)
            var pdq = random.bytes(32)
            switch random.below(60) {
            case 0: sha256 = KnownMedia.sha256(random.below(KnownMedia.count))
            case 1:
                pdq = KnownMedia.pdq(random.below(KnownMedia.count))
                pdq[3] ^= 0x21
            default: break
            }
            $0.digests.sha256 = Data(sha256)
            $0.digests.pdq = Data(pdq)
            $0.digests.pdqQuality = 90
        }
    }

    private mutating func record(
        _ topic: String, _ home: Int32, _ key: String, _ type: String, _ message: any Message
    ) throws -> TrafficRecord {
        serial += 1
        let late = random.oneIn(200) ? 3 * 3_600_000 as Int64 : 0
        return TrafficRecord(
            topic: topic, partition: home, key: key, value: try message.serializedBytes(),
            headers: [
                Header("ce_specversion", "1.0"), Header("ce_id", "e-\(serial)"),
                Header("ce_type", "tutela.\(type).v1"), Header("ce_source", "chaos"),
                Header("ce_time", Instant(milliseconds: clock - late).rfc3339),
                Header("ce_subject", key), Header("content-type", "application/protobuf"),
            ])
    }

    private mutating func spoil(_ record: inout TrafficRecord) {
        switch random.below(3) {
        case 0: record.value = Array(record.value.prefix(record.value.count / 2))
        case 1: record.value = random.bytes(40)
        default:
            record.headers[2] = Header("ce_type", "tutela.account.registered.v9")
        }
    }
}

/// The listed media of the run: digests of nothing, made from a number.
enum KnownMedia {
    static let count = 400
    static let bank = "chaos"

    static func sha256(_ index: Int) -> [UInt8] {
        var random = SeededRandom(UInt64(index) &* 7919 &+ 1)
        return random.bytes(32)
    }

    static func pdq(_ index: Int) -> [UInt8] {
        var random = SeededRandom(UInt64(index) &* 104_729 &+ 2)
        return random.bytes(32)
    }

    /// The hash entries, one exact and one near for each listed file.
    static func records(topic: String) throws -> [TrafficRecord] {
        try (0..<count).flatMap { index in
            try [
                record(topic, "x-\(index)", .sha256, sha256(index)),
                record(topic, "p-\(index)", .pdq, pdq(index)),
            ]
        }
    }

    private static func record(
        _ topic: String, _ entry: String, _ algorithm: PBHashAlgorithm, _ digest: [UInt8]
    ) throws -> TrafficRecord {
        let event = PBHashEntryEvent.with {
            $0.bank = bank
            $0.added.entryID = entry
            $0.added.algorithm = algorithm
            $0.added.digest = Data(digest)
            $0.added.quality = 100
            $0.added.category = .csam
            $0.added.source = "test-list"
            $0.added.listVersion = "1"
        }
        return TrafficRecord(
            topic: topic, partition: 0, key: "\(bank)/\(entry)", value: try event.serializedBytes(),
            headers: [
                Header("ce_specversion", "1.0"), Header("ce_id", "h-\(entry)"),
                Header("ce_type", "tutela.hash_entry.added.v1"), Header("ce_source", "chaos"),
                Header("ce_time", "2025-06-01T00:00:00.000Z"),
                Header("ce_subject", "\(bank)/\(entry)"),
                Header("content-type", "application/protobuf"),
            ])
    }
}
