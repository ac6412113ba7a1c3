import EventSchemas
import Foundation
import SafetyModel
import Simulation
import Streaming
import SwiftProtobuf

/// What a simulated platform told, read back from its records.
struct Recording {
    enum Event: Equatable {
        case account(PBAccountEvent)
        case group(PBGroupEvent)
        case invite(PBInviteEvent)
        case report(PBReportEvent)
    }

    struct Item: Equatable {
        var time: Instant
        var type: String
        var subject: Subject
        var actor: String
        var event: Event
    }

    var items: [Item] = []
    let truth: GroundTruth

    /// Incidents alone: nobody else does anything, nothing is damaged.
    static func quiet(seed: UInt64 = 11) -> SimulationSettings {
        var settings = SimulationSettings()
        settings.seed = seed
        settings.accounts = 200
        settings.days = 8
        settings.activity = 0
        settings.noise = .none
        settings.incidents = .none
        return settings
    }

    init(_ pattern: TrafficPattern, _ count: Int = 4) throws {
        var settings = Self.quiet()
        settings.incidents[pattern] = count
        try self.init(settings)
    }

    init(_ settings: SimulationSettings) throws {
        var simulator = Simulator(settings)
        while let slice = simulator.nextSlice() {
            for entry in slice.records.entries {
                let topic = slice.records.topics[entry.topic]
                guard let value = entry.value else { continue }
                let bytes = Array(slice.records.bytes[value])
                let block = Array(slice.records.bytes[entry.headers])
                if let item = try Self.item(topic, bytes, block, settings.topics) {
                    items.append(item)
                }
            }
        }
        items.sort { $0.time < $1.time }
        truth = simulator.truth
    }

    private static func item(
        _ topic: String, _ bytes: [UInt8], _ block: [UInt8], _ topics: SimulationSettings.TopicNames
    ) throws -> Item? {
        let event: Event
        let context: PBEventContext
        let subject: Subject
        switch topic {
        case topics.accounts:
            let message = try PBAccountEvent(serializedBytes: bytes)
            (event, context) = (.account(message), message.context)
            subject = Subject(.account, message.accountID)
        case topics.groups:
            let message = try PBGroupEvent(serializedBytes: bytes)
            (event, context) = (.group(message), message.context)
            subject = Subject(.group, message.groupID)
        case topics.invites:
            let message = try PBInviteEvent(serializedBytes: bytes)
            (event, context) = (.invite(message), message.context)
            subject = Subject(.inviteLink, message.linkID)
        case topics.reports:
            let message = try PBReportEvent(serializedBytes: bytes)
            (event, context) = (.report(message), message.context)
            let kind = SubjectKind(rawValue: UInt8(message.subject.kind.rawValue)) ?? .account
            subject = Subject(kind, message.subject.id)
        default: return nil
        }
        let text = String(decoding: block, as: UTF8.self)
        guard let time = eventTime(text), let type = eventType(text) else { return nil }
        return Item(
            time: time, type: type, subject: subject, actor: context.actorAccountID, event: event)
    }

    /// Headers are short and in clear, so what stands after a name is its value.
    private static func eventTime(_ block: String) -> Instant? {
        guard let at = block.range(of: "ce_time") else { return nil }
        let rest = block[at.upperBound...].drop { !$0.isASCII || !$0.isNumber }
        return Instant(
            rfc3339: Array(rest.prefix { $0.isASCII && ($0.isNumber || "-:.TZ".contains($0)) }.utf8)
        )
    }

    private static func eventType(_ block: String) -> String? {
        guard let at = block.range(of: "tutela.") else { return nil }
        return String(
            block[at.upperBound...].prefix { $0.isLetter || "._".contains($0) || $0 == "1" }
        )
        .replacingOccurrences(of: ".v1", with: "")
    }
}

extension Recording {
    func incident(_ pattern: TrafficPattern, _ number: Int) -> [Item] {
        items.filter {
            let label = truth.label(of: $0.subject)
            return label.pattern == pattern && label.incident == number
        }
    }

    func subjects(
        _ kind: SubjectKind, _ pattern: TrafficPattern, _ number: Int, _ part: TruthLabel.Part
    ) -> [Subject] {
        truth.all.filter {
            $0.subject.kind == kind && $0.label.pattern == pattern && $0.label.incident == number
                && $0.label.part == part
        }.map(\.subject)
    }

    func label(_ id: String) -> TruthLabel { truth.label(of: Subject(.account, id)) }

    /// The numbers of the incidents that began.
    func begun(_ pattern: TrafficPattern) -> [Int] {
        truth.incidents.filter { $0.pattern == pattern }.map(\.number)
    }
}

extension Recording.Item {
    var profile: PBAccountProfileChanged? {
        guard case .account(let event) = event, case .profileChanged(let change) = event.change
        else { return nil }
        return change
    }

    var summary: PBAccountContactSummary? {
        guard case .account(let event) = event, case .contactSummary(let counts) = event.change
        else { return nil }
        return counts
    }

    var created: PBGroupCreated? {
        guard case .group(let event) = event, case .created(let created) = event.change else {
            return nil
        }
        return created
    }

    var changed: PBGroupChanged? {
        guard case .group(let event) = event, case .changed(let change) = event.change else {
            return nil
        }
        return change
    }

    var added: PBGroupMemberAdded? {
        guard case .group(let event) = event, case .memberAdded(let added) = event.change else {
            return nil
        }
        return added
    }

    var joined: PBGroupMemberJoined? {
        guard case .group(let event) = event, case .memberJoined(let joined) = event.change else {
            return nil
        }
        return joined
    }

    var sighted: PBInviteSighted? {
        guard case .invite(let event) = event, case .sighted(let sighted) = event.change else {
            return nil
        }
        return sighted
    }

    var report: PBReportEvent? {
        guard case .report(let event) = event else { return nil }
        return event
    }

    var filed: PBReportFiled? {
        guard case .filed(let filed) = report?.change else { return nil }
        return filed
    }
}

/// Digests that the simulated lists hold as illegal.
struct Listed {
    private var sha256: Set<Data> = []
    private var pdq: [Data] = []

    init(_ settings: SimulationSettings) throws {
        let batch = Simulator(settings).hashEntries()
        for entry in batch.entries {
            guard let value = entry.value else { continue }
            let message = try PBHashEntryEvent(serializedBytes: Array(batch.bytes[value]))
            guard message.added.category == .csam else { continue }
            switch message.added.algorithm {
            case .sha256: sha256.insert(message.added.digest)
            case .pdq: pdq.append(message.added.digest)
            default: break
            }
        }
    }

    func holds(_ media: PBMedia) -> Bool { sha256.contains(media.digests.sha256) }

    func isNear(_ media: PBMedia) -> Bool { pdq.contains { isNear($0, media.digests.pdq) } }

    private func isNear(_ a: Data, _ b: Data) -> Bool {
        zip(a, b).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount } <= 31
    }
}
