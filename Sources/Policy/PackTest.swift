public import SafetyModel

/// A pack's own test: signals in order, and what must and must not come of them.
public struct PackTest: Sendable {
    /// What must be proposed.
    public struct Expectation: Sendable {
        /// The rule's id.
        public var rule: String
        /// nil for any.
        public var target: Subject?
        /// All of them; nil for any.
        public var actions: [Action]?
        /// How often; nil for at least once.
        public var times: Int?
        /// Where it stands in the file, from 1.
        public var line: Int
    }

    /// What it shows.
    public var name: String
    /// Where it stands in the file, from 1.
    public var line: Int
    /// In order.
    public var signals: [Signal]
    /// What must be proposed.
    public var expected: [Expectation]
    /// Rules that must not fire.
    public var unwanted: [String]
    /// Whether nothing but the expected may be proposed.
    public var isExact: Bool

    /// What came of a test.
    public struct Outcome: Sendable {
        /// What was otherwise than the test says, each with its line; empty where all is well.
        public var failures: [(line: Int, text: String)]
        /// Everything that was proposed, in order.
        public var drafts: [ProposalDraft]
    }

    /// Runs the pack over the signals, feedback to neighbours included. Pure.
    public func run(_ pack: Pack) -> Outcome {
        var replay = SubjectReplay(pack)
        for signal in signals { replay.send(signal) }
        let drafts = replay.drafts
        var failures: [(line: Int, text: String)] = []
        var isMatched = [Bool](repeating: false, count: drafts.count)
        for expectation in expected {
            let found = drafts.indices.filter { expectation.fits(drafts[$0]) }
            for index in found { isMatched[index] = true }
            if let times = expectation.times, found.count != times {
                failures.append(
                    (expectation.line, "\(expectation) came \(found.count) times, not \(times)"))
            } else if found.isEmpty {
                failures.append((expectation.line, "\(expectation) did not come"))
            }
        }
        for (draft, isMatched) in zip(drafts, isMatched)
        where unwanted.contains(draft.rule) || isExact && !isMatched {
            failures.append((line, "came, but must not: \(draft.text)"))
        }
        return Outcome(failures: failures, drafts: drafts)
    }
}

extension PackTest.Expectation: CustomStringConvertible {
    func fits(_ draft: ProposalDraft) -> Bool {
        draft.rule == rule && target ?? draft.target == draft.target
            && actions.map { Set($0) == Set(draft.actions) } ?? true
    }

    /// Rule, target and actions, as far as they are asked for.
    public var description: String {
        var text = rule
        if let target { text += " for \(target.text)" }
        if let actions { text += " with \(actions.map(\.name).joined(separator: ", "))" }
        return text
    }
}

extension ProposalDraft {
    /// Rule, target and actions on one line.
    public var text: String {
        "\(rule) for \(target.text): \(actions.map(\.name).joined(separator: ", "))"
            + (isShadow ? " (shadow)" : "")
    }
}

extension Subject {
    /// Kind and id, as tests write them.
    public var text: String { "\(kind.sectionName) \(id)" }

    /// Reads `text`.
    public init?(text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...Subject.maximumIDBytes).contains(parts[1].utf8.count),
            let kind = SubjectKind.allCases.first(where: { $0.sectionName == parts[0] })
        else { return nil }
        self.init(kind, String(parts[1]))
    }
}
