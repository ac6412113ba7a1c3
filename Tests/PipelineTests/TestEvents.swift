import EventSchemas
import FoundationEssentials
import Pipeline
import SafetyModel

/// Events with invented names.
enum TestEvents {
    private static let topics = Topics()

    static func context(_ actor: String = "", region: String = "") -> PBEventContext {
        var context = PBEventContext()
        context.actorAccountID = actor
        context.region = region
        return context
    }

    static func account(
        _ account: String, _ id: String, _ change: String, _ time: Instant, region: String = "",
        _ set: (inout PBAccountEvent) -> Void
    ) -> Input {
        var event = PBAccountEvent()
        event.context = context(account, region: region)
        event.accountID = account
        set(&event)
        return Input(
            topics.accounts, key: account, type: EventType.platform(.account, change), id: id,
            time: time, value: event.canonicalBytes())
    }

    static func registered(
        _ account: String, id: String, _ time: Instant = AssessRig.start, region: String = ""
    ) -> Input {
        self.account(account, id, "registered", time, region: region) {
            $0.registered = PBAccountRegistered()
        }
    }

    static func contacts(_ account: String, id: String, _ time: Instant) -> Input {
        self.account(account, id, "contact_summary", time) {
            $0.contactSummary.windowStartUnixMs = time.milliseconds - 3_600_000
            $0.contactSummary.windowEndUnixMs = time.milliseconds
            $0.contactSummary.firstContacts = 7
        }
    }

    static func media(sha256: [UInt8], use: PBMediaUse = .profilePhoto) -> PBMedia {
        var media = PBMedia()
        media.reference = "media-1"
        media.use = use
        media.attribution = .serverObserved
        media.digests.sha256 = Data(sha256)
        return media
    }

    static func photo(
        _ account: String, id: String, sha256: [UInt8], _ time: Instant = AssessRig.start
    ) -> Input {
        self.account(account, id, "profile_changed", time) {
            $0.context.actorSnapshot.accountID = account
            $0.profileChanged.field = .photo
            $0.profileChanged.newMedia = media(sha256: sha256)
        }
    }

    /// A photo of which only a PDQ is known.
    static func near(
        _ account: String, id: String, pdq: [UInt8], quality: UInt32 = 90
    ) -> Input {
        self.account(account, id, "profile_changed", AssessRig.start) {
            $0.context.actorSnapshot.accountID = account
            $0.profileChanged.field = .photo
            var media = media(sha256: [])
            media.digests.pdq = Data(pdq)
            media.digests.pdqQuality = quality
            $0.profileChanged.newMedia = media
        }
    }

    static func pdqEntry(
        _ bank: String, _ entry: String, _ digest: [UInt8], _ category: BankCategory
    ) -> HashEntry {
        HashEntry(
            operation: .add, bank: bank, entry: entry, category: category,
            digest: MediaDigest(.pdq, digest), source: "test", listVersion: "1")
    }

    static func group(
        _ group: String, _ id: String, _ change: String, by actor: String, _ time: Instant,
        _ set: (inout PBGroupEvent) -> Void
    ) -> Input {
        var event = PBGroupEvent()
        event.context = context(actor)
        event.groupID = group
        set(&event)
        return Input(
            topics.groups, key: group, type: EventType.platform(.group, change), id: id,
            time: time, value: event.canonicalBytes())
    }

    static func created(
        _ group: String, by actor: String, id: String, _ time: Instant = AssessRig.start
    ) -> Input {
        self.group(group, id, "created", by: actor, time) { $0.created.kind = .group }
    }

    static func added(
        _ member: String, to group: String, by actor: String, id: String, _ time: Instant
    ) -> Input {
        self.group(group, id, "member_added", by: actor, time) {
            $0.memberAdded.memberAccountID = member
        }
    }

    static func sighted(
        _ link: String, of group: String, place: String, id: String, _ time: Instant
    ) -> Input {
        var event = PBInviteEvent()
        event.context = context()
        event.linkID = link
        event.groupID = group
        event.sighted.sourceClass = .forum
        event.sighted.sourceToken = place
        return Input(
            topics.invites, key: link, type: EventType.platform(.invite, "sighted"), id: id,
            time: time, value: event.canonicalBytes())
    }

    static func reported(
        _ account: String, by reporter: String, id: String, _ time: Instant
    ) -> Input {
        var event = PBReportEvent()
        event.context = context(reporter)
        event.subject.kind = .account
        event.subject.id = account
        event.reportID = "report-\(id)"
        event.filed.source = .user
        event.filed.category = .csam
        return Input(
            topics.reports, key: account, type: EventType.platform(.report, "filed"), id: id,
            time: time, value: event.canonicalBytes())
    }

    static func hashEntry(_ entry: HashEntry) -> Input {
        let wire = PBHashEntryEvent(entry)
        return Input(
            topics.hashEntries, key: entry.recordKey, type: entry.eventType, id: entry.recordKey,
            time: AssessRig.start, value: wire.canonicalBytes()
        ).at(0)
    }

    /// A listed entry for a digest; invented.
    static func listed(_ entry: String, sha256: [UInt8]) -> Input {
        hashEntry(
            HashEntry(
                operation: .add, bank: "list-a", entry: entry, category: .csam,
                digest: MediaDigest(.sha256, sha256), source: "test", listVersion: "1"))
    }

    /// Ordinary traffic of some subjects, always the same, with duplicates and late events among it.
    static func traffic(_ count: Int, subjects: Int = 12, seed: UInt64 = 1) -> [Input] {
        var random = TestRandom(seed: seed)
        var inputs: [Input] = []
        for n in 0..<count {
            if n > 10, random.below(25) == 0 {
                inputs.append(inputs[inputs.count - 1 - random.below(5)])
                continue
            }
            var time = AssessRig.start + TimeSpan(milliseconds: Int64(n) * 1_000)
            if random.below(40) == 0 { time = time - .hours(2) }
            inputs.append(event(n, time, subjects, &random))
        }
        return inputs
    }

    private static func event(
        _ n: Int, _ time: Instant, _ subjects: Int, _ random: inout TestRandom
    ) -> Input {
        let account = "account-\(random.below(subjects))"
        let group = "group-\(random.below(subjects))"
        let link = "link-\(random.below(subjects))"
        let other = "account-\(random.below(subjects))"
        let id = "event-\(n)"
        switch random.below(8) {
        case 0: return registered(account, id: id, time)
        case 1: return contacts(account, id: id, time)
        case 2: return created(group, by: account, id: id, time)
        case 3: return added(other, to: group, by: account, id: id, time)
        case 4: return sighted(link, of: group, place: "place-\(random.below(4))", id: id, time)
        case 5: return reported(account, by: other, id: id, time)
        default:
            return photo(
                account, id: id, sha256: Array(repeating: UInt8(random.below(60)), count: 32), time)
        }
    }
}

/// A small generator for tests.
struct TestRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_f491_4f6c_dd1d
    }

    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}
