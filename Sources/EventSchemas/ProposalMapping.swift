internal import FoundationEssentials
public import SafetyModel

extension PBProposal {
    /// The full message, its evidence in the sealed form that came with the event.
    public init(_ proposal: Proposal) {
        self.init()
        proposalID = Data(proposal.id.bytes)
        signalID = Data(proposal.signal.bytes)
        rule = proposal.rule
        subject = proposal.subject.wire
        target = proposal.target.wire
        actions = proposal.actions.map { PBTargetedAction($0, target: proposal.target) }
        harm = proposal.harm.wire
        shadow = proposal.isShadow
        eventUnixMs = proposal.time.milliseconds
        packDigest = Data(proposal.packDigest)
        bankVersion = proposal.bankVersion
        budget = PBBudgetSpec(proposal.budget)
        incident = Data(proposal.incident.bytes)
        region = proposal.region
        flags = proposal.flags.rawValue
        category = UInt32(proposal.category)
        hops = UInt32(proposal.hops)
        reasons = proposal.reasons.map { PBReason($0) }
        guard let evidence = proposal.evidence else { return }
        let parts = EvidenceParts(evidence)
        media = parts.media
        if let snapshot = parts.snapshot { actorSnapshot = snapshot }
        if let context = parts.context { self.context = context }
        if let report = parts.report { self.report = report }
        matches = proposal.matches.map { PBMatchEvidence($0, media: evidence.media) }
    }
}

extension PBTargetedAction {
    /// An action and whom it is for.
    public init(_ action: Action, target: Subject) {
        self.init()
        self.action = action.wire
        self.target = target.wire
    }

    func values(_ field: String) throws(Rejection) -> (target: Subject, action: Action) {
        try Check.required(action, "\(field).action")
        guard hasTarget else { throw Rejection(.missingField, field: "\(field).target") }
        guard let action = Action(action) else {
            throw Rejection(.unknownEnum, field: "\(field).action")
        }
        return (try Subject(target, "\(field).target"), action)
    }
}

extension PBReason {
    /// A named number; its kind stays unspecified.
    public init(_ reason: Reason) {
        self.init()
        name = reason.name
        value = reason.value
    }
}

extension PBBudgetSpec {
    /// A budget; no cap where it is the largest number.
    public init(_ budget: Budget) {
        self.init()
        periodMs = budget.period.milliseconds
        limit = budget.limit
        if let baseline = budget.baseline { baselineMultiple = baseline }
        if budget.cap != .max { cap = budget.cap }
    }
}

extension Budget {
    init(_ wire: PBBudgetSpec) throws(Rejection) {
        if wire.periodMs <= 0 { throw Rejection(.outOfRange, field: "budget.period_ms") }
        if wire.limit < 0 { throw Rejection(.outOfRange, field: "budget.limit") }
        if wire.hasBaselineMultiple,
            !(wire.baselineMultiple.isFinite && wire.baselineMultiple >= 0)
        {
            throw Rejection(.outOfRange, field: "budget.baseline_multiple")
        }
        if wire.hasCap, wire.cap < 0 { throw Rejection(.outOfRange, field: "budget.cap") }
        self.init(
            period: TimeSpan(milliseconds: wire.periodMs), limit: wire.limit,
            baseline: wire.hasBaselineMultiple ? wire.baselineMultiple : nil,
            cap: wire.hasCap ? wire.cap : .max)
    }
}

extension Proposal {
    init(_ wire: PBProposal) throws(Rejection) {
        guard wire.hasSubject else { throw Rejection(.missingField, field: "subject") }
        guard wire.hasTarget else { throw Rejection(.missingField, field: "target") }
        guard wire.hasBudget else { throw Rejection(.missingField, field: "budget") }
        try Check.id(wire.rule, "rule")
        let id = try Check.contentID(wire.proposalID, "proposal_id")
        let signal = try Check.contentID(wire.signalID, "signal_id")
        let target = try Subject(wire.target, "target")
        if id != .proposal(signal: signal, rule: wire.rule, target: .subject(target)) {
            throw Rejection(.keyMismatch, field: "proposal_id")
        }
        try Check.required(wire.harm, "harm")
        guard let harm = Harm(wire.harm) else { throw Rejection(.unknownEnum, field: "harm") }
        try Check.time(wire.eventUnixMs, "event_unix_ms")
        try Check.digest(wire.packDigest, count: 32, "pack_digest")
        try Check.region(wire.region, "region")
        if wire.category > 255 { throw Rejection(.outOfRange, field: "category") }
        let time = Instant(milliseconds: wire.eventUnixMs)
        let evidence = try EvidenceParts(
            media: wire.media, snapshot: wire.hasActorSnapshot ? wire.actorSnapshot : nil,
            context: wire.hasContext ? wire.context : nil,
            report: wire.hasReport ? wire.report : nil
        ).evidence(at: time)
        self.init(
            id: id, signal: signal, rule: wire.rule,
            subject: try Subject(wire.subject, "subject"), target: target,
            actions: try Self.actions(wire.actions, target: target), harm: harm,
            isShadow: wire.shadow, budget: try Budget(wire.budget),
            packDigest: [UInt8](wire.packDigest), bankVersion: wire.bankVersion, time: time,
            region: wire.region,
            matches: try EventSchemas.matches(wire.matches, mediaCount: wire.media.count),
            evidence: evidence, reasons: try Self.reasons(wire.reasons),
            incident: try Check.contentID(wire.incident, "incident"),
            category: UInt8(clamping: wire.category),
            flags: EventFlags(rawValue: wire.flags), hops: UInt8(clamping: wire.hops))
    }

    private static func actions(
        _ wire: [PBTargetedAction], target: Subject
    ) throws(Rejection) -> [Action] {
        if wire.isEmpty { throw Rejection(.missingField, field: "actions") }
        try Check.count(wire.count, atMost: Limits.actions, "actions")
        var actions: [Action] = []
        for (index, item) in wire.enumerated() {
            let values = try item.values("actions[\(index)]")
            if values.target != target {
                throw Rejection(.keyMismatch, field: "actions[\(index)].target")
            }
            actions.append(values.action)
        }
        return actions
    }

    private static func reasons(_ wire: [PBReason]) throws(Rejection) -> [Reason] {
        try Check.count(wire.count, atMost: Limits.reasons, "reasons")
        return wire.map { Reason(name: $0.name, value: $0.value) }
    }
}

extension EventDecoder {
    /// Decodes a record of the proposals' topic.
    public func proposal(_ record: RecordView) throws(Rejection) -> Proposal {
        _ = try checkType(record, family: "proposal")
        let wire: PBProposal = try parse(record)
        return try Proposal(wire)
    }
}
