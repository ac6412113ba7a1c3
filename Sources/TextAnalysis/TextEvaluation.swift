/// How a text model does on texts it has not seen, by language and overall.
public struct TextEvaluation: Sendable {
    /// A text that was kept back.
    public struct Outcome: Sendable {
        public var language: LanguageTag
        public var isPositive: Bool
        public var score: Double

        /// A text that was kept back, with the model's word.
        public init(language: LanguageTag, isPositive: Bool, score: Double) {
            self.language = language
            self.isPositive = isPositive
            self.score = score
        }
    }

    /// What flagging from a threshold on gives.
    public struct Line: Hashable, Sendable {
        public var threshold: Double
        public var flagged: Int
        /// Of the flagged, the share that is positive; nil where none is flagged.
        public var precision: Double?
        /// Of the positive, the share that is flagged; nil where none is positive.
        public var recall: Double?
    }

    /// The texts of one language, or all.
    public struct Group: Sendable {
        /// nil: all.
        public var language: LanguageTag?
        public var count: Int
        public var positives: Int
        /// The probability that a positive text scores higher than a negative one; nil where one kind is
        /// missing.
        public var auc: Double?
        public var lines: [Line]
    }

    public static let thresholds = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]

    /// All first, then languages in order.
    public let groups: [Group]

    /// Judges outcomes.
    public init(_ outcomes: [Outcome]) {
        let languages = Set(outcomes.map(\.language)).sorted()
        groups =
            [Self.group(nil, outcomes)]
            + languages.map { language in
                Self.group(language, outcomes.filter { $0.language == language })
            }
    }

    private static func group(_ language: LanguageTag?, _ outcomes: [Outcome]) -> Group {
        let positives = outcomes.count { $0.isPositive }
        return Group(
            language: language, count: outcomes.count, positives: positives, auc: auc(outcomes),
            lines: thresholds.map { line(at: $0, outcomes, positives) })
    }

    private static func line(
        at threshold: Double, _ outcomes: [Outcome], _ positives: Int
    ) -> Line {
        let flagged = outcomes.filter { $0.score >= threshold }
        let right = flagged.count { $0.isPositive }
        return Line(
            threshold: threshold, flagged: flagged.count,
            precision: flagged.isEmpty ? nil : Double(right) / Double(flagged.count),
            recall: positives == 0 ? nil : Double(right) / Double(positives))
    }

    /// From ranks (Mann and Whitney), ties at their middle rank.
    private static func auc(_ outcomes: [Outcome]) -> Double? {
        let positives = outcomes.count { $0.isPositive }
        let negatives = outcomes.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        let sorted = outcomes.sorted { $0.score < $1.score }
        var ranks = 0.0
        var start = 0
        while start < sorted.count {
            var end = start
            while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
            let middle = Double(start + 1 + end) / 2
            ranks += middle * Double(sorted[start..<end].count { $0.isPositive })
            start = end
        }
        let least = Double(positives) * Double(positives + 1) / 2
        return (ranks - least) / (Double(positives) * Double(negatives))
    }

    /// A table for each group, in Markdown.
    public var markdown: String {
        var text = "| language | texts | positive | AUC |\n| --- | --- | --- | --- |\n"
        for group in groups {
            text += "| \(name(group)) | \(group.count) | \(group.positives) | "
            text += "\(decimal(group.auc)) |\n"
        }
        for group in groups {
            text += "\n\(name(group)):\n\n| from | flagged | precision | recall |\n"
            text += "| --- | --- | --- | --- |\n"
            for line in group.lines {
                text += "| \(decimal(line.threshold)) | \(line.flagged) | "
                text += "\(decimal(line.precision)) | \(decimal(line.recall)) |\n"
            }
        }
        return text
    }

    private func name(_ group: Group) -> String { group.language?.description ?? "all" }

    /// Three places; a dash where there is no number.
    private func decimal(_ value: Double?) -> String {
        guard let value else { return "–" }
        let thousandths = Int((value * 1_000).rounded())
        let digits = "\(thousandths % 1_000 + 1_000)".dropFirst()
        return "\(thousandths / 1_000).\(digits)"
    }
}
