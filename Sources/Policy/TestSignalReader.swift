import Behaviour
import SafetyModel
import Yams

/// Reads the signals of a test. Times are counted from a Monday at noon, UTC.
struct TestSignalReader {
    let source: PackSource

    static let keys = [
        "kind", "subject", "at", "times", "every", "actor", "related", "reporter", "blocker",
        "member", "place", "place_class", "category", "amount", "flags", "region", "late", "hops",
        "decision", "action", "media", "text", "device",
    ]
    private static let partyKeys = ["reporter", "blocker", "member", "place"]

    /// - Parameter count: signals before it, for identities.
    func read(_ node: Node, after count: Int) throws(PackError) -> [Signal] {
        let entries = try source.mapping(node, "a signal", keys: Self.keys)
        var signals: [Signal] = []
        for (n, time) in try TestTimes(source, entries).all.enumerated() {
            let signal = try signal(node, entries, n + 1, time, count + n + 1)
            signals.append(signal)
            if let filed = filed(signal) { signals.append(filed) }
        }
        return signals
    }

    private func signal(
        _ node: Node, _ entries: [PackSource.Entry], _ n: Int, _ time: Instant, _ identity: Int
    ) throws(PackError) -> Signal {
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        let kindNode = try source.required("kind", in: entries, of: "a signal", node)
        let kind = try source.choice(
            kindNode, "kind of signal", SignalKind.allCases.map { ($0.name, $0) })
        let subjectNode = try source.required("subject", in: entries, of: "a signal", node)
        let subject = try subject(subjectNode, n)
        guard kind.subjects.contains(subject.kind) else {
            let owners = kind.subjects.map(\.noun).joined(separator: " or ")
            throw source.error(
                subjectNode.mark,
                "\(kind.name) signals are about \(owners), not \(subject.kind.noun)")
        }
        var signal = Signal(
            cause: ContentID(high: UInt64(identity), low: 0), ordinal: 0, kind: kind, time: time,
            subject: subject, key: .zero)
        if let actor = value("actor") { signal.actor = try name(actor, n) }
        if let related = value("related") { signal.related = try self.subject(related, n) }
        for entry in entries where Self.partyKeys.contains(entry.key) {
            guard kind.partyName == entry.key else {
                throw source.error(
                    entry.mark,
                    "\(kind.name) signals have no \(entry.key)"
                        + (kind.partyName.map { "; they have a \($0)" } ?? ""))
            }
            let party = try name(entry.value, n)
            signal.party = SubjectReplay.party(party)
            // An account that nothing else is said of is its own party.
            if [.reported, .reportWithdrawn].contains(kind), signal.actor == nil {
                signal.actor = party
            }
        }
        signal.category = try category(kind, entries)
        if let amount = value("amount") { signal.amount = try source.integer(amount) }
        if let region = value("region") { signal.region = try source.word(region) }
        if let late = value("late") { signal.isLate = try source.flag(late) }
        if let hops = value("hops") { signal.hops = UInt8(clamping: try source.integer(hops)) }
        if let flags = value("flags") { signal.flags = try self.flags(flags) }
        if let decision = value("decision") {
            signal.decision = ContentID(high: stableHash(try name(decision, n)), low: 1)
        }
        if let action = value("action") {
            signal.action = try source.choice(action, "action", Vocabulary.actions)
        }
        if let device = value("device") {
            guard kind.isReport else {
                throw source.error(device.mark, "\(kind.name) signals have no device")
            }
            signal.device = stableHash(try name(device, n)) | 1
        }
        if let media = value("media") { try readMedia(media, n, &signal) }
        if let text = value("text") { try readText(text, &signal) }
        return signal
    }

    /// What a report or its withdrawal tells the home of its reporter, as the pipeline does.
    private func filed(_ report: Signal) -> Signal? {
        guard [.reported, .reportWithdrawn].contains(report.kind), let reporter = report.actor,
            Subject(.account, reporter) != report.subject
        else { return nil }
        return Signal(
            cause: report.cause, ordinal: 0,
            kind: report.kind == .reported ? .filedReport : .reportRetracted, time: report.time,
            subject: Subject(.account, reporter), key: .zero, actor: reporter,
            related: report.subject, party: report.party, flags: report.flags,
            region: report.region, category: report.category, isLate: report.isLate,
            device: report.device)
    }

