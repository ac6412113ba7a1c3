import Crypto
import EventSchemas
import FoundationEssentials
import SafetyModel
import SwiftProtobuf

/// A human who reads review requests, knows the truth, answers some hours later, is sometimes
/// wrong, and signs. Somebody wrongly restricted appeals after a day.
struct SimulatedReviewer: Sendable {
    private struct Case {
        var subject: Subject
        var due: Instant
        var requests: [PBReviewRequest] = []
        var isAppeal = false
    }

    /// Requests considered in one verdict; the schema allows as many.
    private static let maximumRequests = 64

    let publicKey: [UInt8]
    private let signer: VerdictSigner?
    private let settings: SimulationSettings
    private var random: SeededRandom
    private var open: [Subject: Case] = [:]
    private var appeals: [Subject: Case] = [:]
    /// Restrictions that stand against people who should have none, in the order of issue.
    private var standing: [Subject: [Data]] = [:]
    /// Whom the last verdicts spoke free, rightly or not.
    private(set) var cleared: [Subject] = []
    private var given: UInt64 = 0

    init(_ settings: SimulationSettings) {
        self.settings = settings
        random = SeededRandom(seed: settings.seed, label: "reviewer")
        var seed = SeededRandom(seed: settings.seed, label: "reviewer key")
        // Any 32 bytes are a key, so there is always a signer.
        signer = try? VerdictSigner(
            keyID: Simulator.reviewerKeyID, privateKey: seed.bytes(32))
        publicKey = signer?.publicKey ?? []
    }

    mutating func read(_ request: PBReviewRequest, at now: Instant) {
        guard let subject = Subject(request.subject) else { return }
        if open[subject] == nil {
            let isUrgent = request.priority >= 75
            let minutes = isUrgent ? random.between(10, 90) : random.between(60, 360)
            let delay = Double(minutes) * settings.reviewerDelay
            open[subject] = Case(subject: subject, due: now + .minutes(Int64(delay)))
        }
        if (open[subject]?.requests.count ?? 0) < Self.maximumRequests {
            open[subject]?.requests.append(request)
        }
    }

    /// Whoever is wrongly restricted appeals, and another reviewer looks.
    mutating func read(
        _ enforcement: PBEnforcement, _ subject: Subject, truth: GroundTruth, at now: Instant
    ) {
        if enforcement.action == .reverse {
            standing[subject]?.removeAll { $0 == enforcement.reversesEnforcementID }
            return
        }
        let action = Action(rawValue: UInt8(clamping: enforcement.action.rawValue))
        let label = truth.label(of: subject)
        guard label.isProtected, let action, action.actionClass != .protective,
            !(label.part == .victim && action == .removeProfileMedia)
        else { return }
        if appeals[subject] == nil {
            let hours = random.between(12, 36)
            appeals[subject] = Case(
                subject: subject, due: now + .hours(Int64(hours)), isAppeal: true)
        }
        standing[subject, default: []].append(enforcement.enforcementID)
    }

    /// The verdicts given before `end`, in the order of time.
    mutating func verdicts(until end: Instant, truth: GroundTruth) -> [OutgoingRecord] {
        var due: [Case] = []
        cleared = []
        for (subject, item) in open where item.due < end {
            open[subject] = nil
            due.append(item)
        }
        for (subject, item) in appeals where item.due < end {
            appeals[subject] = nil
            due.append(item)
        }
        due.sort {
            ($0.due, $0.subject.id, $0.isAppeal ? 1 : 0)
                < ($1.due, $1.subject.id, $1.isAppeal ? 1 : 0)
        }
        return due.map { record(verdict(on: $0, truth)) }
    }

    private mutating func verdict(on item: Case, _ truth: GroundTruth) -> PBVerdict {
        let label = truth.label(of: item.subject)
        let errs = !item.isAppeal && random.chance(settings.reviewerErrorRate)
        var verdict = PBVerdict.with {
            $0.verdictID = nextID()
            $0.subject = item.subject.reference
            $0.reviewerID = Simulator.reviewerID
            $0.decidedUnixMs = item.due.milliseconds
            $0.consideredProposalIds = item.requests.map(\.proposalID).filter { !$0.isEmpty }
            $0.reviewRequestID = item.requests.last?.reviewRequestID ?? Data()
            $0.harm = item.requests.last?.harm ?? .csam
        }
        if !item.isAppeal, (label.part == .offender) != errs {
            confirm(&verdict, item.requests, truth, errs)
        } else {
            clear(&verdict, item, label)
        }
        try? signer?.sign(&verdict)
        return verdict
    }

