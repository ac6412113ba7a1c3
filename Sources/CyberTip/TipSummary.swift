public import EventSchemas
internal import FoundationEssentials
public import SafetyModel

/// What is remembered of a published tip, so that a correction can follow it: who and what, no
/// personal data, no evidence.
public struct TipSummary: Hashable, Sendable {
    /// The tip.
    public var id: ContentID
    /// The reported account.
    public var account: String
    /// The product it was using.
    public var service: String
    /// The incident.
    public var incident: ContentID
    /// The harm.
    public var harm: Harm
    /// `PBIncidentType`'s number.
    public var incidentType: Int
    /// `PBIncidentTypeSource`'s number.
    public var incidentTypeSource: Int
    /// When it happened.
    public var time: ZonedInstant
    /// `PBIncidentTimeMeaning`'s number.
    public var timeMeaning: Int
    /// `PBDiscoveryMethod`'s number.
    public var discovery: Int
    /// When it was detected.
    public var detected: Instant
    /// When actual knowledge was obtained.
    public var knowledge: Instant
    /// The enforcement record that the tip belongs to.
    public var enforcement: ContentID
    /// Digest over the tip's evidence, 32 bytes.
    public var evidence: [UInt8]
    /// Region that decided the legal regime.
    public var region: String

    /// Makes a summary from its parts.
    public init(
        id: ContentID, account: String, service: String, incident: ContentID, harm: Harm,
        incidentType: Int, incidentTypeSource: Int, time: ZonedInstant, timeMeaning: Int,
        discovery: Int, detected: Instant, knowledge: Instant, enforcement: ContentID,
        evidence: [UInt8], region: String
    ) {
        self.id = id
        self.account = account
        self.service = service
        self.incident = incident
        self.harm = harm
        self.incidentType = incidentType
        self.incidentTypeSource = incidentTypeSource
        self.time = time
        self.timeMeaning = timeMeaning
        self.discovery = discovery
        self.detected = detected
        self.knowledge = knowledge
        self.enforcement = enforcement
        self.evidence = evidence
        self.region = region
    }

    /// What to remember of a tip; nil for one whose ids are no ids.
    public init?(_ tip: PBCyberTip) {
        guard let id = ContentID(bytes: tip.tipID), let harm = Harm(tip.harm),
            let incident = ContentID(tip.incidentCluster),
            let enforcement = ContentID(bytes: tip.enforcementID)
        else { return nil }
        self.init(
            id: id, account: tip.reported.espIdentifier, service: tip.reported.espService,
            incident: incident, harm: harm, incidentType: tip.incidentType.rawValue,
            incidentTypeSource: tip.incidentTypeSource.rawValue,
            time: ZonedInstant(
                instant: Instant(milliseconds: tip.incidentTime.at.unixMs),
                offsetMinutes: Int(tip.incidentTime.at.utcOffsetMinutes)),
            timeMeaning: tip.incidentTime.meaning.rawValue, discovery: tip.discovery.rawValue,
            detected: Instant(milliseconds: tip.detectedUnixMs),
            knowledge: Instant(milliseconds: tip.knowledgeObtainedUnixMs),
            enforcement: enforcement, evidence: [UInt8](tip.evidenceSetDigest),
            region: tip.jurisdiction.region)
    }

    /// The remembered part as a message.
    var tip: PBCyberTip {
        var tip = PBCyberTip()
        tip.reported.espIdentifier = account
        tip.reported.espService = service
        tip.incidentCluster = incident.description
        tip.harm = harm.wire
        tip.incidentType = PBIncidentType(rawValue: incidentType) ?? .unspecified
        tip.incidentTypeSource = PBIncidentTypeSource(rawValue: incidentTypeSource) ?? .unspecified
        tip.incidentTime.at.unixMs = time.instant.milliseconds
        tip.incidentTime.at.utcOffsetMinutes = Int32(clamping: time.offsetMinutes)
        tip.incidentTime.meaning = PBIncidentTimeMeaning(rawValue: timeMeaning) ?? .unspecified
        tip.discovery = PBDiscoveryMethod(rawValue: discovery) ?? .unspecified
        tip.detectedUnixMs = detected.milliseconds
        tip.knowledgeObtainedUnixMs = knowledge.milliseconds
        tip.enforcementID = Data(enforcement.bytes)
        tip.evidenceSetDigest = Data(evidence)
        tip.jurisdiction.region = region
        return tip
    }
}
