internal import FoundationEssentials
public import SafetyModel
internal import SwiftProtobuf

extension EventDecoder {
    /// Decodes a record of the verdicts' topic; its signature is checked first of all.
    public func verdict(
        _ record: RecordView, keys: VerdictKeys
    ) throws(Rejection) -> Verdict {
        _ = try checkType(record, family: "verdict")
        var wire: PBVerdict = try parse(record)
        try keys.verify(wire)
        let verdict = try Verdict(wire)
        try seal(&wire, record: record.identity)
        return verdict.replacingWire(with: wire.canonicalBytes())
    }

    private func seal(_ wire: inout PBVerdict, record: ContentID) throws(Rejection) {
        let pass = SealingPass(sealer: sealer, record: record)
        if wire.hasEscalation {
            var holds = PBManifest()
            holds.hasText_p = true
            try pass.value(&wire.escalation, holds, "escalation")
        }
        if wire.hasActorSnapshot {
            try pass.snapshot(&wire.actorSnapshot, "actor_snapshot")
        }
    }
}

extension Verdict {
    /// `wire` as a message; nil where there is none.
    public var message: PBVerdict? {
        wire.isEmpty ? nil : try? PBVerdict(serializedBytes: wire)
    }

    fileprivate func replacingWire(with bytes: [UInt8]) -> Verdict {
        var copy = self
        copy.wire = bytes
        return copy
    }

    init(_ wire: PBVerdict) throws(Rejection) {
        let id = try Check.contentID(wire.verdictID, "verdict_id")
        guard wire.hasSubject else { throw Rejection(.missingField, field: "subject") }
        try Check.required(wire.outcome, "outcome")
        try Check.known(wire.role, "role")
        try Check.required(wire.harm, "harm")
        try Check.id(wire.reviewerID, "reviewer_id")
        try Check.requiredTime(wire.decidedUnixMs, "decided_unix_ms")
        try Check.time(wire.validUntilUnixMs, "valid_until_unix_ms")
        try Check.known(wire.incidentType, "incident_type")
        _ = try Check.optionalID(wire.reviewRequestID, "review_request_id")
        guard let outcome = Outcome(wire: wire.outcome) else {
            throw Rejection(.unknownEnum, field: "outcome")
        }
        guard let harm = Harm(wire.harm) else { throw Rejection(.unknownEnum, field: "harm") }
        try wire.checkMedia()
        if wire.hasActorSnapshot { try wire.actorSnapshot.check("actor_snapshot") }
        let actions = try wire.confirmedActions()
        if wire.role == .unspecified, actions.contains(where: { $0.action.isIrreversible }) {
            throw Rejection(.missingField, field: "role")
        }
        if wire.incidentType == .unspecified,
            actions.contains(where: { $0.action == .reportCyberTip })
        {
            throw Rejection(.missingField, field: "incident_type")
        }
        self.init(
            id: id, subject: try Subject(wire.subject, "subject"), reviewer: wire.reviewerID,
            outcome: outcome, role: Role(wire.role) ?? .unknown, harm: harm,
            time: Instant(milliseconds: wire.decidedUnixMs), actions: actions,
            proposals: try ids(wire.consideredProposalIds, "considered_proposal_ids"),
            overturned: try ids(wire.overturnedEnforcementIds, "overturned_enforcement_ids"),
            entries: try wire.entries(verdict: id), wire: wire.canonicalBytes())
    }
}

extension Action {
    fileprivate var isIrreversible: Bool { actionClass == .irreversible }
}

private func ids(_ wire: [Data], _ field: String) throws(Rejection) -> [ContentID] {
    try Check.count(wire.count, atMost: Limits.references, field)
    var ids: [ContentID] = []
    for (index, bytes) in wire.enumerated() {
        ids.append(try Check.contentID(bytes, "\(field)[\(index)]"))
    }
    return ids
}

extension PBVerdict {
    fileprivate func confirmedActions() throws(Rejection) -> [(target: Subject, action: Action)] {
        try Check.count(actions.count, atMost: Limits.actions, "actions")
        var values: [(target: Subject, action: Action)] = []
        for (index, action) in actions.enumerated() {
            values.append(try action.values("actions[\(index)]"))
        }
        return values
    }

    fileprivate func checkMedia() throws(Rejection) {
        try Check.count(
            consideredMedia.count, atMost: Limits.references, "considered_media")
        for (index, media) in consideredMedia.enumerated() {
            try within("considered_media[\(index)]") { () throws(Rejection) in
                try Check.id(media.mediaReference, "media_reference")
                try Check.known(media.algorithm, "algorithm")
                try Check.known(media.classification, "classification")
                if let algorithm = HashAlgorithm(wire: media.algorithm) {
                    try Check.digest(media.digest, count: algorithm.digestBytes, "digest")
                }
                if media.hasView {
                    try within("view") { () throws(Rejection) in try media.view.check() }
                }
            }
        }
    }

    /// Withdrawals first. A learned entry is named after its digest: learning twice is one entry.
    fileprivate func entries(verdict: ContentID) throws(Rejection) -> [HashEntry] {
        try Check.count(withdrawEntries.count, atMost: Limits.references, "withdraw_entries")
        try Check.count(learnEntries.count, atMost: Limits.references, "learn_entries")
        try Check.count(liftEntries.count, atMost: Limits.references, "lift_entries")
        for (index, entry) in liftEntries.enumerated() {
            try Check.id(entry.bank, "lift_entries[\(index)].bank")
            try Check.id(entry.entryID, "lift_entries[\(index)].entry_id")
        }
        var entries: [HashEntry] = []
        for (index, entry) in withdrawEntries.enumerated() {
            try Check.id(entry.bank, "withdraw_entries[\(index)].bank")
            try Check.id(entry.entryID, "withdraw_entries[\(index)].entry_id")
            entries.append(.removal(bank: entry.bank, entry: entry.entryID))
        }
        for (index, entry) in learnEntries.enumerated() {
            entries.append(
                try within("learn_entries[\(index)]") { () throws(Rejection) in
                    try HashEntry(learned: entry, verdict: verdict)
                })
        }
        return entries
    }
}

extension HashEntry {
    fileprivate init(learned wire: PBLearnedEntry, verdict: ContentID) throws(Rejection) {
        try Check.id(wire.bank, "bank")
        try Check.required(wire.algorithm, "algorithm")
        try Check.required(wire.category, "category")
        guard let algorithm = HashAlgorithm(wire: wire.algorithm) else {
            throw Rejection(.unknownEnum, field: "algorithm")
        }
        guard let category = BankCategory(wire: wire.category) else {
            throw Rejection(.unknownEnum, field: "category")
        }
        try Check.digest(wire.digest, count: algorithm.digestBytes, "digest")
        self.init(
            operation: .add, bank: wire.bank,
            entry: "\(algorithm)-\(wire.digest.hex)", category: category,
            digest: MediaDigest(algorithm, [UInt8](wire.digest)), source: "verdict",
            listVersion: verdict.description)
    }
}
