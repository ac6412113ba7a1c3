internal import Crypto
public import EventSchemas
internal import FoundationEssentials
public import SafetyModel

/// Builds tips: a pure function of the request, the settings and the sealing key (I3).
public struct TipBuilder: Sendable {
    let settings: TipSettings
    let sealer: any FieldSealer

    /// Lists in a tip are cut at these counts (I11).
    enum Limit {
        static let files = 64
        static let sessions = 16
        static let people = 32
        static let messages = 64
        static let signals = 64
        static let annotations = 3_000
    }

    /// - Parameter sealer: seals the narrative.
    public init(settings: TipSettings, sealer: any FieldSealer) {
        self.settings = settings
        self.sealer = sealer
    }

    /// Builds a tip, asks the gates and sets the quality tier.
    public func build(_ request: TipRequest) -> TipDraft {
        var tip = PBCyberTip()
        tip.files = files(request)
        if let chat = chat(request) { tip.chat = chat }
        tip.textOnly = tip.files.isEmpty
        setIncident(&tip, request)
        setAccounts(&tip, request)
        setOrigin(&tip, request)
        setJudgement(&tip, request)
        let digest = Self.evidenceDigest(tip, proposals: request.proposals)
        tip.evidenceSetDigest = Data(digest)
        let id = tipID(request, evidence: digest)
        tip.tipID = Data(id.bytes)
        let problems = TipGates(tip).problems()
        tip.missing = Self.missing(problems)
        tip.qualityTier = TipGates(tip).tier(problems)
        tip.narrative = narrative(tip, id: id)
        return TipDraft(tip: tip, problems: problems)
    }

    /// What keeps a filing worker from relying on a tip whose decision was reversed (I9).
    /// - Parameter role: the account's role as the verdict found it.
    public func correction(
        of earlier: TipSummary, verdict: ContentID, role: Role, issued: Instant
    ) -> PBCyberTip {
        var tip = earlier.tip
        tip.reported.role = role.wire
        tip.textOnly = true
        tip.relation = .corrects
        tip.relatedTipID = Data(earlier.id.bytes)
        tip.verdictID = Data(verdict.bytes)
        tip.issuedUnixMs = issued.milliseconds
        tip.priority = .high
        tip.qualityTier = .informational
        tip.reporterProfile = settings.reporterProfile
        tip.environment = settings.isProduction ? .production : .test
        tip.preserveUntilUnixMs = (issued + settings.preservation).milliseconds
        var hash = ContentHash("tutela.tip.correction.v1")
        hash.add(earlier.id)
        hash.add(verdict)
        let id = hash.finish()
        tip.tipID = Data(id.bytes)
        tip.narrative = narrative(tip, id: id)
        return tip
    }

    /// The tip's id (CT-18). A verdict's tip tells more than automation's on the same evidence, so it
    /// is another.
    private func tipID(_ request: TipRequest, evidence: [UInt8]) -> ContentID {
        .tip(
            account: .subject(Subject(.account, request.account)), incident: request.incident,
            evidence: evidence + (request.verdictID?.bytes ?? [])
                + (request.corrections > 0 ? [request.corrections] : []))
    }

    /// SHA-256 over the sorted references and digests of files, messages and, without either, of the
    /// signals.
    static func evidenceDigest(_ tip: PBCyberTip, proposals: [Proposal]) -> [UInt8] {
        var parts: [String] = tip.files.map { file in
            "file \(file.mediaReference.utf8.count):\(file.mediaReference) "
                + [file.digests.sha256, file.digests.sha1, file.digests.md5, file.digests.pdq]
                .map(\.hex).joined(separator: ",")
        }
        parts += tip.chat.messages.map { "message \($0.messageReference)" }
        if !tip.chat.bundleReference.isEmpty { parts.append("bundle \(tip.chat.bundleReference)") }
        if parts.isEmpty { parts = proposals.map { "signal \($0.signal)" } }
        var hash = SHA256()
        for part in Set(parts).sorted() { hash.update(data: Array("\(part)\n".utf8)) }
        return Array(hash.finalize())
    }

    private static func missing(_ problems: [TipProblem]) -> [PBTipField] {
        var seen: Set<Int> = []
        return problems.compactMap(\.field).filter { seen.insert($0.rawValue).inserted }
            .sorted { $0.rawValue < $1.rawValue }
    }

    private func setOrigin(_ tip: inout PBCyberTip, _ request: TipRequest) {
        let primary = request.proposals.first
        tip.incidentCluster = request.incident.description
        tip.harm = request.harm.wire
        tip.drivingSignalIds = request.proposals.prefix(Limit.signals)
            .map { Data($0.signal.bytes) }
        tip.detectedUnixMs = (primary?.time ?? request.knowledge).milliseconds
        tip.knowledgeObtainedUnixMs = request.knowledge.milliseconds
        tip.issuedUnixMs = request.issued.milliseconds
        if let related = request.related {
            tip.relation = related.relation
            tip.relatedTipID = Data(related.tip.bytes)
        }
        if let primary {
            tip.proposalID = Data(primary.id.bytes)
            tip.rule = primary.rule
            tip.packDigest = Data(primary.packDigest)
        }
        if let verdict = request.verdictID { tip.verdictID = Data(verdict.bytes) }
        tip.enforcementID = Data(request.enforcement.bytes)
        tip.bankVersion = request.bankVersion
        tip.reporterProfile = settings.reporterProfile
        tip.environment = settings.isProduction ? .production : .test
        tip.jurisdiction.region = request.region
        tip.jurisdiction.reportedToForeignAgency = request.region == "GB" ? .yes : .unspecified
        tip.jurisdiction.localPoliceRequired = request.region == "IN" ? .yes : .unspecified
        tip.preserveUntilUnixMs = (request.issued + settings.preservation).milliseconds
    }
}
