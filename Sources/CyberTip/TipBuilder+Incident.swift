internal import EventSchemas
internal import FoundationEssentials
internal import SafetyModel

extension TipBuilder {
    func setIncident(_ tip: inout PBCyberTip, _ request: TipRequest) {
        if let verdict = request.verdict, verdict.incidentType != .unspecified {
            tip.incidentType = verdict.incidentType
            tip.incidentTypeSource = .reviewer
        } else if let (type, source) = incidentType(request) {
            tip.incidentType = type
            tip.incidentTypeSource = source
        }
        tip.incidentTime = incidentTime(tip, request)
        tip.discovery = discovery(request)
    }

    /// Only a match of category `csam` gives the type for such material (CT-07); nothing is defaulted
    /// (CT-01).
    private func incidentType(
        _ request: TipRequest
    ) -> (PBIncidentType, PBIncidentTypeSource)? {
        switch request.harm {
        case .csam:
            let matches = request.proposals.flatMap(\.matches)
            return matches.contains { $0.category == .csam } ? (.childPornography, .hashMatch) : nil
        case .enticement, .sextortion: return (.onlineEnticement, .rule)
        case .trafficking: return (.childSexTrafficking, .rule)
        case .imminent: return nil
        }
    }

    /// The earliest upload of the files, else the first message, else the event (CT-02).
    private func incidentTime(_ tip: PBCyberTip, _ request: TipRequest) -> PBIncidentTime {
        var time = PBIncidentTime()
        let uploads = tip.files.filter(\.hasUploadedAt).map(\.uploadedAt)
        let sent = tip.chat.messages.filter {
            $0.senderAccountID == request.account && $0.hasSentAt
        }
        .map(\.sentAt)
        if let upload = uploads.min(by: { $0.unixMs < $1.unixMs }) {
            time.at = upload
            time.meaning = .upload
            time.description_p = "when the platform received the earliest of the files"
        } else if let first = sent.min(by: { $0.unixMs < $1.unixMs }) {
            time.at = first
            time.meaning = .send
            time.description_p = "when the earliest of the reported messages was sent"
        } else if let proposal = request.proposals.first {
            time.at.unixMs = proposal.time.milliseconds
            let isReport = proposal.evidence?.report != nil
            time.meaning = isReport ? .report : .detect
            time.description_p =
                isReport
                ? "when the matter was reported to the platform"
                : "when the platform recorded the event that led to detection"
        } else {
            time.at.unixMs = request.knowledge.milliseconds
            time.meaning = .detect
            time.description_p = "when a reviewer established the facts"
        }
        return time
    }

    private func discovery(_ request: TipRequest) -> PBDiscoveryMethod {
        guard let proposal = request.proposals.first else { return .behaviour }
        if proposal.matches.contains(where: { $0.provider == nil }) { return .hashMatch }
        if !proposal.matches.isEmpty { return .thirdParty }
        guard let report = proposal.evidence?.report else { return .behaviour }
        switch report.source {
        case .user, .unspecified, .UNRECOGNIZED: return .userReport
        case .authority: return .lawEnforcementRequest
        case .trustedFlagger, .hotline, .partner: return .organisationNotice
        }
    }

    /// Priority, annotations and escalation. Completeness has no say in priority, and only a human
    /// says `imminent` (CT-12).
    func setJudgement(_ tip: inout PBCyberTip, _ request: TipRequest) {
        if let verdict = request.verdict {
            tip.annotations = verdict.annotations
            if request.harm == .imminent, case .sealed(let text) = verdict.escalation.value {
                tip.escalation.text = text
                tip.escalation.reviewerID = verdict.reviewerID
            }
        }
        if request.harm == .sextortion, tip.annotations.sextortion == .unspecified {
            tip.annotations.sextortion = .yes
        }
        let isViral = tip.files.contains { $0.annotations.viral == .yes }
        tip.viralBatch = false
        if tip.hasEscalation {
            tip.priority = .imminent
        } else if request.harm == .sextortion || request.harm == .imminent {
            tip.priority = .high
        } else if isViral || tip.files.contains(where: { $0.annotations.potentialMeme == .yes }) {
            tip.priority = .low
        } else {
            tip.priority = .normal
        }
        guard let proposal = request.proposals.first, let report = proposal.evidence?.report,
            report.source == .authority
        else { return }
        tip.lawEnforcement.agency = report.organisationID
        tip.lawEnforcement.caseNumber = report.organisationReference
    }
}
