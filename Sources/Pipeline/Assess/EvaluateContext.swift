internal import EventSchemas
internal import FoundationEssentials
internal import Policy
internal import SafetyModel
internal import Streaming

/// What evaluation is told once. A class, so that looking at the pack retains one reference, not
/// its parts, for each signal.
final class EvaluateContext: Sendable {
    let settings: PipelineSettings
    let pack: Pack
    let eventSource: String
    /// Of a replay that is asked about one subject.
    let trace: SubjectTrace?

    init(settings: PipelineSettings, pack: Pack, trace: SubjectTrace? = nil) {
        self.settings = settings
        self.pack = pack
        self.trace = trace
        eventSource = "\(settings.eventSource)/\(AssessStage.name)"
    }

    /// The same with another pack.
    func using(_ pack: Pack) -> EvaluateContext {
        EvaluateContext(settings: settings, pack: pack, trace: trace)
    }

    func home(of subject: Subject) -> Int32 {
        if settings.partitions == 1 { return 0 }
        return settings.partitioner.partition(of: subject.id.utf8, count: settings.partitions)
    }

    /// The record that sends a signal to its subject's home.
    func travel(_ signal: Signal, from origin: Int32, to home: Int32, in output: inout OutputBatch)
    {
        output.append(
            topic: settings.topics.signals, partition: home, key: signal.subject.id,
            value: signal.travelBytes(origin: origin)
        ) { bytes in
            CloudEvent.append(
                id: signal.id, type: EventType.signal, source: eventSource, time: signal.time,
                subject: signal.subject.id, to: &bytes)
        }
    }

    func write(_ proposal: Proposal, to output: inout OutputBatch) {
        let event = CloudEvent(
            id: proposal.id.description, type: EventType.proposal, source: eventSource,
            time: proposal.time, subject: proposal.subject.id)
        output.append(
            topic: settings.topics.proposals, partition: 0, key: Array(proposal.subject.id.utf8),
            value: PBProposal(proposal).canonicalBytes(), headers: event.headers)
    }

    /// The pack in normal form, for whoever asks later what a digest meant.
    func writePack(at time: Instant, to output: inout OutputBatch) {
        var record = PBPackRecord()
        record.digest = Data(pack.digest)
        record.name = pack.name
        record.normalForm = Data(pack.normalForm)
        record.languageVersion = Pack.languageVersion
        let event = CloudEvent(
            id: pack.digest.hex, type: EventType.pack, source: eventSource, time: time,
            subject: nil)
        output.append(
            topic: settings.topics.packs, partition: 0, key: Array(pack.digest.hex.utf8),
            value: record.canonicalBytes(), headers: event.headers)
    }
}

extension Proposal {
    /// - Parameter facts: about the subject, where it is an account.
    init(
        _ draft: ProposalDraft, _ signal: Signal, facts: ActorFacts?, pack: Pack,
        bankVersion: Int64
    ) {
        let target = ContentID.subject(draft.target)
        let day = signal.time.milliseconds / 86_400_000
        self.init(
            id: .proposal(signal: signal.id, rule: draft.rule, target: target),
            signal: signal.id, rule: draft.rule, subject: signal.subject, target: draft.target,
            actions: draft.actions, harm: draft.harm, isShadow: draft.isShadow,
            budget: draft.budget, packDigest: pack.digest, bankVersion: bankVersion,
            time: signal.time, region: signal.region, matches: draft.matches,
            evidence: signal.evidence(for: draft.target, facts: facts), reasons: draft.reasons,
            incident: .incident(subject: target, harm: draft.harm, day: day),
            category: signal.category, flags: signal.flags, hops: signal.feedbackHops)
    }
}

extension Signal {
    /// That a report came by way of its reporter's home is no feedback.
    fileprivate var feedbackHops: UInt8 { kind == .reportWeighed ? 0 : hops }

    /// The signal's evidence with the facts about the account that is the target (I13).
    fileprivate func evidence(for target: Subject, facts: ActorFacts?) -> Evidence? {
        var known = facts
        if target.kind == .account, target != subject {
            known = evidence?.facts(about: target.id, at: time)
        }
        guard known != evidence?.snapshot else { return evidence }
        return Evidence(
            media: evidence?.media ?? [], snapshot: known,
            contextWire: evidence?.contextWire ?? [], reportWire: evidence?.reportWire ?? [])
    }
}
