internal import FoundationEssentials
internal import EventSchemas
internal import SafetyModel
internal import Streaming

/// Turns what Enforce wants published into records; pure.
struct IssueCore: Sendable {
    private let settings: PipelineSettings
    private let source: String

    init(settings: PipelineSettings, eventSource: String) {
        self.settings = settings
        source = eventSource
    }

    /// Appends the record of an issue, and counts it.
    func append(
        _ issue: EnforceIssue, to output: inout OutputBatch, _ counts: inout EnforceCounts
    ) {
        switch issue {
        case .enforcement(let action): append(action, to: &output, &counts)
        case .tip(let tip, let time): append(tip, time, to: &output, &counts)
        case .review(let request, let time): append(request, time, to: &output, &counts)
        case .feedback(let signal): append(signal, to: &output, &counts)
        case .quarantine(let quarantine, let origin, let verdict, let time):
            append(quarantine, origin, verdict, time, to: &output, &counts)
        case .entry(let entry, let verdict, let time):
            counts.learnedEntries += 1
            append(
                Entry(
                    topic: settings.topics.hashEntries, key: entry.recordKey,
                    id: "\(verdict)/\(entry.recordKey)/\(entry.operation.rawValue)",
                    type: entry.eventType, subject: entry.recordKey, time: time,
                    value: PBHashEntryEvent(entry, verdict: verdict).canonicalBytes()),
                partition: 0, to: &output)
        }
    }

    private func append(
        _ quarantine: EntryQuarantine, _ origin: ContentID, _ verdict: ContentID?,
        _ time: Instant, to output: inout OutputBatch, _ counts: inout EnforceCounts
    ) {
        counts.quarantines += 1
        let key = quarantine.recordKey
        append(
            Entry(
                topic: settings.topics.hashEntries, key: key,
                id: "\(origin)/\(key)/\(quarantine.isQuarantined ? "quarantine" : "lift")",
                type: EventType.entryQuarantined, subject: key, time: time,
                value: PBHashEntryEvent(quarantine, verdict: verdict).canonicalBytes()),
            partition: 0, to: &output)
    }

    private struct Entry {
        var topic: String
        var key: String
        var id: String
        var type: String
        var subject: String
        var time: Instant
        var value: [UInt8]
    }

    private func append(
        _ action: IssuedAction, to output: inout OutputBatch, _ counts: inout EnforceCounts
    ) {
        let value = action.enforcement
        counts.actions[.init(action: value.action, mode: value.mode), default: 0] += 1
        var wire = PBEnforcement(value)
        wire.incidentCluster = action.incident.description
        wire.decidedUnixMs = action.decided.milliseconds
        wire.conclusive = action.isConclusive
        wire.reasonCodes = action.reasons.prefix(16).map { $0.code }
        if let tip = action.tip { wire.tipID = Data(tip.bytes) }
        if let reversed = action.reversedAction { wire.reversedAction = reversed.wire }
        wire.stillHeld = action.isStillHeld
        append(
            Entry(
                topic: settings.topics.enforcement, key: value.subject.id,
                id: value.id.description,
                type: value.action == .reverse ? EventType.reversal : EventType.enforcement,
                subject: value.subject.id, time: value.time, value: wire.canonicalBytes()),
            to: &output)
    }

    private func append(
        _ tip: PBCyberTip, _ time: Instant, to output: inout OutputBatch,
        _ counts: inout EnforceCounts
    ) {
        let tier =
            switch tip.qualityTier {
            case .referralReady: "referral_ready"
            case .partial: "partial"
            case .informational, .unspecified, .UNRECOGNIZED: "informational"
            }
        counts.tips[tip.relation == .corrects ? "correction" : tier, default: 0] += 1
        append(
            Entry(
                topic: settings.topics.cyberTips, key: tip.incidentCluster, id: tip.tipID.hex,
                type: EventType.cyberTip, subject: tip.incidentCluster, time: time,
                value: tip.canonicalBytes()), to: &output)
    }

    private func append(
        _ request: PBReviewRequest, _ time: Instant, to output: inout OutputBatch,
        _ counts: inout EnforceCounts
    ) {
        counts.reviewRequests += 1
        for cause in request.causes {
            guard let reason = ReviewReason(rawValue: UInt8(clamping: cause.rawValue)) else {
                continue
            }
            counts.reviews[reason, default: 0] += 1
        }
        append(
            Entry(
                topic: settings.topics.reviewRequests, key: request.subject.id,
                id: request.reviewRequestID.hex, type: EventType.reviewRequest,
                subject: request.subject.id, time: time, value: request.canonicalBytes()),
            to: &output)
    }

    private func append(
        _ signal: Signal, to output: inout OutputBatch, _ counts: inout EnforceCounts
    ) {
        counts.feedback += 1
        let key = signal.subject.id
        append(
            Entry(
                topic: settings.topics.signals, key: key, id: signal.id.description,
                type: EventType.signal, subject: key, time: signal.time,
                value: PBSignal(signal, origin: 0).canonicalBytes()), to: &output)
    }

    /// The public topics and the signals' have the pipeline's number of partitions.
    private func append(_ entry: Entry, to output: inout OutputBatch) {
        let partition = settings.partitioner.partition(
            of: entry.key.utf8, count: settings.partitions)
        append(entry, partition: partition, to: &output)
    }

    private func append(_ entry: Entry, partition: Int32, to output: inout OutputBatch) {
        let event = CloudEvent(
            id: entry.id, type: entry.type, source: source, time: entry.time,
            subject: entry.subject)
        output.append(
            topic: entry.topic, partition: partition, key: Array(entry.key.utf8),
            value: entry.value, headers: event.headers)
    }
}

extension ReviewReason {
    /// The short code in enforcements.
    var code: String {
        switch self {
        case .proposed: "proposed"
        case .nearMatch: "near_match"
        case .notConclusive: "not_conclusive"
        case .forcedRole: "forced_role"
        case .budgetSpent: "budget_spent"
        case .entryQuarantined: "entry_quarantined"
        case .evidenceGone: "evidence_gone"
        case .shielded: "shielded"
        case .mode: "mode"
        case .minorSubmitted: "minor_submitted"
        case .unknownTarget: "unknown_target"
        case .imminent: "imminent"
        case .reporterIsSubject: "reporter_is_subject"
        }
    }
}
