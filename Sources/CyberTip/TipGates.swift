internal import EventSchemas
internal import FoundationEssentials
internal import SafetyModel

/// The gates that an event can be judged by (CT numbers), and the tier that follows.
struct TipGates {
    private let tip: PBCyberTip

    init(_ tip: PBCyberTip) { self.tip = tip }

    /// In the order of gates.
    func problems() -> [TipProblem] {
        var found = blocking()
        found += traffic()
        found += evidence()
        found += people()
        return found.sorted {
            ($0.gate, $0.field?.rawValue ?? 0) < ($1.gate, $1.field?.rawValue ?? 0)
        }
    }

    func tier(_ problems: [TipProblem]) -> PBQualityTier {
        let lacks = Set(problems.compactMap { $0.field?.rawValue })
        func has(_ field: PBTipField) -> Bool { !lacks.contains(field.rawValue) }
        let hasEvidence = hasBytes || hasChat
        let isViral = tip.files.contains { $0.annotations.viral == .yes }
        if !has(.ipEvent) || !hasEvidence || isViral { return .informational }
        let isWhole = problems.allSatisfy { $0.level == .record || $0.gate == 14 }
        return isWhole ? .referralReady : .partial
    }

    private var hasBytes: Bool { tip.files.contains { $0.availability == .bytesHeld } }
    private var hasChat: Bool { !tip.chat.messages.isEmpty || !tip.chat.bundleReference.isEmpty }

    private func blocking() -> [TipProblem] {
        var found: [TipProblem] = []
        if tip.incidentType == .unspecified || tip.incidentTypeSource == .unspecified {
            found.append(TipProblem(gate: 1, level: .block, field: .incidentType))
        }
        let time = tip.incidentTime
        if time.at.unixMs <= 0 || time.at.unixMs > tip.issuedUnixMs || time.meaning == .unspecified
        {
            found.append(TipProblem(gate: 2, level: .block, field: .incidentTime))
        }
        if time.meaning == .detect || time.meaning == .report {
            // The event's time has no offset of its own.
            found.append(TipProblem(gate: 2, level: .record, field: .utcOffset))
        }
        let id = tip.reported.espIdentifier
        if id.isEmpty || id.utf8.count > 255 || tip.reported.role != .offender {
            found.append(TipProblem(gate: 3, level: .block, field: .reportedAccount))
        }
        if tip.reported.espService.isEmpty || tip.reported.espService.count > 100 {
            found.append(TipProblem(gate: 3, level: .block, field: .espService))
        }
        if !tip.reported.hasIdentity && !tip.reported.hasScreenName {
            found.append(TipProblem(gate: 3, level: .warn, field: .reportedIdentity))
        }
        if tip.incidentTypeSource == .hashMatch, !hasProvenCSAMMatch {
            found.append(TipProblem(gate: 7, level: .block))
        }
        if tip.priority == .imminent, !tip.hasEscalation {
            found.append(TipProblem(gate: 12, level: .block))
        }
        let victims = Set(tip.victims.map(\.espIdentifier))
        if victims.contains(id) {
            found.append(TipProblem(gate: 14, level: .block, field: .victim))
        }
        if tip.reporterProfile.isEmpty { found.append(TipProblem(gate: 20, level: .block)) }
        if tip.environment == .unspecified { found.append(TipProblem(gate: 21, level: .block)) }
        return found
    }

    /// A match of category `csam` with its list, entry and version (CT-07).
    private var hasProvenCSAMMatch: Bool {
        tip.files.flatMap(\.matches).contains {
            $0.category == .csam && !$0.bank.isEmpty && !$0.entryID.isEmpty
                && !$0.listVersion.isEmpty && $0.kind != .unspecified
        }
    }

    private func traffic() -> [TipProblem] {
        var found: [TipProblem] = []
        if tip.reported.ipEvents.isEmpty {
            found.append(TipProblem(gate: 4, level: .warn, field: .ipEvent))
        } else if !tip.reported.ipEvents.contains(where: \.hasPort) {
            found.append(TipProblem(gate: 4, level: .warn, field: .ipPort))
        }
        if !tip.files.isEmpty, !tip.files.contains(where: { $0.uploadSession.isUsable }) {
            found.append(TipProblem(gate: 4, level: .record, field: .uploadIp))
        }
        if tip.reported.region.isEmpty {
            found.append(TipProblem(gate: 4, level: .record, field: .location))
        }
        return found
    }

    private func evidence() -> [TipProblem] {
        var found: [TipProblem] = []
        if !tip.files.isEmpty, !hasBytes {
            found.append(TipProblem(gate: 5, level: .warn, field: .evidenceBytes))
        }
        if tip.files.contains(where: { !$0.hasUploadedAt }) {
            found.append(TipProblem(gate: 5, level: .record, field: .fileUploadTime))
        }
        if tip.files.contains(where: { !$0.viewedByEsp }) {
            found.append(TipProblem(gate: 6, level: .record, field: .humanView))
        }
        let nearOnly = tip.files.contains { file in
            !file.matches.isEmpty && !file.viewedByEsp
                && file.matches.allSatisfy { $0.kind == .near }
        }
        if nearOnly { found.append(TipProblem(gate: 7, level: .warn)) }
        if tip.files.contains(where: { $0.publiclyAvailable == .unspecified }) {
            found.append(TipProblem(gate: 9, level: .record, field: .publicAvailability))
        }
        if tip.files.isEmpty, !hasChat {
            found.append(TipProblem(gate: 13, level: .warn, field: .chat))
        }
        return found
    }

    private func people() -> [TipProblem] {
        let needsVictim = tip.harm == .enticement || tip.harm == .sextortion
        guard needsVictim, tip.victims.isEmpty, tip.recipients.isEmpty else { return [] }
        return [TipProblem(gate: 14, level: .warn, field: .victim)]
    }
}
