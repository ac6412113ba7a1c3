import SafetyModel

/// What a backtest found; the Markdown and the JSON say the same.
package struct BacktestReport: Encodable, Sendable {
    package struct Source: Encodable, Sendable {
        package struct Topic: Encodable, Sendable {
            package var topic: String
            package var warmUp: Int
            package var compared: Int
            /// Written by the pipeline itself, so left out.
            package var leftOut: Int
        }

        package var place: String
        package var from: String?
        package var to: String?
        /// Event times of what was read.
        package var first: String?
        package var last: String?
        package var sliceMinutes: Double
        package var mode: String
        /// Whether names had the sketches that the pipeline itself makes of them.
        package var hasOwnKey: Bool
        package var lookedAtWith: [Means]
        package var topics: [Topic]
    }

    /// A term list, a model or a setting that what is in the events was looked at with.
    package struct Means: Hashable, Encodable, Sendable {
        package var name: String
        package var digest: String
    }

    package struct PackSide: Encodable, Sendable {
        package var file: String
        package var name: String
        package var digest: String
        package var rules: Int
        package var bankVersion: Int64
        package var verdictsApplied: Int
        package var verdictsNotApplicable: Int
    }

    package struct Counts: Hashable, Encodable, Sendable {
        package var baseline: Int
        package var candidate: Int
        package var onlyBaseline: Int
        package var onlyCandidate: Int
        package var subjectsGained: Int
        package var subjectsLost: Int
        package var subjectsShared: Int

        init(_ result: LineResult) {
            baseline = result.facts.baseline
            candidate = result.facts.candidate
            onlyBaseline = result.oneSided.baseline
            onlyCandidate = result.oneSided.candidate
            subjectsGained = result.oneSidedSubjects.candidate
            subjectsLost = result.oneSidedSubjects.baseline
            subjectsShared = result.sharedSubjects
        }
    }

    package struct Shown: Encodable, Sendable {
        package struct Number: Encodable, Sendable {
            package var name: String
            package var value: Double
        }

        package var subject: String
        package var time: String
        package var actions: [String]
        package var reasons: [Number]
    }

    package struct Rule: Encodable, Sendable {
        package var rule: String
        package var definition: String
        /// Changed features and scores that it reads.
        package var restsOn: [String]
        package var proposals: Counts
        package var reviews: Counts
        package var budgetHits: Counts
        package var gained: [Shown]
        package var lost: [Shown]
    }

    package struct ActionLine: Encodable, Sendable {
        package var action: String
        package var mode: String
        package var enforcements: Counts
    }

    package struct Outcome: Encodable, Sendable {
        package var outcome: String
        package var baseline: Int
        package var candidate: Int
    }

    package struct Rejected: Encodable, Sendable {
        package var topic: String
        package var reason: String
        package var baseline: Int
        package var candidate: Int
        package var differ: Int
    }

    /// What the source itself holds of decisions, and how much of it the baseline's run repeats.
    package struct Record: Hashable, Encodable, Sendable {
        package var proposals = 0
        package var proposalsMadeAgain = 0
        package var enforcements = 0
        package var enforcementsMadeAgain = 0
    }

    package var source: Source
    package var baseline: PackSide
    package var candidate: PackSide
    /// Whether anything that was compared differs.
    package var differs: Bool
    package var definitions: [PartChange]
    package var rules: [Rule]
    package var shadowRules: [Rule]
    package var actions: [ActionLine]
    package var reversals: Counts
    /// Review requests about verdicts that could not be carried out in full.
    package var refusedVerdicts: Counts
    package var outcomes: [Outcome]
    package var deadLetters: [Rejected]
    package var record: Record
}

extension BacktestReport.Shown {
    init(_ example: Example, text: (Subject) -> String) {
        subject = text(example.subject)
        time = example.time.rfc3339
        actions = example.actions.map(\.name)
        reasons = example.reasons.map { Number(name: $0.name, value: $0.value) }
    }
}
