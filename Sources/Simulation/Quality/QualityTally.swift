public import EventSchemas
import FoundationEssentials
import SafetyModel

/// What the pipeline published in one run, kept by subject until it is compared with the truth.
///
/// Records in, numbers out (`score`): it knows no log, no clock and no pipeline. Enforcements that
/// are not to be carried out count for nothing.
public struct QualityTally: Sendable {
    /// A published action and what became of it.
    struct Imposed: Sendable {
        var id: ContentID?
        var action: Action
        var rule: String
        /// nil where automation decided.
        var verdict: ContentID?
        var isConclusive: Bool
        /// Event time of the cause.
        var time: Instant
        /// Log time of the proposal or verdict.
        var decided: Instant
        var expires: Instant?
        var lifted: Instant?
    }

    struct Proposed: Sendable {
        var rule: String
        var target: Subject
        var isShadow: Bool
        /// Whether none of what it asks for takes anything away from a victim.
        var isGentle: Bool
    }

    struct Asked: Sendable {
        var rule: String
        /// Event time of the cause.
        var time: Instant
    }

    struct Wish: Hashable, Sendable {
        var target: Subject
        var action: Action
    }

    private(set) var imposed: [Subject: [Imposed]] = [:]
    private(set) var proposals: [Proposed] = []
    /// Review requests, with the rule that led to each.
    private(set) var reviews: [Subject: [Asked]] = [:]
    /// What each confirming verdict asked for.
    private(set) var wishes: [ContentID: Set<Wish>] = [:]
    /// Whom the tips name as reported, corrections left out.
    private(set) var reported: [Subject: Int] = [:]

    /// Nothing was published.
    public init() {}

    /// Counts a proposal, one on trial too.
    public mutating func add(_ proposal: PBProposal) {
        guard let target = Subject(proposal.target) else { return }
        let actions = proposal.actions.compactMap { Action($0.action) }
        proposals.append(
            Proposed(
                rule: proposal.rule, target: target, isShadow: proposal.shadow,
                isGentle: !actions.contains { $0.restricts(.victim) }))
    }

    /// Counts an enforcement or a reversal.
    public mutating func add(_ enforcement: PBEnforcement) {
        guard enforcement.mode == .enforce, let subject = Subject(enforcement.subject),
            let action = Action(enforcement.action)
        else { return }
        let time = Instant(milliseconds: enforcement.eventUnixMs)
        if action == .reverse {
            let lifted = ContentID(bytes: enforcement.reversesEnforcementID)
            guard lifted != nil else { return }
            for place in imposed[subject, default: []].indices
            where imposed[subject]?[place].id == lifted {
                imposed[subject]?[place].lifted = time
            }
            return
        }
        let expires = enforcement.expiresUnixMs
        imposed[subject, default: []].append(
            Imposed(
                id: ContentID(bytes: enforcement.enforcementID), action: action,
                rule: enforcement.rule, verdict: ContentID(bytes: enforcement.verdictID),
                isConclusive: enforcement.conclusive, time: time,
                decided: Instant(milliseconds: enforcement.decidedUnixMs),
                expires: expires == 0 ? nil : Instant(milliseconds: expires), lifted: nil))
    }

    /// Counts a review request.
    public mutating func add(_ request: PBReviewRequest) {
        guard let subject = Subject(request.subject) else { return }
        reviews[subject, default: []].append(
            Asked(
                rule: request.proposal.rule,
                time: Instant(milliseconds: request.proposal.eventUnixMs)))
    }

    /// Remembers a reviewer's word, so that what follows from it is told from automation's doing.
    public mutating func add(_ verdict: PBVerdict) {
        guard let id = ContentID(bytes: verdict.verdictID), verdict.outcome == .confirm else {
            return
        }
        wishes[id] = Set(
            verdict.actions.compactMap { wish in
                guard let target = Subject(wish.target), let action = Action(wish.action) else {
                    return nil
                }
                return Wish(target: target, action: action)
            })
    }

    /// Counts a tip.
    public mutating func add(_ tip: PBCyberTip) {
        guard tip.relation != .corrects, !tip.reported.espIdentifier.isEmpty else { return }
        reported[Subject(.account, tip.reported.espIdentifier), default: 0] += 1
    }
}

extension QualityTally.Imposed {
    /// How long it holds; one without an end holds to the end of the run.
    func length(until end: Instant) -> TimeSpan {
        let last = min(expires ?? end, lifted ?? expires ?? end)
        return max(last - decided, TimeSpan(milliseconds: 0))
    }

    func restricts(_ part: TruthLabel.Part) -> Bool { action.restricts(part) }
}

extension Action {
    /// Whether it takes anything away from somebody with this part. Listed media that goes from the
    /// profile or group of a victim, or of somebody it was planted on, punishes nobody (I13).
    func restricts(_ part: TruthLabel.Part) -> Bool {
        if actionClass == .protective { return false }
        let removesMedia = self == .removeProfileMedia || self == .removeGroupMedia
        return !(removesMedia && (part == .victim || part == .target))
    }
}
