public import Behaviour
public import SafetyModel

/// A pack over signals about any subjects, with what neighbours tell each other delivered at once.
public struct SubjectReplay: Sendable {
    private let pack: Pack
    private var states: [Subject: SubjectState] = [:]
    /// What was proposed, in order.
    public private(set) var drafts: [ProposalDraft] = []

    /// Starts with no history.
    public init(_ pack: Pack) { self.pack = pack }

    /// The subject's state; an empty one where it was not met.
    public func state(_ subject: Subject) -> SubjectState { states[subject] ?? SubjectState() }

    /// What the pack makes of a subject when it is met by a signal, which is not applied.
    public func explanation(of signal: Signal) -> Explanation {
        pack.explain(meeting: signal, state(signal.subject))
    }

    /// Applies a signal and all feedback that follows from it, which ends at the hop limit.
    public mutating func send(_ signal: Signal) {
        var queue = [signal]
        while let next = queue.first {
            queue.removeFirst()
            let result = evaluate(pack, &states[next.subject, default: SubjectState()], next)
            drafts += result.drafts
            queue += result.neighbours.filter { $0.hops <= Signal.maximumHops }.map {
                Signal(
                    cause: next.cause, ordinal: next.ordinal, kind: $0.kind, time: next.time,
                    subject: $0.target, key: .zero, related: next.subject, hops: $0.hops,
                    decision: $0.decision, action: $0.action)
            }
        }
    }
}