    private func confirm(
        _ verdict: inout PBVerdict, _ requests: [PBReviewRequest], _ truth: GroundTruth,
        _ errs: Bool
    ) {
        verdict.outcome = .confirm
        verdict.role = .offender
        var actions: [PBTargetedAction] = []
        func add(_ action: PBActionKind, _ target: PBSubjectRef) {
            let wish = PBTargetedAction.with {
                $0.action = action
                $0.target = target
            }
            if action != .requestReview, !actions.contains(wish), actions.count < 32 {
                actions.append(wish)
            }
        }
        for wish in requests.flatMap(\.pendingActions) {
            guard let target = Subject(wish.target) else { continue }
            if errs || truth.label(of: target).part == .offender { add(wish.action, wish.target) }
        }
        switch verdict.subject.kind {
        case .group: add(.removeGroup, verdict.subject)
        case .inviteLink: add(.revokeInviteLink, verdict.subject)
        case .account:
            add(.banAccount, verdict.subject)
            add(.reportCybertip, verdict.subject)
        case .unspecified, .UNRECOGNIZED: break
        }
        verdict.actions = actions
        verdict.incidentType = incidentType(verdict.harm)
        verdict.consideredMedia = considered(requests, verdict)
        if let proposal = requests.last?.proposal, proposal.hasActorSnapshot,
            proposal.actorSnapshot.accountID == verdict.subject.id
        {
            verdict.actorSnapshot = proposal.actorSnapshot
        }
    }

    private mutating func clear(_ verdict: inout PBVerdict, _ item: Case, _ label: TruthLabel) {
        let decisions = standing[item.subject] ?? []
        cleared.append(item.subject)
        verdict.outcome = decisions.isEmpty ? .dismiss : .overturn
        verdict.role =
            item.subject.kind == .account ? label.role.wire : Role.bystander.wire
        verdict.overturnedEnforcementIds = Array(decisions.prefix(Self.maximumRequests))
        if label.part == .victim, item.subject.kind == .account {
            let help: [PBActionKind] = [.offerSupport, .secureAccount]
            verdict.actions = help.map { action in
                .with {
                    $0.action = action
                    $0.target = item.subject.reference
                }
            }
        }
    }

    private func considered(
        _ requests: [PBReviewRequest], _ verdict: PBVerdict
    ) -> [PBConsideredMedia] {
        var seen: Set<String> = []
        let media = requests.flatMap(\.proposal.media).filter {
            seen.insert($0.reference).inserted
        }
        return media.prefix(Self.maximumRequests).map { file in
            .with {
                $0.mediaReference = file.reference
                $0.digest = file.digests.sha256
                $0.algorithm = .sha256
                $0.view = .with {
                    $0.viewerID = Simulator.reviewerID
                    $0.viewedUnixMs = verdict.decidedUnixMs - 60_000
                    $0.scope = .entire
                }
            }
        }
    }

    private func incidentType(_ harm: PBHarm) -> PBIncidentType {
        switch harm {
        case .trafficking: .childSexTrafficking
        case .enticement, .sextortion: .onlineEnticement
        case .csam, .imminent, .unspecified, .UNRECOGNIZED: .childPornography
        }
    }

    private mutating func nextID() -> Data {
        given += 1
        return Data(SHA256.hash(data: Data("verdict \(settings.seed) \(given)".utf8)).prefix(16))
    }

    private func record(_ verdict: PBVerdict) -> OutgoingRecord {
        OutgoingRecord(
            topic: settings.topics.verdicts, partition: 0, key: verdict.subject.id,
            type: EventType.verdict, id: verdict.verdictID.hex, subject: verdict.subject.id,
            time: Instant(milliseconds: verdict.decidedUnixMs),
            value: encode(verdict, settings.format), format: settings.format)
    }
}

extension Role {
    /// The wire has one value more, for a role that is not told.
    fileprivate var wire: PBRole { PBRole(rawValue: Int(rawValue) + 1) ?? .unknown }
}
