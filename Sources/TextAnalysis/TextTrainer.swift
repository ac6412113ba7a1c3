public import ScoreModels

/// Trains a text model: logistic regression by AdaGrad (Duchi, Hazan and Singer, 2011), one example at a
/// time. The same lines and settings give the same file, on every machine.
public struct TextTrainer: Sendable {
    public static let epochRange = 1...100

    public var shape: TextShape
    public var epochs: Int
    public var rate: Double
    /// Strength of the pull of weights to 0.
    public var decay: Double
    /// Of the order in which examples are seen.
    public var seed: UInt64
    /// Percentage of distinct texts that are kept back for the evaluation, 0 to 90.
    public var heldOut: Int

    /// How to train.
    public init(
        shape: TextShape = TextShape(), epochs: Int = 8, rate: Double = 0.5,
        decay: Double = 1e-5, seed: UInt64 = 1, heldOut: Int = 20
    ) {
        self.shape = shape
        self.epochs = min(max(epochs, 1), Self.epochRange.upperBound)
        self.rate = rate
        self.decay = decay
        self.seed = seed
        self.heldOut = min(max(heldOut, 0), 90)
    }

    /// A model, and how it does on what it has not seen.
    public struct Result: Sendable {
        public var model: TextModel
        public var evaluation: TextEvaluation
    }

    /// - Throws: without examples of both labels on the training side.
    public func train(_ examples: [LabelledText], file: String) throws(LoadError) -> Result {
        let training = examples.filter { !isHeldOut($0.text) }
        let positives = training.count { $0.isPositive }
        guard positives > 0, positives < training.count else {
            throw LoadError(
                file: file,
                message:
                    "training needs examples of both labels; it has \(positives) of label 1 and "
                    + "\(training.count - positives) of label 0 beside those kept back")
        }
        let (bias, weights) = fit(training)
        let model = TextModel(
            shape: shape, languages: Set(training.map(\.language)).sorted(),
            examples: UInt64(training.count), bias: bias, weights: weights)
        let outcomes = examples.filter { isHeldOut($0.text) }.map {
            TextEvaluation.Outcome(
                language: $0.language, isPositive: $0.isPositive,
                score: model.score($0.text).value)
        }
        return Result(model: model, evaluation: TextEvaluation(outcomes))
    }

    /// By the text alone, so that copies of a text, however they are written, fall on the same side.
    package func isHeldOut(_ text: NormalisedText) -> Bool {
        let hash = text.plainest.reduce(UInt64(0x5EED)) { mixed($0 ^ UInt64($1.scalar)) }
        return hash % 100 < UInt64(heldOut)
    }

    private func fit(_ examples: [LabelledText]) -> (bias: Double, weights: [Float]) {
        let features = examples.map { shape.features(of: $0.text) }
        var weights = [Double](repeating: 0, count: 1 << shape.bits)
        var squares = weights
        var (bias, biasSquares) = (0.0, 0.0)
        var order = Array(examples.indices)
        var state = seed
        for _ in 0..<epochs {
            shuffle(&order, &state)
            for index in order where !features[index].isEmpty {
                let scale = 1 / Double(features[index].count).squareRoot()
                var margin = bias
                for slot in features[index] { margin += weights[Int(slot)] * scale }
                let error =
                    PortableMath.logistic(margin) - (examples[index].isPositive ? 1 : 0)
                for slot in features[index] {
                    let at = Int(slot)
                    let slope = error * scale + decay * weights[at]
                    squares[at] += slope * slope
                    weights[at] -= rate * slope / (squares[at].squareRoot() + 1e-8)
                }
                biasSquares += error * error
                bias -= rate * error / (biasSquares.squareRoot() + 1e-8)
            }
        }
        return (bias, weights.map(Float.init))
    }

    /// Fisher and Yates.
    private func shuffle(_ order: inout [Int], _ state: inout UInt64) {
        for last in order.indices.dropFirst().reversed() {
            state &+= 0x9E37_79B9_7F4A_7C15
            let other = Int(mixed(state).multipliedFullWidth(by: UInt64(last + 1)).high)
            order.swapAt(last, other)
        }
    }
}
