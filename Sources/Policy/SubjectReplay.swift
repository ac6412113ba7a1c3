public import Behaviour
public import SafetyModel

/// A pack over signals about any subjects, with what neighbours tell each other delivered at once.
public struct SubjectReplay: Sendable {
    private let pack: Pack
    private let watched: Subject?
    private var states: [Subject: SubjectState] = [:]
    /// The last signal to the watched subject, and its state before.
    private var last: (signal: Signal, state: SubjectState)?
    /// What was proposed, in order.
    public private(set) var drafts: [ProposalDraft] = []

    /// Starts with no history.
    /// - Parameter watched: the subject whose last signal shall be explained.
    public init(_ pack: Pack, watching watched: Subject? = nil) {
        self.pack = pack
        self.watched = watched
    }

    /// The subject's state; an empty one where it was not met.
    public func state(_ subject: Subject) -> SubjectState { states[subject] ?? SubjectState() }

    /// What the pack makes of a subject when it is met by a signal, which is not applied.
    public func explanation(of signal: Signal) -> Explanation {
        pack.explain(meeting: signal, state(signal.subject))
    }

    /// The last signal to the watched subject, also one that another subject's home told, with what
    /// the pack makes of it; nil where there was none.
    public var lastWatched: (signal: Signal, explanation: Explanation)? {
        last.map { ($0.signal, pack.explain(meeting: $0.signal, $0.state)) }
    }

    /// Whom `distinct` counts, as tests' signals have it.
    static func party(_ name: String) -> UInt64 { stableHash(name) | 1 }

    /// Applies a signal and all feedback that follows from it, which ends at the hop limit.
    public mutating func send(_ signal: Signal) {
        var queue = [signal]
        while let next = queue.first {
            queue.removeFirst()
            if next.subject == watched { last = (next, state(next.subject)) }
            let result = evaluate(pack, &states[next.subject, default: SubjectState()], next)
            drafts += result.drafts
            queue += result.neighbours.filter { $0.hops <= Signal.maximumHops }.map {
                var told = $0.signal(after: next, key: .zero)
                if let member = $0.member { told.party = Self.party(member) }
                return told
            }
        }
    }
}