    private func category(
        _ kind: SignalKind, _ entries: [PackSource.Entry]
    ) throws(PackError) -> UInt8 {
        for entry in entries {
            let choice: Choice
            switch entry.key {
            case "category" where kind.isReport: choice = .reportCategory
            case "place_class" where kind.isSighting: choice = .placeClass
            case "category", "place_class":
                throw source.error(entry.mark, "\(kind.name) signals have no \(entry.key)")
            default: continue
            }
            return try source.choice(
                entry.value, entry.key, choice.values.map { ($0.name, $0.raw) })
        }
        return 0
    }

    private func flags(_ node: Node) throws(PackError) -> EventFlags {
        let known: [(String, EventFlags)] = Field.allCases.compactMap { field in
            guard let flag = field.flag, field.info.name.hasPrefix("signal.") else { return nil }
            return (String(field.info.name.dropFirst(7)), flag)
        }
        var flags: EventFlags = []
        for item in try source.sequence(node, "flags") {
            flags.formUnion(try source.choice(item, "flag", known))
        }
        return flags
    }

    /// `{n}` is the number of the repetition.
    private func name(_ node: Node, _ n: Int) throws(PackError) -> String {
        TestTimes.numbered(try source.word(node), n)
    }

    /// Such as `group g1`.
    func subject(_ node: Node, _ n: Int) throws(PackError) -> Subject {
        let text = try name(node, n)
        guard let subject = Subject(text: text) else {
            throw source.error(
                node.mark,
                "\"\(shown(text))\" is no subject; expected account, group or link and an "
                    + "id, as group g1")
        }
        return subject
    }
}

extension TestSignalReader {
    private func readMedia(_ node: Node, _ n: Int, _ signal: inout Signal) throws(PackError) {
        var items: [MediaItem] = []
        for item in try source.sequence(node, "media") {
            let entries = try source.mapping(
                item, "media", keys: ["use", "attribution", "uploader", "match"])
            func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
            let use = try source.choice(
                try source.required("use", in: entries, of: "media", item), "use of media",
                MediaUse.allCases.map { (Choice.mediaUse.name(of: $0.rawValue), $0) })
            var attribution = Attribution.serverObserved
            if let node = value("attribution") {
                attribution = try source.choice(
                    node, "attribution",
                    Attribution.allCases.map { (Choice.attribution.name(of: $0.rawValue), $0) })
            }
            let uploader = try value("uploader").map { node throws(PackError) in try name(node, n) }
            if let match = value("match") {
                signal.matches.append(try self.match(match, media: items.count))
            }
            items.append(
                MediaItem(
                    reference: "test-media", use: use, attribution: attribution,
                    uploader: uploader, digests: []))
        }
        signal.evidence = Evidence(media: items, snapshot: nil)
    }

    private func match(_ node: Node, media: Int) throws(PackError) -> Match {
        let entries = try source.mapping(
            node, "a match",
            keys: ["category", "exact", "distance", "bank", "quarantined", "external"])
        func value(_ key: String) -> Node? { entries.first { $0.key == key }?.value }
        func flag(_ key: String) throws(PackError) -> Bool {
            guard let node = value(key) else { return false }
            return try source.flag(node)
        }
        let category = try source.choice(
            try source.required("category", in: entries, of: "a match", node), "category of match",
            BankCategory.allCases.map { (Choice.matchCategory.name(of: $0.rawValue), $0) })
        var distance: Int64 = 0
        if let node = value("distance") { distance = try source.integer(node) }
        let bank = try value("bank").map { node throws(PackError) in try source.word(node) }
        return Match(
            bank: bank ?? "test-bank", entry: "test-entry", category: category, source: "test",
            listVersion: "1", quarantined: try flag("quarantined"),
            digest: MediaDigest(try flag("exact") ? .sha256 : .pdq, [0]),
            distance: UInt16(clamping: distance), threshold: 31, media: media,
            provider: try flag("external") ? "test-service" : nil)
    }
}
