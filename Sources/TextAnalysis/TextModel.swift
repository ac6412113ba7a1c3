internal import ScoreModels

/// A text model's word about a text.
public struct TextScore: Hashable, Sendable {
    /// A probability.
    public var value: Double
    /// Its log odds: the bias and all contributions.
    public var margin: Double
    /// The entries of the table that moved the margin most, largest first. They name no text.
    public var contributions: [Contribution]

    /// What one entry of the table did.
    public struct Contribution: Hashable, Sendable {
        public var slot: UInt32
        public var amount: Double
    }

    static let maximumContributions = 8
}

/// A linear classifier over hashed n-grams: logistic regression, from a file that `tutela model train`
/// made.
public struct TextModel: Sendable {
    public let shape: TextShape
    /// Those of the training data.
    public let languages: [LanguageTag]
    /// How many examples it was trained on.
    public let examples: UInt64
    /// SHA-256 over everything that the file holds, the tables of Unicode included.
    public let digest: [UInt8]
    let bias: Double
    let weights: [Float]

    /// A text of no characters has the bias' score. The same bits on every machine: sums run in the
    /// order of the table, square roots are exact by IEEE 754, `exp` is our own.
    public func score(_ text: NormalisedText) -> TextScore {
        let features = shape.features(of: text)
        let scale = features.isEmpty ? 0 : 1 / Double(features.count).squareRoot()
        var margin = bias
        var moved: [TextScore.Contribution] = []
        for slot in features where weights[Int(slot)] != 0 {
            let amount = Double(weights[Int(slot)]) * scale
            margin += amount
            moved.append(TextScore.Contribution(slot: slot, amount: amount))
        }
        moved.sort { a, b in
            (b.amount.magnitude, a.slot) < (a.amount.magnitude, b.slot)
        }
        return TextScore(
            value: PortableMath.logistic(margin), margin: margin,
            contributions: Array(moved.prefix(TextScore.maximumContributions)))
    }
}
