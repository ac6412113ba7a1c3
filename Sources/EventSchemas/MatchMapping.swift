internal import FoundationEssentials
public import SafetyModel

extension PBMatchEvidence {
    /// - Parameter media: the items that `match.media` indexes.
    public init(_ match: Match, media items: [MediaItem]) {
        self.init()
        bank = match.bank
        entryID = match.entry
        algorithm = match.digest.algorithm.wire()
        kind = match.isExact ? .exact : .near
        category = match.category.wire()
        distance = UInt32(match.distance)
        threshold = UInt32(match.threshold)
        quality = UInt32(match.digest.quality)
        digest = Data(match.digest.bytes)
        source = match.source
        listVersion = match.listVersion
        quarantined = match.quarantined
        provider = match.provider ?? ""
        entryKey = match.entryKey
        if let lead = match.lead {
            leadPriority = UInt32(lead.priority)
            if let probability = lead.probability { leadProbability = probability }
        }
        mediaIndex = UInt32(clamping: match.media)
        guard items.indices.contains(match.media) else { return }
        let item = items[match.media]
        mediaReference = item.reference
        mediaUse = item.use.wire()
        attribution = item.attribution.wire()
        uploaderAccountID = item.uploader ?? ""
    }
}

extension Match {
    /// - Parameter count: how many items of media the message carries.
    init(_ wire: PBMatchEvidence, mediaCount count: Int) throws(Rejection) {
        try Check.token(wire.bank, "bank")
        try Check.token(wire.entryID, "entry_id")
        try Check.token(wire.entryKey, "entry_key")
        try Check.required(wire.algorithm, "algorithm")
        try Check.required(wire.category, "category")
        guard let algorithm = HashAlgorithm(wire: wire.algorithm) else {
            throw Rejection(.unknownEnum, field: "algorithm")
        }
        guard let category = BankCategory(wire: wire.category) else {
            throw Rejection(.unknownEnum, field: "category")
        }
        // A match made elsewhere has no digest of ours.
        if wire.provider.isEmpty || !wire.digest.isEmpty {
            try Check.digest(wire.digest, count: algorithm.digestBytes, "digest")
        }
        try Check.percentage(wire.quality, "quality")
        guard Int(wire.mediaIndex) < count else {
            throw Rejection(.outOfRange, field: "media_index")
        }
        guard let distance = UInt16(exactly: wire.distance) else {
            throw Rejection(.outOfRange, field: "distance")
        }
        guard let threshold = UInt16(exactly: wire.threshold) else {
            throw Rejection(.outOfRange, field: "threshold")
        }
        self.init(
            bank: wire.bank, entry: wire.entryID, category: category, source: wire.source,
            listVersion: wire.listVersion, quarantined: wire.quarantined,
            digest: MediaDigest(
                algorithm, [UInt8](wire.digest), quality: UInt8(clamping: wire.quality)),
            distance: distance, threshold: threshold, media: Int(wire.mediaIndex),
            provider: wire.provider.isEmpty ? nil : wire.provider, entryKey: wire.entryKey,
            lead: try ReviewLead(wire))
    }
}

extension ReviewLead {
    fileprivate init?(_ wire: PBMatchEvidence) throws(Rejection) {
        guard wire.hasLeadPriority else { return nil }
        guard let priority = UInt8(exactly: wire.leadPriority), priority <= Self.highestPriority
        else { throw Rejection(.outOfRange, field: "lead_priority") }
        guard !wire.hasLeadProbability || (0...1).contains(wire.leadProbability) else {
            throw Rejection(.outOfRange, field: "lead_probability")
        }
        self.init(
            probability: wire.hasLeadProbability ? wire.leadProbability : nil, priority: priority)
    }
}

/// Media, snapshot, context and report: what signals and proposals carry alike.
struct EvidenceParts {
    var media: [PBMedia]
    var snapshot: PBActorSnapshot?
    var context: PBEventContext?
    var report: PBReportFiled?

    init(
        media: [PBMedia], snapshot: PBActorSnapshot?, context: PBEventContext?,
        report: PBReportFiled?
    ) {
        self.media = media
        self.snapshot = snapshot
        self.context = context
        self.report = report
    }

    init(_ evidence: Evidence) {
        media = evidence.media.map(\.message)
        context = evidence.context
        report = evidence.report
        snapshot = evidence.snapshot.map { facts in
            guard var full = evidence.snapshot(of: facts.account) else { return facts.wire }
            full.take(facts)
            return full
        }
    }

    /// - Parameter time: the event's.
    func evidence(at time: Instant) throws(Rejection) -> Evidence? {
        if media.isEmpty, snapshot == nil, context == nil, report == nil { return nil }
        try Check.count(media.count, atMost: Limits.media, "media")
        var items: [MediaItem] = []
        for (index, wire) in media.enumerated() {
            let item = try within("media[\(index)]") { () throws(Rejection) in
                try wire.check()
                return try MediaItem(wire)
            }
            items.append(item)
        }
        if let snapshot { try snapshot.check("actor_snapshot") }
        if let context { try context.check() }
        return Evidence(
            media: items, snapshot: snapshot.map { ActorFacts($0, at: time) },
            contextWire: context?.canonicalBytes() ?? [],
            reportWire: report?.canonicalBytes() ?? [])
    }
}

extension PBActorSnapshot {
    /// Adds what the pipeline itself knows to what the platform said: either side's word that there is
    /// a condition which decides the role counts (I13).
    fileprivate mutating func take(_ facts: ActorFacts) {
        let known = facts.wire
        if registeredUnixMs == 0 { registeredUnixMs = known.registeredUnixMs }
        if facts.isMinor, !ageBand.isMinor { ageBand = .minor }
        lastDeviceChangeUnixMs = max(lastDeviceChangeUnixMs, known.lastDeviceChangeUnixMs)
        lastNumberChangeUnixMs = max(lastNumberChangeUnixMs, known.lastNumberChangeUnixMs)
        reportedThreatened = reportedThreatened || known.reportedThreatened
        reportedThreatenedUnixMs = max(
            reportedThreatenedUnixMs, known.reportedThreatenedUnixMs)
        priorEnforcements = max(priorEnforcements, known.priorEnforcements)
    }
}

/// Reads a list of matches.
func matches(
    _ wire: [PBMatchEvidence], mediaCount: Int
) throws(Rejection) -> [Match] {
    try Check.count(wire.count, atMost: Limits.matches, "matches")
    var matches: [Match] = []
    for (index, match) in wire.enumerated() {
        matches.append(
            try within("matches[\(index)]") { () throws(Rejection) in
                try Match(match, mediaCount: mediaCount)
            })
    }
    return matches
}
