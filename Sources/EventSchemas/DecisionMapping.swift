internal import FoundationEssentials
public import SafetyModel

extension PBEnforcement {
    /// What the domain's value tells. Fields that it lacks, such as `reversed_action`, `tip_id` and
    /// `reason_codes`, are the caller's to set.
    public init(_ enforcement: Enforcement) {
        self.init()
        enforcementID = Data(enforcement.id.bytes)
        subject = enforcement.subject.wire
        action = enforcement.action.wire
        mode = enforcement.mode.wire()
        expiresUnixMs = enforcement.expires?.milliseconds ?? 0
        harm = enforcement.harm.wire
        rule = enforcement.rule
        packDigest = Data(enforcement.packDigest)
        bankVersion = enforcement.bankVersion
        evidence = enforcement.evidence
        if let proposal = enforcement.proposal { proposalID = Data(proposal.bytes) }
        if let verdict = enforcement.verdict { verdictID = Data(verdict.bytes) }
        if let reverses = enforcement.reverses { reversesEnforcementID = Data(reverses.bytes) }
        eventUnixMs = enforcement.time.milliseconds
        role = enforcement.role.wire
        region = enforcement.region
    }
}

extension Enforcement {
    /// Reads what `PBEnforcement.init` wrote.
    public init(_ wire: PBEnforcement) throws(Rejection) {
        try Check.required(wire.action, "action")
        try Check.required(wire.harm, "harm")
        try Check.required(wire.mode, "mode")
        try Check.known(wire.role, "role")
        guard let action = Action(wire.action) else {
            throw Rejection(.unknownEnum, field: "action")
        }
        guard let harm = Harm(wire.harm) else { throw Rejection(.unknownEnum, field: "harm") }
        guard let mode = Mode(wire: wire.mode) else { throw Rejection(.unknownEnum, field: "mode") }
        guard wire.hasSubject else { throw Rejection(.missingField, field: "subject") }
        self.init(
            id: try Check.contentID(wire.enforcementID, "enforcement_id"),
            subject: try Subject(wire.subject, "subject"), action: action, rule: wire.rule,
            harm: harm, mode: mode, role: Role(wire.role) ?? .unknown,
            packDigest: [UInt8](wire.packDigest), bankVersion: wire.bankVersion,
            proposal: try Check.optionalID(wire.proposalID, "proposal_id"),
            verdict: try Check.optionalID(wire.verdictID, "verdict_id"),
            reverses: try Check.optionalID(wire.reversesEnforcementID, "reverses_enforcement_id"),
            expires: wire.expiresUnixMs == 0 ? nil : Instant(milliseconds: wire.expiresUnixMs),
            time: Instant(milliseconds: wire.eventUnixMs), evidence: wire.evidence,
            region: wire.region)
    }
}

extension PBReviewRequest {
    /// Causes and exposure follow from reasons and matches. The proposal rides along, so that one
    /// screen shows why.
    public init(_ request: ReviewRequest) {
        self.init()
        reviewRequestID = Data(request.id.bytes)
        let proposal = request.proposal
        subject = proposal.target.wire
        priority = UInt32(request.priority)
        harm = proposal.harm.wire
        causes = request.reasons.map { $0.wire() }
        exposure = Self.exposure(proposal)
        proposalID = Data(proposal.id.bytes)
        deadlineUnixMs = request.deadline.milliseconds
        pendingActions = proposal.actions.map { PBTargetedAction($0, target: proposal.target) }
        reasons = proposal.reasons.map { PBReason($0) }
        self.proposal = PBProposal(proposal)
        victimSafe = request.role != .offender
        incidentCluster = proposal.incident.description
        region = proposal.region
        role = request.role.wire
    }

    /// The worst that the reviewer may come to see.
    private static func exposure(_ proposal: Proposal) -> PBExposureClass {
        let severe: Set<BankCategory> = [.csam, .exploitative, .minorSubmitted, .adultNCII, .lead]
        if proposal.matches.contains(where: { severe.contains($0.category) }) {
            return .severeMedia
        }
        guard let evidence = proposal.evidence else { return .metadata }
        if !evidence.media.isEmpty { return .media }
        return evidence.reportWire.isEmpty ? .metadata : .text
    }
}
