internal import EventSchemas
internal import FoundationEssentials
internal import SafetyModel

extension TipBuilder {
    func setAccounts(_ tip: inout PBCyberTip, _ request: TipRequest) {
        tip.reported = reported(tip, request)
        var seen: Set<String> = [request.account]
        for proposal in request.proposals {
            setReporter(&tip, proposal, request, &seen)
            if tip.groupIdentifier.isEmpty, proposal.subject.kind == .group {
                tip.groupIdentifier = proposal.subject.id
            }
        }
        if tip.groupIdentifier.isEmpty { tip.groupIdentifier = tip.chat.groupID }
    }

    private func reported(_ tip: PBCyberTip, _ request: TipRequest) -> PBTipAccount {
        let snapshot = snapshot(request)
        var account = self.account(request.account, snapshot, role: .offender)
        if account.espService.isEmpty { account.espService = settings.service }
        account.region = account.region.isEmpty ? request.region : account.region
        account.ipEvents = sessions(tip, snapshot, request)
        let issued = request.issued.milliseconds
        if request.measures.contains(.banAccount) {
            account.measures.permanentlyDisabled = true
            account.measures.permanentlyDisabledUnixMs = issued
        } else if request.measures.contains(.suspendAccount) {
            account.measures.temporarilyDisabled = true
            account.measures.temporarilyDisabledUnixMs = issued
        }
        return account
    }

    /// The reviewer's facts outrank those of proposals.
    private func snapshot(_ request: TipRequest) -> PBActorSnapshot? {
        if let verdict = request.verdict, verdict.hasActorSnapshot,
            verdict.actorSnapshot.accountID == request.account
        {
            return verdict.actorSnapshot
        }
        for proposal in request.proposals {
            if let found = proposal.evidence?.snapshot(of: request.account) { return found }
        }
        return nil
    }

    private func account(_ id: String, _ snapshot: PBActorSnapshot?, role: Role) -> PBTipAccount {
        var account = PBTipAccount()
        account.espIdentifier = id
        account.role = role.wire
        guard let snapshot else { return account }
        account.espService = snapshot.espService
        if case .sealed(let identity) = snapshot.identity.value { account.identity = identity }
        if case .sealed(let name) = snapshot.screenName.value { account.screenName = name }
        account.ipEvents = Array(snapshot.sessions.filter(\.isUsable).prefix(Limit.sessions))
        account.region = snapshot.region
        account.ageBand = snapshot.ageBand
        account.ageSource = snapshot.ageSource
        account.priorReportIds = snapshot.priorNcmecReportIds
        return account
    }

    /// Uploads of the files first, then the cause's own session, then the snapshot's (CT-04).
    private func sessions(
        _ tip: PBCyberTip, _ snapshot: PBActorSnapshot?, _ request: TipRequest
    ) -> [PBSession] {
        var all = tip.files.filter(\.hasUploadSession).map { file in
            var session = file.uploadSession
            if session.kind == .unspecified { session.kind = .upload }
            return session
        }
        for proposal in request.proposals {
            guard let context = proposal.evidence?.context, context.hasSession,
                context.actorAccountID == request.account
            else { continue }
            all.append(context.session)
        }
        all += snapshot?.sessions ?? []
        var sessions: [PBSession] = []
        for session in all where session.isUsable && !sessions.contains(session) {
            sessions.append(session)
        }
        return Array(sessions.prefix(Limit.sessions))
    }

    /// A reporter who is affected is a victim; one who was written to is a recipient; a guardian is
    /// associated. None of them is ever the reported account (CT-14).
    private func setReporter(
        _ tip: inout PBCyberTip, _ proposal: Proposal, _ request: TipRequest,
        _ seen: inout Set<String>
    ) {
        guard let report = proposal.evidence?.report, let context = proposal.evidence?.context,
            !context.actorAccountID.isEmpty, report.source == .user,
            seen.insert(context.actorAccountID).inserted
        else { return }
        let id = context.actorAccountID
        let isOwn = context.hasActorSnapshot && context.actorSnapshot.accountID == id
        let snapshot = isOwn ? context.actorSnapshot : nil
        var account = self.account(id, snapshot, role: .reporter)
        if account.espService.isEmpty { account.espService = settings.service }
        if account.ageBand == .unspecified { account.ageBand = report.reporterAgeBand }
        switch report.relation {
        case .affected where tip.victims.count < Limit.people:
            account.role = Role.victim.wire
            tip.victims.append(account)
        case .guardian where tip.associated.count < Limit.people:
            account.association = .parentOrGuardian
            tip.associated.append(account)
        default:
            let wasWrittenTo = report.messages.contains {
                $0.senderAccountID == request.account && $0.groupID.isEmpty
            }
            guard wasWrittenTo, tip.recipients.count < Limit.people else { return }
            tip.recipients.append(account)
        }
    }
}

extension PBSession {
    /// It has a sealed address and a time.
    var isUsable: Bool {
        guard case .sealed = address.value else { return false }
        return hasAt && at.unixMs > 0
    }

    /// Port in clear, or inside the sealed address.
    var hasPort: Bool {
        guard case .sealed(let sealed) = address.value else { return false }
        return port > 0 || sealed.holds.hasPort_p
    }
}
